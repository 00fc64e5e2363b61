"""A small MQTT broker for one process: no files, no passwords, no sessions.

It sends every message at most once, in the order in which messages came. Not
there: wills, confirmed delivery, and queues for clients that are not connected.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from .packets import (
    Connect,
    Kind,
    ProtocolError,
    Publish,
    Writer,
    read_connect,
    read_publish,
    read_subscribe,
    read_unsubscribe,
)

type Listener = Callable[[Publish], None]

HOST: Final = "127.0.0.1"


class Broker:
    """Use as a context; `port` is a free one of this machine.

    `at` is a socket in the file system, to listen there and nowhere else.
    """

    def __init__(self, at: Path | None = None) -> None:
        """Start with no clients and nothing retained."""
        self.at = at
        self.port = 0
        self.retained: dict[str, Publish] = {}
        self.log: list[Publish] = []
        """Every message that was published, by whom ever; PINs are in there."""
        self.copies: Callable[[Publish], int] = lambda message: 1
        """How often a message is delivered; 0 for one that is lost."""
        self._clients: set[_Client] = set()
        self._listeners: list[Listener] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        await self.stop()

    async def stop(self) -> None:
        """Stop listening and cut all connections. What is retained stays."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await self.drop_clients()
            await server.wait_closed()

    async def start(self) -> None:
        """Listen again, at the same port or path."""
        await self._listen()

    async def drop_clients(self) -> None:
        """Cut every connection; clients may reconnect at once."""
        for client in list(self._clients):
            await client.close()

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish a message from this process."""
        self.take(Publish(topic, payload.encode(), retain=retain))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call back for every message, before any client gets it, until the returned call."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def take(self, message: Publish) -> None:
        """Deliver a message to all matching subscriptions."""
        self.log.append(message)
        if message.retain:
            if message.payload:
                self.retained[message.topic] = message
            else:
                self.retained.pop(message.topic, None)
        live = Publish(message.topic, message.payload)
        for _ in range(self.copies(message)):
            for client in list(self._clients):
                client.offer(live)
            for listener in list(self._listeners):
                listener(live)

    @property
    def subscriptions(self) -> list[list[str]]:
        """Return what each client has subscribed to, sorted."""
        return sorted(client.subscriptions for client in self._clients)

    @property
    def listener_count(self) -> int:
        """Return how many call-backs there are in this process."""
        return len(self._listeners)

    def is_subscribed(self, topic: str) -> bool:
        """Return whether a client would get a message of this topic."""
        return any(client.wants(topic) for client in self._clients)

    async def _listen(self) -> None:
        if self.at is not None:
            self._server = await asyncio.start_unix_server(self._serve, self.at)
            return
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        client = _Client(self, reader, writer)
        self._clients.add(client)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, ProtocolError):
                await client.serve()
        finally:
            self._clients.discard(client)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            client.closed.set()


class _Client:
    """One connection."""

    def __init__(
        self, broker: Broker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take it over."""
        self.closed = asyncio.Event()
        self._broker = broker
        self._reader = reader
        self._writer = writer
        self._packets = Writer(0)
        self._filters: dict[str, int | None] = {}

    @property
    def subscriptions(self) -> list[str]:
        """Return the filters of topics that it wants, sorted."""
        return sorted(self._filters)

    async def serve(self) -> None:
        """Answer until the client leaves."""
        kind, _, body = await self._read()
        if kind is not Kind.CONNECT:
            raise ProtocolError("a client did not say who it is")
        hello: Connect = read_connect(body)
        self._packets = Writer.of(hello)
        self._writer.write(self._packets.connack())
        while kind is not Kind.DISCONNECT:
            kind, flags, body = await self._read()
            self._do(kind, flags, body)

    async def close(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()
        await self.closed.wait()

    def offer(self, message: Publish) -> None:
        """Send a message if this client wants it."""
        if self.wants(message.topic) and not self._writer.is_closing():
            identifiers = {
                identifier
                for filtered, identifier in self._filters.items()
                if identifier is not None and matches(filtered, message.topic)
            }
            self._writer.write(self._packets.publish(message, identifiers))

    def wants(self, topic: str) -> bool:
        """Return whether a subscription matches."""
        return any(matches(filtered, topic) for filtered in self._filters)

    def _do(self, kind: Kind, flags: int, body: bytes) -> None:
        packets = self._packets
        match kind:
            case Kind.PUBLISH:
                message = read_publish(flags, body, packets.version)
                if message.number:
                    self._writer.write(packets.puback(message.number))
                self._broker.take(message)
            case Kind.SUBSCRIBE:
                wanted = read_subscribe(body, packets.version)
                self._filters |= dict.fromkeys(wanted.filters, wanted.identifier)
                self._writer.write(packets.suback(wanted))
                self._replay(wanted.filters)
            case Kind.UNSUBSCRIBE:
                unwanted = read_unsubscribe(body, packets.version)
                for each in unwanted.filters:
                    self._filters.pop(each, None)
                self._writer.write(packets.unsuback(unwanted))
            case Kind.PINGREQ:
                self._writer.write(packets.pingresp())
            case Kind.DISCONNECT | Kind.PUBACK:
                pass
            case _:
                raise ProtocolError(f"unexpected {kind.name}")

    def _replay(self, filters: tuple[str, ...]) -> None:
        for message in list(self._broker.retained.values()):
            if any(matches(each, message.topic) for each in filters):
                self.offer(message)

    async def _read(self) -> tuple[Kind, int, bytes]:
        first = (await self._reader.readexactly(1))[0]
        length = shift = 0
        while True:
            byte = (await self._reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        try:
            kind = Kind(first >> 4)
        except ValueError:
            raise ProtocolError(f"unknown packet {first >> 4}") from None
        return kind, first & 0x0F, await self._reader.readexactly(length)


def matches(filtered: str, topic: str) -> bool:
    """Return whether a topic is one of those that a filter means."""
    wanted, levels = filtered.split("/"), topic.split("/")
    for number, level in enumerate(wanted):
        if level == "#":
            return True
        if number >= len(levels) or level not in ("+", levels[number]):
            return False
    return len(wanted) == len(levels)
