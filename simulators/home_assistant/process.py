"""The process of a Home Assistant instance, ended by its own pid only."""

import asyncio
from asyncio.subprocess import STDOUT, Process, create_subprocess_exec
import os
from pathlib import Path
import socket
import sys

import psutil

from .errors import StartError

_GUARD = Path(__file__).parent / "guard.py"
_FAST_TIME = Path(__file__).parent / "fast_time.py"
_POLL_SECONDS = 0.05


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Return whether this port on 127.0.0.1 can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class HomeAssistantProcess:
    """A running `hass`."""

    def __init__(self, process: Process, console: Path) -> None:
        self._process = process
        self._console = console

    @classmethod
    async def start(
        cls, config_folder: Path, *, time_scale: float = 1
    ) -> HomeAssistantProcess:
        """Start Home Assistant on a prepared folder, Keyholder's waits scaled.

        It ends with us, however we end. It has a session of its own, so that a Ctrl-C
        in our terminal reaches us alone.
        """
        console = config_folder / "console.log"
        environment = dict(os.environ)
        # without compiled modules every start takes three times as long
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with console.open("wb") as output:
            process = await create_subprocess_exec(
                *(sys.executable, "-P", _GUARD, str(os.getpid())),
                *(sys.executable, _FAST_TIME, str(time_scale)),
                *("--config", config_folder, "--skip-pip", "--log-no-color"),
                stdout=output,
                stderr=STDOUT,
                env=environment,
                start_new_session=True,
            )
        return cls(process, console)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def wait_listening(self, port: int, seconds: float) -> None:
        """Return when this process itself listens on the port.

        Whoever answers on a port need not be who was started: when its port is taken,
        Home Assistant quietly goes to another.

        Raises:
            StartError: it ended, the port is another's, or it took too long.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self._listens_on(port):
                    self._raise_if_ended()
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise StartError(f"not listening on port {port} in {seconds} s") from None

    def _listens_on(self, port: int) -> bool:
        try:
            connections = psutil.Process(self.pid).net_connections("tcp4")
        except psutil.Error:
            return False
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for connection in connections
        )

    def _raise_if_ended(self) -> None:
        if not self.is_running:
            last_lines = "\n".join(self._console.read_text().splitlines()[-20:])
            raise StartError(f"ended with {self._process.returncode}:\n{last_lines}")

    async def wait(self) -> int:
        """Return its exit code when it ends; 100 asks to be started again."""
        return await self._process.wait()

    async def stop(self, seconds: float = 60) -> None:
        """End it as an orderly shutdown does; past the time, as a power cut does."""
        if self.is_running:
            self._process.terminate()
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it as a power cut does: nothing more is written."""
        if self.is_running:
            self._process.kill()
        await self._process.wait()
