"""The simulated stick on a TCP port, for hosts that accept `socket://` or `tcp://`."""

import asyncio

from .conbee import ConBee
from .slip import Unwrapper, wrap

_HOST = "127.0.0.1"


class Stick:
    """Serves one host; a second one takes the place of the first."""

    def __init__(self, conbee: ConBee) -> None:
        """Serve this one."""
        self.conbee = conbee
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on a port, 0 for any free one; `port` says which."""
        self._server = await asyncio.start_server(self._serve, _HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close, as if it was pulled out."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()

    def drop(self) -> None:
        """Close the connection of the host; it may reconnect at once."""
        if self._writer is not None:
            self._writer.close()

    @property
    def has_host(self) -> bool:
        """Return whether a host is connected."""
        return self._writer is not None

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.drop()
        self._writer = writer

        def write(frame: bytes) -> None:
            if not writer.is_closing():
                writer.write(wrap(frame))

        self.conbee.connect(write)
        unwrapper = Unwrapper()
        try:
            while data := await reader.read(4096):
                for frame in unwrapper.feed(data):
                    self.conbee.receive_frame(frame)
        except ConnectionError:
            pass
        finally:
            self.conbee.disconnect(write)
            if self._writer is writer:
                self._writer = None
            writer.close()
