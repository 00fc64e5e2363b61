"""Control channel of a simulator: HTTP with JSON on the loopback interface."""

from collections.abc import Callable, Mapping
import inspect
from typing import Any, Final

import aiohttp
from aiohttp import web

_HOST: Final = "127.0.0.1"
_TIMEOUT: Final = aiohttp.ClientTimeout(90)

type Json = Any
type Route = Callable[[dict[str, Json]], Json]
"""Takes the body of a request; returns the answer, or what can be awaited for it."""


class ControlChannelError(Exception):
    """The simulator refused a request, or does not answer."""


class ControlChannel:
    """Serves routes, such as `GET /dump`."""

    def __init__(
        self,
        routes: Mapping[str, Route],
        changed: Callable[[], None],
        *refusals: type[Exception],
    ) -> None:
        """Serve these.

        Args:
            routes: by method and path.
            changed: called after each request that was carried out.
            refusals: what routes raise, beside what a bad request leads to.
        """
        self._routes = routes
        self._changed = changed
        self._refusals: tuple[type[Exception], ...] = (
            *(LookupError, TypeError, ValueError),
            *refusals,
        )
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on a port of this machine, 0 for any free one; return the address."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, port).start()
        return f"http://{_HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        route = self._routes.get(f"{request.method} {request.path}")
        if route is None:
            error = f"no {request.method} {request.path}"
            return web.json_response({"error": error}, status=404)
        try:
            # what curl sends is not called JSON
            body = await request.json() if request.can_read_body else {}
            done = route(body)
            answer = await done if inspect.isawaitable(done) else done
        except self._refusals as err:
            error = f"{type(err).__name__} {err}"
            return web.json_response({"error": error}, status=400)
        self._changed()
        return web.json_response({} if answer is None else answer)


async def send_request(
    url: str, method: str, path: str, body: Mapping[str, Json] | None = None
) -> Json:
    """Send a request to the channel at this address; return its answer.

    Raises ControlChannelError if it is rejected or nothing answers.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.request(method, url + path, json=body) as response,
        ):
            answer = await response.json()
    except (TimeoutError, aiohttp.ClientError) as err:
        raise ControlChannelError(f"it does not answer: {err}") from err
    if response.status != 200:
        raise ControlChannelError(answer["error"])
    return answer
