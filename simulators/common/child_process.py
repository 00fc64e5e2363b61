"""`ChildProcess`: start and stop a Python simulator as a process of its own."""

import asyncio
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
import json
from pathlib import Path
import sys
from tempfile import TemporaryFile
from typing import IO, Any, Final, Self

from .processes import wait_or_kill

_ROOT: Final = Path(__file__).parents[2]
_READY_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_LAST_OUTPUT_BYTES: Final = 2000


class ChildStartError(Exception):
    """The process was not ready in time; the text is the end of its output."""


class ChildProcess:
    """A running simulator. It ends when its standard input closes, so never outlives us."""

    def __init__(self, process: Process, ready: dict[str, Any]) -> None:
        """Hold a process that has printed its line of readiness."""
        self._process = process
        self.ready = ready
        """The line of JSON that it printed when it was ready."""

    @classmethod
    async def start(cls, module: str, *arguments: str, log: Path | None = None) -> Self:
        """Start `python -m module`; returns when it is ready.

        `log` takes its standard error. Raises ChildStartError if it does not come up;
        nothing is left running.
        """
        with _log(log) as output:
            begins = output.seek(0, 2)
            process = await create_subprocess_exec(
                *(sys.executable, "-m", module, *arguments),
                cwd=_ROOT,
                stdin=PIPE,
                stdout=PIPE,
                stderr=output,
            )
            assert process.stdout is not None
            try:
                async with asyncio.timeout(_READY_SECONDS):
                    line = await process.stdout.readline()
                return cls(process, json.loads(line))
            except (TimeoutError, json.JSONDecodeError) as err:
                await _end(process)
                output.seek(begins)
                end = output.read()[-_LAST_OUTPUT_BYTES:]
                text = end.decode(errors="replace").strip()
                raise ChildStartError(text or "not ready in time") from err
            except BaseException:
                await _end(process)
                raise

    async def stop(self) -> None:
        """Stop it: close its standard input and wait; kill it if that takes too long."""
        await _end(self._process)

    async def kill(self) -> None:
        """Kill it, as a power cut does."""
        self._process.kill()
        await self._process.wait()


def _log(file: Path | None) -> IO[bytes]:
    if file is None:
        return TemporaryFile()
    return file.open("a+b")


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    await wait_or_kill(process, _STOP_SECONDS)
