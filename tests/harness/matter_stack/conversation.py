"""A Matter server, fake or real, spoken with in the words of the websocket itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
import json
from typing import Any, Final

import aiohttp

LOCK_STATE: Final = "1/257/0"
_SECONDS: Final = 30.0
_EVENTS_SECONDS: Final = 5.0
_ANSWER_KEYS: Final = ("result", "error_code", "details")


@dataclass(frozen=True)
class Event:
    """What a lock reported, without when."""

    event_id: int
    data: Mapping[str, Any]


class Conversation:
    """A client that listens. Answers come as they stand on the wire."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, node_id: int) -> None:
        """Speak over this socket, about this node."""
        self.node_id = node_id
        self.events: list[Event] = []
        self._told = asyncio.Event()
        self.numbers: list[int] = []
        """The number of each event."""
        self.states: list[int] = []
        """Every state of the bolt that was reported."""
        self._socket = socket
        self._ids = count(2)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def command(
        self, name: str, payload: Mapping[str, Any], *, timed: int | None = 10000
    ) -> dict[str, Any]:
        """Send a command to the lock; return its result, or code and words of the error."""
        return await self._ask(
            "device_command",
            {
                "node_id": self.node_id,
                "endpoint_id": 1,
                "cluster_id": 257,
                "command_name": name,
                "payload": payload,
                "timed_request_timeout_ms": timed,
            },
        )

    async def attributes(self) -> dict[str, Any]:
        """Return all attributes as the server keeps them."""
        (node,) = (await self._ask("get_nodes", {}))["result"]
        attributes: dict[str, Any] = node["attributes"]
        return attributes

    async def lock_state(self) -> int:
        """Read the bolt from the lock itself."""
        args = {"node_id": self.node_id, "attribute_path": LOCK_STATE}
        state: int = (await self._ask("read_attribute", args))["result"][LOCK_STATE]
        return state

    async def until_events(self, number: int) -> None:
        """Return when this many events have come, or it takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_EVENTS_SECONDS):
                await self._until(number)

    async def _until(self, number: int) -> None:
        while len(self.events) < number:
            self._told.clear()
            await self._told.wait()

    async def _ask(self, command: str, args: Mapping[str, Any]) -> dict[str, Any]:
        message_id = str(next(self._ids))
        answer: asyncio.Future[dict[str, Any]] = asyncio.Future()
        self._waiting[message_id] = answer
        message = {"message_id": message_id, "command": command, "args": args}
        await self._socket.send_json(message)
        async with asyncio.timeout(_SECONDS):
            return await answer

    async def hear(self) -> None:
        """Take in what the server says, until it ends."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "message_id" in said:
                answer = {key: said[key] for key in _ANSWER_KEYS if key in said}
                self._waiting.pop(said["message_id"]).set_result(answer)
            elif said["event"] == "node_event":
                reported = said["data"]
                assert (reported["endpoint_id"], reported["cluster_id"]) == (1, 257)
                self.events.append(Event(reported["event_id"], reported["data"]))
                self.numbers.append(reported["event_number"])
                self._told.set()
            elif said["event"] == "attribute_updated":
                node, path, value = said["data"]
                if (node, path) == (self.node_id, LOCK_STATE):
                    self.states.append(value)


@asynccontextmanager
async def conversation(url: str) -> AsyncIterator[Conversation]:
    """Connect to a server with one node, and listen."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, max_msg_size=0) as socket,
    ):
        await socket.receive_json()  # what the server says of itself
        await socket.send_json({"message_id": "1", "command": "start_listening"})
        (node,) = (await socket.receive_json())["result"]
        client = Conversation(socket, node["node_id"])
        hearing = asyncio.create_task(client.hear())
        try:
            yield client
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
