"""One fault on one of two locks while one slot is worked on: what every scenario does.

How to use it: on real integrations derive the faults from `Expectations` and use a
`SiteFaultScenario` (`site_scenario.py`); on the engine alone, with locks in memory, use
`run_scenario` of `engine_scenario.py`.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from custom_components.keyholder.model.timing import Timing
from tests.harness.claims import ClaimChecker

OTHER: Final = 1
"""The slot of somebody else on the same lock."""
OURS: Final = 2
"""The slot in which the fault strikes."""
FIRST_PIN: Final = "907153"
SECOND_PIN: Final = "907154"
OTHER_PIN: Final = "908001"
SETTLING: Final = 90
"""Seconds before the scenario: nothing of what prepared it is unresolved any more."""
TIMING: Final = Timing(reread_delay=timedelta(days=7))
"""What a fault costs is counted without the second read that each new code has."""
MOMENTS: Final = 8
"""States that a row of a table shows; what follows repeats them with longer waits."""

type Action = Callable[[], Awaitable[object] | object]


class UserChange(StrEnum):
    """What is done to the slot when the fault strikes."""

    WRITE = "write"
    CHANGE = "new PIN"
    CLEAR = "clear"
    NOTHING = "at rest"
    CLOSE = "its hours end"
    OPEN = "its hours begin"
    OFF = "switched off"
    """At rest, in between. These three are of locks that can switch codes off."""


FOUR: Final = (
    UserChange.WRITE,
    UserChange.CHANGE,
    UserChange.CLEAR,
    UserChange.NOTHING,
)
"""What is done on every kind of lock."""


@dataclass(kw_only=True)
class ActionSchedule:
    """What is to happen in the middle of a scenario."""

    change: UserChange
    _timers: list[asyncio.TimerHandle] = field(init=False, default_factory=list)
    _tasks: list[asyncio.Future[object]] = field(init=False, default_factory=list)

    def at(self, seconds: float, action: Action) -> None:
        """Let something happen so many seconds after the scenario begins."""

        def act() -> None:
            done = action()
            if isinstance(done, Awaitable):
                self._tasks.append(asyncio.ensure_future(done))

        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(seconds, act))

    async def close(self) -> None:
        """Let nothing more happen, and what does come to its end."""
        for timer in self._timers:
            timer.cancel()
        await asyncio.gather(*self._tasks)


@dataclass(frozen=True, kw_only=True)
class BaseExpectations:
    """What a fault may do, and how much of it, on any kind of lock."""

    changes: tuple[UserChange, ...] = (
        UserChange.WRITE,
        UserChange.CHANGE,
        UserChange.CLEAR,
    )
    at_most: int
    """Commands about the slot in the whole scenario."""
    others: int = 0
    """Reads of somebody else's slot on the same lock: it has to be read again."""
    lasts: int = 600
    """Seconds that the scenario lasts."""
    hidden: bool = False
    """The lock cannot show what happens, so what is published is an older truth."""


@dataclass(frozen=True, kw_only=True)
class BaseOutcome:
    """What came of a scenario."""

    shown: tuple[tuple[int, str], ...]
    """What the sensor of the slot shows from each second on, with its reason."""
    reported: tuple[str, ...]
    """Each event, then each repair."""
    commands: tuple[int, int, int]
    """Reads, writes and clears of the slot."""
    held: str | None
    """The code that is live in the slot in the end."""
    other_shown: tuple[str, ...]
    false_claims: tuple[str, ...]


class FaultScenario(ABC):
    """Lets the fault strike, makes the change, waits, and checks every claim meanwhile."""

    def __init__(self, expected: BaseExpectations, change: UserChange) -> None:
        """Play one change of the slot."""
        self._expectations, self._change = expected, change
        self._false_claims: tuple[str, ...] = ()

    async def run(self, strike: Callable[[], object], schedule: ActionSchedule) -> None:
        """Let the fault strike, make the change, and wait."""
        self._start_record()
        strict = not self._expectations.hidden
        with self._watch(strict=strict) as claims:
            strike()
            await self._make_change()
            await asyncio.sleep(self._expectations.lasts)
        await schedule.close()
        self._false_claims = tuple(claims.false_claims)

    @abstractmethod
    def _start_record(self) -> None:
        """Count commands and events from now on."""

    @abstractmethod
    def _watch(self, *, strict: bool) -> AbstractContextManager[ClaimChecker]:
        """Check within the context what is claimed of the slots."""

    @abstractmethod
    async def _make_change(self) -> None:
        """Do to the slot what the scenario is about."""


def table_row(run: BaseOutcome) -> tuple[str, str, str]:
    """Return what a table in the documentation says of a run."""
    moments = [f"{second} s {shown}" for second, shown in run.shown]
    if len(moments) > MOMENTS:
        moments = [*moments[: MOMENTS - 1], "and so on"]
    return (
        ", ".join(moments).replace("_", " "),
        ", ".join(run.reported).replace("_", " ") or "–",
        " / ".join(map(str, run.commands)),
    )
