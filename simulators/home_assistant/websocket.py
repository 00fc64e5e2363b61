"""Home Assistant's websocket: commands and subscriptions."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import json
from typing import Any, Protocol

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from .errors import AnswerError, CommandError, ConnectionLost

type Event = dict[str, Any]
type Unsubscribe = Callable[[], Awaitable[None]]

_ANSWER_SECONDS = 60.0


class Listener(Protocol):
    """Receives the events of a subscription."""

    async def add(self, event: Event) -> None:
        """Take an event."""

    async def disconnected(self) -> None:
        """Note that the connection is closed: no more will come."""


class WebSocket:
    """One signed-in connection."""

    def __init__(
        self, connection: ClientWebSocketResponse, on_received: Callable[[str], None]
    ) -> None:
        self._connection = connection
        self._on_received = on_received
        self._last_id = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listeners: dict[int, Listener] = {}
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def connect(
        cls,
        session: ClientSession,
        base_url: str,
        token: str,
        on_received: Callable[[str], None],
    ) -> WebSocket:
        """Open a connection and sign in."""
        url = f"{base_url.replace('http', 'ws', 1)}/api/websocket"
        connection = await session.ws_connect(url, max_msg_size=0)
        await connection.receive_json()
        await connection.send_json({"type": "auth", "access_token": token})
        answer = await connection.receive_json()
        if answer["type"] != "auth_ok":
            await connection.close()
            raise AnswerError(answer.get("message", answer["type"]))
        websocket = cls(connection, on_received)
        websocket._reader = asyncio.create_task(websocket._read())
        return websocket

    async def command(self, command: str, **data: Any) -> Any:
        """Return a command's result.

        Raises:
            CommandError: with the server's own text.
            ConnectionLost: the connection closed first.
        """
        return await self._send(self._new_id(), command, data)

    async def subscribe(
        self, listener: Listener, command: str, **data: Any
    ) -> Unsubscribe:
        """Subscribe the listener; returns what unsubscribes it."""
        subscription = self._new_id()
        self._listeners[subscription] = listener
        try:
            await self._send(subscription, command, data)
        except BaseException:
            del self._listeners[subscription]
            raise

        async def unsubscribe() -> None:
            await self.command("unsubscribe_events", subscription=subscription)
            del self._listeners[subscription]

        return unsubscribe

    async def close(self) -> None:
        """Close the connection; what waits on it raises ConnectionLost."""
        await self._connection.close()
        if self._reader:
            await self._reader

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    async def _send(self, message_id: int, command: str, data: dict[str, Any]) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self._answers[message_id] = answer
        try:
            with suppress(ConnectionResetError):  # the reader says so too
                await self._connection.send_json(
                    {"id": message_id, "type": command, **data}
                )
            if self._reader is None or self._reader.done():
                raise ConnectionLost
            async with asyncio.timeout(_ANSWER_SECONDS):
                message = await answer
        finally:
            del self._answers[message_id]
        if not message["success"]:
            error = message["error"]
            raise CommandError(
                error["code"], error["message"], error.get("translation_key")
            )
        return message["result"]

    async def _read(self) -> None:
        try:
            async for frame in self._connection:
                if frame.type is WSMsgType.TEXT:
                    self._on_received(frame.data)
                    messages = json.loads(frame.data)
                    for message in (
                        messages if isinstance(messages, list) else [messages]
                    ):
                        await self._take(message)
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionLost())
            for listener in self._listeners.values():
                await listener.disconnected()

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "event" if listener := self._listeners.get(message["id"]):
                await listener.add(message["event"])
            case "result" if answer := self._answers.get(message["id"]):
                if not answer.done():
                    answer.set_result(message)
