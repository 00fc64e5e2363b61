"""A simulator as a process of its own, seen by whoever started it."""

import asyncio
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
import json
from pathlib import Path
import sys
from tempfile import TemporaryFile
from typing import IO, Any, Final, Self

_ROOT: Final = Path(__file__).parents[2]
_READY_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_LAST_WORDS: Final = 2000


class ChildStartError(Exception):
    """It did not come up; the text has what it said last."""


class ChildProcess:
    """A running simulator. It ends when its standard input closes, so it never outlives us."""

    def __init__(self, process: Process, ready: dict[str, Any]) -> None:
        """Look after a process that has said that it is ready."""
        self._process = process
        self.ready = ready
        """The line of JSON that it said."""

    @classmethod
    async def start(cls, module: str, *arguments: str, log: Path | None = None) -> Self:
        """Start `python -m module`; returns when it is ready.

        `log` takes what it says beside that. Raises ChildStartError if it does not come up;
        nothing is left running.
        """
        with _log(log) as said:
            begins = said.seek(0, 2)
            process = await create_subprocess_exec(
                *(sys.executable, "-m", module, *arguments),
                cwd=_ROOT,
                stdin=PIPE,
                stdout=PIPE,
                stderr=said,
            )
            assert process.stdout is not None
            try:
                async with asyncio.timeout(_READY_SECONDS):
                    line = await process.stdout.readline()
                return cls(process, json.loads(line))
            except (TimeoutError, json.JSONDecodeError) as err:
                await _end(process)
                said.seek(begins)
                words = said.read()[-_LAST_WORDS:].decode(errors="replace").strip()
                raise ChildStartError(words or "not ready in time") from err
            except BaseException:
                await _end(process)
                raise

    async def stop(self) -> None:
        """End it in good order."""
        await _end(self._process)

    async def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        await self._process.wait()


def _log(file: Path | None) -> IO[bytes]:
    if file is None:
        return TemporaryFile()
    return file.open("a+b")


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
