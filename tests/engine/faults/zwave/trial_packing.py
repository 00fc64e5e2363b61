"""Which cases are tried on which locks, and on which network."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tests.engine.faults.zwave.cases_connection import CONNECTION
from tests.engine.faults.zwave.cases_keypad import KEYPAD
from tests.engine.faults.zwave.cases_reads import READS
from tests.engine.faults.zwave.cases_writes import WRITES
from tests.harness.faults.zwave.case import Case, PackedTrials, Trial
from tests.harness.faults.zwave.lock_kinds import CONTROL_LOCK, NETWORK, Kind
from tests.harness.sampling import FULL

CASES: Final[Sequence[Case]] = (*WRITES, *READS, *KEYPAD, *CONNECTION)

AT_ONCE: Final = {"dead": 1}
"""How many trials of a kind a network can have; the driver waits for one dead lock after
another, 3 s each, and what waits for it longer than a job may take is another matter."""


def trials(*, full: bool = FULL) -> list[Trial]:
    """Return every case on all its locks, or most of them on the first one."""
    if full:
        return [Trial(case, kind) for case in CASES for kind in case.on]
    return [Trial(case, case.on[0]) for case in CASES if case.sampled]


def pack_trials(tried: Sequence[Trial]) -> list[PackedTrials]:
    """Return the trials by network, with a lock of its own for each."""
    by_network: dict[str | None, list[Trial]] = {}
    for trial in tried:
        by_network.setdefault(trial.case.together, []).append(trial)
    return [packed for group in by_network.values() for packed in _filled(group)]


def _filled(group: Sequence[Trial]) -> Iterator[PackedTrials]:
    # those that take long share a network, so that the others need not wait for them
    left = sorted(group, key=lambda trial: -len(trial.case.shows))
    while left:
        free = Counter(kind for node, kind in NETWORK.items() if node != CONTROL_LOCK)
        packed: PackedTrials = []
        most = AT_ONCE.get(group[0].case.together or "", len(group))
        for trial in list(left):
            if free[trial.kind] and len(packed) < most:
                packed.append((_node(trial.kind, free[trial.kind]), trial))
                free[trial.kind] -= 1
                left.remove(trial)
        assert packed, f"the network has no lock for {left}"
        yield packed


def _node(kind: Kind, number: int) -> int:
    nodes = [node for node, each in NETWORK.items() if each is kind]
    return [node for node in nodes if node != CONTROL_LOCK][number - 1]
