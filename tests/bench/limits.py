"""The table of limits. Counts are never to be passed; times are for a quiet machine."""

from dataclasses import dataclass
from typing import Final

from tests.bench.bench_site import Size

LOOSENESS: Final = 1.5
"""By how much a time may be passed in the tests, where the machine is busy."""


STALL: Final = 0.05
"""Seconds for which one callback may keep the event loop from everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one size may cost. Seconds, MiB, and numbers of things."""

    setup: float
    convergence: float
    journal_saves: int
    memory: float
    state_writes: int = 5
    alive_per_lock: int = 1


LIMITS: Final = {
    Size(1, 30): Limits(setup=0.05, convergence=0.05, journal_saves=10, memory=2),
    Size(5, 30): Limits(setup=0.12, convergence=0.15, journal_saves=20, memory=4),
    Size(20, 50): Limits(setup=0.6, convergence=1.5, journal_saves=100, memory=15),
}
