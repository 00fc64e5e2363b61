"""A fault, and all that is promised of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.harness.faults.zwave.lock_kinds import Kind
from tests.harness.faults.zwave.trial_lock import TrialLock

type Faults = Mapping[str, bool | int | str]
type Script = Callable[[TrialLock], Awaitable[None]]


class Does(StrEnum):
    """What is asked for while the fault is there."""

    FIRST_CODE = "first code"
    NEW_PIN = "new PIN"
    SWITCH_ON = "switch on"
    SWITCH_OFF = "switch off"
    NOTHING = "nothing"


class Holds(StrEnum):
    """What is in the person's slot in the end."""

    WANTED = "what is wanted"
    OLD = "the old code"
    NOTHING = "nothing"
    OTHER = "the other code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The most commands that the lock may receive about codes, as it counts them."""

    writes: int = 0
    clears: int = 0
    reads: int = 0


SHOWN: Final[Mapping[str, str]] = {
    "S": "syncing",
    "P": "pending_confirmation",
    "I": "in_sync",
    "A": "accepted",
    "O": "out_of_sync",
    "X": "suspended",
    "?": "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row of the table.

    `before` is wrong with the lock from the beginning, `faults` from the moment that
    something is asked for; `prepare` is done right before, `script` is what happens
    then. `shows` are the states of the slot's sensor, one letter each (SHOWN).
    `together`: all cases with this word have a network of their own, because what happens
    to them happens to the whole network.
    """

    fault: str
    does: Does
    on: tuple[Kind, ...]
    before: Faults = field(default_factory=dict)
    faults: Faults = field(default_factory=dict)
    prepare: Script | None = None
    script: Script | None = None
    shows: str
    reason: str | None = None
    events: tuple[str, ...] = ()
    repair: str | None = None
    problem: bool = False
    cost: Cost
    holds: Holds
    together: str | None = None
    sampled: bool = True

    @property
    def states(self) -> list[str]:
        """Return what the sensor shows, in order."""
        return [SHOWN[letter] for letter in self.shows]


@dataclass(frozen=True, slots=True)
class Trial:
    """A case on one kind of lock."""

    case: Case
    kind: Kind

    def __str__(self) -> str:
        """Return what failures call it."""
        return f"{self.case.fault} / {self.case.does} / {self.kind}"


type PackedTrials = list[tuple[int, Trial]]
"""Trials that share a network, each with the node of its lock."""
