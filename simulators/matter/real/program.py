"""`Program`: a child process in the network namespace, with a port outside it."""

from asyncio.subprocess import DEVNULL, STDOUT, create_subprocess_exec
from collections.abc import Mapping
import os
from pathlib import Path
import socket

from simulators.common.processes import HOST, RunningProcess, guarded

from .namespace import Namespace


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
        listening = socket.create_server((HOST, self._port))
        self._port = listening.getsockname()[1]
        return listening


class Program(RunningProcess):
    """A running program; it ends with us, however we end."""

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
                *guarded(*command),
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                env={**os.environ, **(environment or {})},
                pass_fds=(listening.fileno(),),
                start_new_session=True,
            )
        return cls(process, console)

    def last_output(self) -> str:
        """Return the name of the program and the end of its output, for an error."""
        return f"The {self._console.stem} printed:\n{self.last_lines()}"
