"""Client of Home Assistant's HTTP API, and of flows, which only that API has."""

from collections.abc import Callable
import json
from typing import Any

from aiohttp import ClientSession

from .auth import Access
from .errors import RequestError


class Rest:
    """Requests as one signed-in user."""

    def __init__(
        self,
        session: ClientSession,
        base_url: str,
        access: Access,
        on_received: Callable[[str], None],
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._access = access
        self._on_received = on_received

    async def request(
        self, method: str, path: str, body: object = None, **query: str
    ) -> Any:
        """Return the answer's JSON; None for an empty answer.

        Raises:
            RequestError: with the server's own text.
        """
        headers = {"Authorization": f"Bearer {await self._access.token()}"}
        async with self._session.request(
            method,
            f"{self._base_url}{path}",
            json=body,
            params=query,
            headers=headers,
        ) as response:
            text = await response.text()
            self._on_received(text)
            if not response.ok:
                raise RequestError(response.status, text)
            return json.loads(text) if text else None

    async def get(self, path: str, **query: str) -> Any:
        """Return what is there."""
        return await self.request("GET", path, **query)


class Flows:
    """One kind of flow: of a config entry, its options, a subentry, or a repair."""

    def __init__(self, rest: Rest, path: str) -> None:
        self._rest = rest
        self._path = path

    async def start(self, handler: object, **more: object) -> dict[str, Any]:
        """Begin a flow and return its first step."""
        body = {"handler": handler, **more}
        step: dict[str, Any] = await self._rest.request("POST", self._path, body)
        return step

    async def step(self, flow_id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Submit a step and return the next; errors of its fields are in it.

        Raises:
            RequestError: the data does not fit the step's form.
        """
        step: dict[str, Any] = await self._rest.request(
            "POST", f"{self._path}/{flow_id}", data
        )
        return step

    async def show(self, flow_id: str) -> dict[str, Any]:
        """Return the current step again."""
        step: dict[str, Any] = await self._rest.get(f"{self._path}/{flow_id}")
        return step

    async def abort(self, flow_id: str) -> None:
        """Close the dialog."""
        await self._rest.request("DELETE", f"{self._path}/{flow_id}")
