"""The websocket server in front of the nodes, as Home Assistant's Matter client expects it."""

import asyncio
from collections.abc import Collection, Coroutine
from contextlib import suppress
import json
from pathlib import Path
from typing import NotRequired, Self, TypedDict

from aiohttp import WSMsgType, web

from .dialects import OHF, Dialect, ServerError
from .events import Json
from .lock import RefusedError
from .node import Node
from .protocol import ConnectionEndsError, Protocol

_HOST = "127.0.0.1"


class Request(TypedDict):
    """What a client sends."""

    message_id: str
    command: str
    args: NotRequired[dict[str, Json] | None]


class _Client:
    """One connected client. Everything for it goes through one queue, so order is kept."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.listens = False
        self._queue: asyncio.Queue[Json] = asyncio.Queue()

    def send(self, message: Json) -> None:
        self._queue.put_nowait(message)

    async def write(self) -> None:
        while True:
            message = await self._queue.get()
            with suppress(ConnectionError):
                await self.socket.send_json(message)


class FakeMatterServer:
    """Serves nodes on a port of this machine; may be stopped and started again."""

    def __init__(
        self,
        nodes: Collection[Node] = (),
        *,
        dialect: Dialect = OHF,
        fabric: int = 6549552246184552343,
        unreachable_after: float = 0.02,
        port: int = 0,
        at: Path | None = None,
    ) -> None:
        """Serve these nodes, or one with one lock.

        On a port of this machine, 0 for any free one, or where a path is given on a
        Unix socket there: what is sent through that has arrived, whatever else runs.

        `fabric` is the compressed fabric id, by which Home Assistant distinguishes servers;
        `unreachable_after` is how many seconds a command to an unreachable lock takes to fail
        (about 14 in reality).
        """
        self.nodes = {node.node_id: node for node in nodes or (Node(),)}
        self._protocol = Protocol(self.nodes, dialect, fabric, unreachable_after)
        self.report_delay: float = 0
        """Seconds by which attributes and events come later than answers may."""
        self._port = port
        self._at = at
        self._runner: web.AppRunner | None = None
        self._clients: set[_Client] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._keep_stale = False
        for node in self.nodes.values():
            node.push = self._push

    @property
    def node(self) -> Node:
        """Return the first node."""
        return next(iter(self.nodes.values()))

    @property
    def url(self) -> str:
        """Return the address, for the `url` of Home Assistant's entry."""
        return f"ws://{_HOST}:{self._port or 80}/ws"

    @property
    def dialect(self) -> Dialect:
        """Which server this is; a change counts from the next message on."""
        return self._protocol.dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self._protocol.dialect = dialect

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Listen: on a free port, later on the same one again."""
        app = web.Application()
        app.router.add_get("/ws", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        for node in self.nodes.values():
            node.resubscribe(keep_stale=self._keep_stale)
        if self._at is not None:
            await web.UnixSite(self._runner, self._at).start()
            return
        site = web.TCPSite(self._runner, _HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self, *, keep_stale: bool = False) -> None:
        """Drop all clients and end. What locks report from here to the next start is lost.

        The next start reads the nodes again, unless it shall show them as they were.
        """
        for task in list(self._tasks):
            task.cancel()
        await self.drop_clients()
        for node in self.nodes.values():
            node.drop_subscription()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self._keep_stale = keep_stale

    async def restart(self, *, keep_stale: bool = False) -> None:
        """Stop and start at once; see `stop`."""
        await self.stop(keep_stale=keep_stale)
        await self.start()

    async def drop_clients(self) -> None:
        """Close every connection; the server goes on."""
        for client in list(self._clients):
            await client.socket.close()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=True)
        await socket.prepare(request)
        client = _Client(socket)
        self._clients.add(client)
        writer = asyncio.create_task(client.write())
        client.send(self._protocol.info())
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                self._start(self._handle(client, json.loads(message.data)))
        finally:
            writer.cancel()
            self._clients.discard(client)
        return socket

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _push(self, kind: str, data: Json) -> None:
        message: Json = {"event": kind, "data": data}
        if self.report_delay:
            self._start(self._push_later(message))
        else:
            self._broadcast(message)

    async def _push_later(self, message: Json) -> None:
        await asyncio.sleep(self.report_delay)
        self._broadcast(message)

    def _broadcast(self, message: Json) -> None:
        for client in self._clients:
            if client.listens:
                client.send(message)

    async def _handle(self, client: _Client, message: Request) -> None:
        answer: dict[str, Json] = {"message_id": message["message_id"]}
        if message["command"] == "start_listening":
            client.listens = True
        try:
            answer["result"] = await self._protocol.answer(
                message["command"], message.get("args") or {}
            )
        except ServerError as error:
            answer |= {"error_code": error.code, "details": error.details}
        except RefusedError as refused:
            answer |= {"error_code": 0, "details": self.dialect.refusal(refused)}
        except ConnectionEndsError:
            # Not from here: who stops waits for this task, which would wait for itself
            self._start(self.drop_clients())
            return
        client.send(answer)
