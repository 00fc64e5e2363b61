"""One program of the stack: a child of ours inside the namespace, ended by its own pid only."""

import asyncio
from asyncio.subprocess import DEVNULL, STDOUT, Process, create_subprocess_exec
from collections.abc import Mapping
import os
from pathlib import Path
import socket
import sys
from typing import Final

from .installation import GUARD
from .namespace import Namespace

_HOST: Final = "127.0.0.1"
_STOP_SECONDS: Final = 20.0
_LAST_LINES: Final = 20


class Listener:
    """A port on the loopback interface of this machine for a program in the namespace.

    A socket belongs to the network that it was made in. So it is made here and inherited:
    who connects from outside needs no way into the namespace, and once the program has
    ended, the port refuses as that of any dead server does.
    """

    def __init__(self, port: int = 0) -> None:
        """Nothing is listened on yet."""
        self._port = port

    @property
    def port(self) -> int:
        """The port; one that was 0 is a free one from the first start on."""
        return self._port

    def open(self) -> socket.socket:
        """Return a socket that listens, for a child to inherit."""
        listening = socket.create_server((_HOST, self._port))
        self._port = listening.getsockname()[1]
        return listening


class Program:
    """A running program; it ends with us, however we end."""

    def __init__(self, name: str, process: Process, console: Path) -> None:
        """Hold a process that was started."""
        self._name = name
        self._process = process
        self._console = console

    @classmethod
    async def start(
        cls,
        namespace: Namespace,
        console: Path,
        listening: socket.socket,
        *command: str | Path,
        environment: Mapping[str, str] | None = None,
    ) -> Program:
        """Start a program in the namespace.

        It inherits the socket, which is closed here; what it says is added to the
        console's file.
        """
        with console.open("ab") as output, listening:
            process = await create_subprocess_exec(
                *namespace.inside(),
                *(sys.executable, "-P", GUARD, str(os.getpid())),
                *command,
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                env={**os.environ, **(environment or {})},
                pass_fds=(listening.fileno(),),
                start_new_session=True,
            )
        return cls(console.stem, process, console)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def last_output(self) -> str:
        """Return what it said last, for an error."""
        lines = self._console.read_text(errors="replace").splitlines()
        return "\n".join([f"The {self._name} said:", *lines[-_LAST_LINES:]])

    async def stop(self) -> None:
        """End it in good order; past the time, as a power cut does."""
        if self.is_running:
            self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it as a power cut does."""
        if self.is_running:
            self._process.kill()
        await self._process.wait()
