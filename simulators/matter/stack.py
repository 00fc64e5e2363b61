"""The fake server as a process, in the shape of the real stack."""

import asyncio
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
import json
from pathlib import Path
import sys
from typing import Final, Self

import aiohttp

from .real.control import VirtualLock
from .real.errors import StackError

_ROOT: Final = Path(__file__).parents[2]
_READY_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_LAST_WORDS: Final = 2000


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
        self._log = folder / "server.log"
        self._time_zone = time_zone
        self._process: Process | None = None
        self.url = ""
        """The server's websocket, for Home Assistant's Matter entry."""
        self.lock = VirtualLock("")
        """The lock, for who stands before it."""

    async def start(self) -> None:
        """Start the process; StackError if it does not come up."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = await create_subprocess_exec(
                *(sys.executable, "-m", "simulators.matter"),
                *("--state", str(self._folder / "lock.json")),
                *("--time-zone", self._time_zone),
                cwd=_ROOT,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(_READY_SECONDS):
                line = await self._process.stdout.readline()
            ready = json.loads(line)
        except (TimeoutError, json.JSONDecodeError) as err:
            await self.stop()
            said = self._log.read_text(errors="replace")[-_LAST_WORDS:]
            raise StackError(f"the fake Matter server did not start: {said}") from err
        self.url = ready["ws"]
        self.lock = VirtualLock(ready["control"])

    async def stop(self) -> None:
        """End it; may be called again."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def start_server(self) -> None:
        """Start the server again, on the port that it had."""
        await self._serve(running=True)

    async def stop_server(self) -> None:
        """Stop the server; the lock goes on, and what it tells is lost."""
        await self._serve(running=False)

    async def _serve(self, *, running: bool) -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self.lock.url}/server", json={"running": running}
            ) as answer,
        ):
            answer.raise_for_status()

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()
