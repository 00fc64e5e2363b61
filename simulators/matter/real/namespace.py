"""A network namespace for lock and server, made without root."""

from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from pathlib import Path
from typing import Final

from simulators.common.processes import wait_or_kill

from .errors import UnavailableError
from .installation import NAMESPACE

_STOP_SECONDS: Final = 5.0


class Namespace:
    """A user, network and mount namespace. It ends with the last process in it."""

    def __init__(self, folder: Path) -> None:
        """Describe one that keeps its files in this folder; nothing is made yet."""
        self._root = folder / "root"
        self._data = folder / "data"
        self._keeper: Process | None = None

    async def start(self) -> None:
        """Make it.

        Raises:
            UnavailableError: the kernel does not allow it.
        """
        for folder in (self._root, self._data):
            folder.mkdir(parents=True, exist_ok=True)
        # The keeper ends when its stdin does, which is with us.
        self._keeper = await create_subprocess_exec(
            *("unshare", "--user", "--map-root-user", "--net", "--mount"),
            *(NAMESPACE, self._root, self._data),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
        )
        assert self._keeper.stdout
        assert self._keeper.stderr
        if await self._keeper.stdout.readline() != b"ready\n":
            said = (await self._keeper.stderr.read()).decode().strip()
            await self.stop()
            raise UnavailableError(f"no network namespace: {said}")

    def inside(self) -> tuple[str, ...]:
        """Return what goes before a command that shall run in it."""
        assert self._keeper, "not started"
        return (
            *("nsenter", "--target", str(self._keeper.pid), "--preserve-credentials"),
            *("--user", "--net", "--mount", "--root", "--wd"),
        )

    async def stop(self) -> None:
        """Let go of it; may be called again."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        assert keeper.stdin
        keeper.stdin.close()
        await wait_or_kill(keeper, _STOP_SECONDS)
