"""The process of a Home Assistant instance, ended by its own pid only."""

import asyncio
from asyncio.subprocess import STDOUT, create_subprocess_exec
import os
from pathlib import Path
import sys

import psutil

from simulators.common.processes import RunningProcess, guarded

from .errors import StartError

_FAST_TIME = Path(__file__).parent / "fast_time.py"
_POLL_SECONDS = 0.05


class HomeAssistantProcess(RunningProcess):
    """A running `hass`. Its exit code 100 asks to be started again."""

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
                *guarded(sys.executable, _FAST_TIME, str(time_scale)),
                *("--config", config_folder, "--skip-pip", "--log-no-color"),
                stdout=output,
                stderr=STDOUT,
                env=environment,
                start_new_session=True,
            )
        return cls(process, console)

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
            code = self._process.returncode
            raise StartError(f"ended with {code}:\n{self.last_lines()}")
