"""Child processes that are stopped by their own pid only, and ports for them."""

import asyncio
from asyncio.subprocess import Process
import os
from pathlib import Path
import socket
import sys
from typing import Final

HOST: Final = "127.0.0.1"
_GUARD: Final = Path(__file__).parent / "guard.py"


def guarded(*command: str | Path) -> tuple[str | Path, ...]:
    """Return the command line of a process that ends with us, however we end."""
    return (sys.executable, "-P", _GUARD, str(os.getpid()), *command)


async def wait_or_kill(process: Process, seconds: float) -> None:
    """Wait until a process that was asked to end has ended; kill it past the time."""
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


class RunningProcess:
    """A child process whose output is in a file."""

    def __init__(self, process: Process, console: Path) -> None:
        """Hold a process that was started, and the file of its output."""
        self._process = process
        self._console = console

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def last_lines(self, count: int = 20) -> str:
        """Return the end of its output, for an error."""
        lines = self._console.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])

    async def wait(self) -> int:
        """Return its exit code when it ends."""
        return await self._process.wait()

    async def stop(self, seconds: float) -> None:
        """Terminate it, as an orderly shutdown does; kill it past the time."""
        if self.is_running:
            self._process.terminate()
        await wait_or_kill(self._process, seconds)

    async def kill(self) -> None:
        """Kill it, as a power cut does: nothing more is written."""
        if self.is_running:
            self._process.kill()
        await self._process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Return whether this port of this machine can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
