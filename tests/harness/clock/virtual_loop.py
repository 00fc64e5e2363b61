"""An event loop whose clock jumps: days pass in milliseconds, always in one order."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import math
import selectors
from typing import Any, Final, override

START: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""A Monday morning."""
_NANOSECOND: Final = 1e-9
"""The resolution of the real clock."""


class NothingLeftError(RuntimeError):
    """All wait for something that nobody will ever do."""


def _nothing() -> None:
    """Let the event loop go on."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs everything that is ready, then jumps to the next timer.

    Jobs of an executor run at once, in the loop's own thread: a thread would need time
    that does not pass. `clock` is the time of day that belongs to `time`. `on_turn` is
    called whenever all that was ready has run up to its next await, `on_jump` when
    nothing more can happen before time passes.
    """

    def __init__(self, elapsed: float = 0.0) -> None:
        """Begin that many seconds after the start of time."""
        self._elapsed = elapsed
        self._watchers: list[asyncio.Future[None]] = []
        self._have_looked = False
        self.on_turn: Callable[[], None] = _nothing
        self.on_jump: Callable[[], None] = _nothing
        super().__init__(_JumpingSelector(self._jump, self._turn))
        self._keep_resolution()

    @override
    def time(self) -> float:
        """Return the seconds since the loop was made."""
        return self._elapsed

    def clock(self) -> datetime:
        """Return the time of day."""
        return START + timedelta(seconds=self._elapsed)

    async def turn(self) -> None:
        """Return once more has happened: what was ready has run, or time has passed.

        Who looks at the state after every turn has also looked before each jump.
        """
        watcher = self.create_future()
        self._watchers.append(watcher)
        await watcher

    def stall(self, seconds: float) -> None:
        """Let time pass in which nothing runs, as on a machine that is held up."""
        self._elapsed += seconds
        self._keep_resolution()

    @override
    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run the function now."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as err:  # noqa: BLE001 - it is the future's
            future.set_exception(err)
        return future

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Return at once: no executor has ever had a job."""

    def _turn(self, *, is_idle: bool) -> bool:
        """Let all look who want to; return whether something can still happen now."""
        self.on_turn()
        if not self._watchers or (is_idle and self._have_looked):
            self._have_looked = False
            return not is_idle
        self._have_looked = is_idle
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)
        return True

    def _jump(self, seconds: float | None) -> None:
        if seconds is None:
            raise NothingLeftError
        self.on_jump()
        # a timer that is due at a moment between two floats is due now; after months
        # there are none for a nanosecond
        self._elapsed = max(
            self._elapsed + seconds + _NANOSECOND,
            math.nextafter(self._elapsed, math.inf),
        )
        self._keep_resolution()

    def _keep_resolution(self) -> None:
        """Let asyncio know how far apart two moments are.

        It runs what is due before the time plus its clock's resolution. After 194 days
        a nanosecond is less than half the way to the next float: the sum would be the
        time itself, and what is due right then would never run.
        """
        self._clock_resolution = max(_NANOSECOND, math.ulp(self._elapsed))


class _JumpingSelector(selectors.DefaultSelector):
    """Waits by telling how long it would have waited."""

    def __init__(
        self,
        jump: Callable[[float | None], None],
        turn: Callable[..., bool],
    ) -> None:
        super().__init__()
        self._jump = jump
        self._turn = turn

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        is_idle = not ready and (timeout is None or timeout > 0)
        if not self._turn(is_idle=is_idle):
            self._jump(timeout)
        return ready
