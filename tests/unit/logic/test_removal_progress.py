"""How far a removal is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.keyholder.logic.removal_progress import (
    LockToClear,
    RemovalProgress,
    removal_progress,
)
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    PendingCommand,
    SlotRecord,
    Target,
)

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
PATIENCE = timedelta(seconds=5)

LEFT = SlotRecord(
    slot=1,
    credential=CredentialRef("ann"),
    person_name="Ann",
    target=Target(DesiredState.ABSENT, 1),
)
CLEARED = replace(LEFT, evidence=Evidence.VALUE)
STUCK = RemovalProgress(unanswered=("Front",), is_stuck=True)


def sent(seconds: int, *, returned: bool = False) -> SlotRecord:
    at = NOW - timedelta(seconds=seconds)
    command = PendingCommand(
        operation=Operation.CLEAR,
        revision=1,
        started_at=at,
        deadline=NOW + timedelta(minutes=1),
        returned_at=at if returned else None,
    )
    return replace(LEFT, pending=command)


def test_a_lock_with_the_same_digits_in_another_slot_is_not_cleared() -> None:
    """Clause 16.4: the code of ours is gone, and the digits open the door."""
    lock = LockToClear(
        name="Front", reachable=True, records=[CLEARED], has_duplicate=True
    )
    assert removal_progress([lock], NOW, PATIENCE) == RemovalProgress(
        waiting=("Front",)
    )


@pytest.mark.parametrize(
    ("reachable", "records", "progress"),
    [
        (True, [CLEARED], RemovalProgress(cleared=("Front",))),
        (False, [CLEARED], RemovalProgress(cleared=("Front",))),
        (True, [], RemovalProgress(cleared=("Front",))),
        (True, [LEFT], RemovalProgress(waiting=("Front",))),
        (False, [LEFT], STUCK),
        (False, [CLEARED, LEFT], STUCK),
        (True, [sent(4)], RemovalProgress(waiting=("Front",))),
        (True, [sent(5)], RemovalProgress(unanswered=("Front",))),
        (True, [sent(9, returned=True)], RemovalProgress(waiting=("Front",))),
        (True, [CLEARED, sent(9)], RemovalProgress(unanswered=("Front",))),
    ],
)
def test_a_lock_is_cleared_being_cleared_or_without_an_answer(
    reachable: bool, records: list[SlotRecord], progress: RemovalProgress
) -> None:
    """Clause 16.40: no answer is a lock out of reach, or a command without a result."""
    lock = LockToClear(name="Front", reachable=reachable, records=records)
    assert removal_progress([lock], NOW, PATIENCE) == progress


def test_the_locks_are_named_in_order() -> None:
    """Clause 16.40: each lock is named once."""
    names = ("Shed", "Back", "Gate", "Front")
    locks = [
        LockToClear(name=name, reachable=name != "Gate", records=[record])
        for name, record in zip(names, (CLEARED, LEFT, LEFT, CLEARED), strict=True)
    ]
    assert removal_progress(locks, NOW, PATIENCE) == RemovalProgress(
        ("Front", "Shed"), ("Back",), ("Gate",)
    )
