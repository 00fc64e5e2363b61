"""`FakeStack`: the fake server as a process, with the interface of `RealStack`."""

from pathlib import Path
from typing import Self

from simulators.common.child_process import ChildProcess, ChildStartError
from simulators.common.control_channel import ControlChannelError, send_request

from .real.control import VirtualLock
from .real.errors import StackError


class FakeStack:
    """A lock behind a fake server, in one folder; a second start finds the lock as it was.

    As a context manager it starts and stops.
    """

    def __init__(
        self,
        folder: Path,
        *,
        time_zone: str = "UTC",
    ) -> None:
        """Describe it; nothing is started yet."""
        self._folder = folder
        self._time_zone = time_zone
        self._child: ChildProcess | None = None
        self.url = ""
        """The server's websocket, for Home Assistant's Matter entry."""
        self.lock = VirtualLock("")
        """The lock, for actions at its keypad and faults."""

    async def start(self) -> None:
        """Start the process; StackError if it does not come up."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._child = await ChildProcess.start(
                "simulators.matter",
                *("--state", str(self._folder / "lock.json")),
                *("--time-zone", self._time_zone),
                log=self._folder / "server.log",
            )
        except ChildStartError as err:
            raise StackError(f"the fake Matter server did not start: {err}") from err
        self.url = self._child.ready["ws"]
        self.lock = VirtualLock(self._child.ready["control"])

    async def stop(self) -> None:
        """End it; may be called again."""
        child, self._child = self._child, None
        if child is not None:
            await child.stop()

    async def start_server(self) -> None:
        """Start the server again, on the port that it had."""
        await self._serve(running=True)

    async def stop_server(self) -> None:
        """Stop the server; the lock goes on, and its reports are lost."""
        await self._serve(running=False)

    async def _serve(self, *, running: bool) -> None:
        try:
            await send_request(self.lock.url, "POST", "/server", {"running": running})
        except ControlChannelError as err:
            raise StackError(f"the fake Matter server: {err}") from err

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()
