"""Which cases are tried on which locks, and in which houses."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tests.effort import FULL

from .case import Case, Trial
from .cases_connection import CONNECTION
from .cases_keypad import KEYPAD
from .cases_reads import READS
from .cases_writes import WRITES
from .locks import BYSTANDER, STREET, Kind

CASES: Final[Sequence[Case]] = (*WRITES, *READS, *KEYPAD, *CONNECTION)

type House = list[tuple[int, Trial]]


def trials(*, full: bool = FULL) -> list[Trial]:
    """Return every case on all its locks, or most of them on the first one."""
    if full:
        return [Trial(case, kind) for case in CASES for kind in case.on]
    return [Trial(case, case.on[0]) for case in CASES if case.sampled]


def houses(tried: Sequence[Trial]) -> list[House]:
    """Return the trials by house, with a lock of its own for each."""
    by_network: dict[str | None, list[Trial]] = {}
    for trial in tried:
        by_network.setdefault(trial.case.together, []).append(trial)
    return [house for group in by_network.values() for house in _filled(group)]


def _filled(group: Sequence[Trial]) -> Iterator[House]:
    # those that take long share a house, so that the others need not wait for them
    left = sorted(group, key=lambda trial: -len(trial.case.shows))
    while left:
        free = Counter(kind for node, kind in STREET.items() if node != BYSTANDER)
        house: House = []
        for trial in list(left):
            if free[trial.kind]:
                house.append((_node(trial.kind, free[trial.kind]), trial))
                free[trial.kind] -= 1
                left.remove(trial)
        yield house


def _node(kind: Kind, number: int) -> int:
    nodes = [node for node, each in STREET.items() if each is kind]
    return [node for node in nodes if node != BYSTANDER][number - 1]
