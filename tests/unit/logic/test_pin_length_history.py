"""Clause 16.16: which lengths of PINs a lock seems to drop, by what it did before."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.pin_length_history import (
    accepted_instead,
    after_read,
)
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.pin_lengths import PinLengthHistory
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    PendingCommand,
    Retry,
    SlotRecord,
    Target,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDLE = SlotRecord(
    slot=1,
    credential=CredentialRef("ada"),
    person_name="Ada",
    target=Target(DesiredState.PRESENT, 1),
)
WRITING = replace(
    IDLE,
    pending=PendingCommand(
        operation=Operation.WRITE, revision=1, started_at=NOW, deadline=NOW
    ),
)
DROPPED = replace(IDLE, retry=Retry(failed_attempts=1))
STORED = replace(IDLE, evidence=Evidence.VALUE)

NOTHING = PinLengthHistory()


def history(*steps: tuple[SlotRecord, int]) -> PinLengthHistory:
    """Return the history after writes that ended so, with PINs of these lengths."""
    found = NOTHING
    for after, length in steps:
        found = after_read(found, WRITING, after, length)
    return found


@pytest.mark.parametrize(
    ("steps", "accepted"),
    [
        ([], ()),
        ([(DROPPED, 4), (DROPPED, 4)], ()),
        ([(DROPPED, 4), (STORED, 6)], ()),
        ([(DROPPED, 4), (DROPPED, 4), (STORED, 6)], (6,)),
        ([(STORED, 6), (DROPPED, 4), (DROPPED, 4), (DROPPED, 4)], (6,)),
        ([(STORED, 8), (STORED, 6), (DROPPED, 4), (DROPPED, 4)], (6, 8)),
        # it was the lock, and not the length
        ([(DROPPED, 4), (DROPPED, 4), (STORED, 4), (STORED, 6)], ()),
        ([(STORED, 4), (STORED, 6), (DROPPED, 4), (DROPPED, 4)], (6,)),
    ],
)
def test_a_length_is_suspected_after_two_drops_where_another_one_was_stored(
    steps: list[tuple[SlotRecord, int]], accepted: tuple[int, ...]
) -> None:
    assert accepted_instead(history(*steps), 4) == accepted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # no write was pending, it is not over, or it was of another PIN
        (IDLE, DROPPED),
        (WRITING, WRITING),
        (WRITING, IDLE),
        (WRITING, replace(DROPPED, target=Target(DesiredState.PRESENT, 2))),
        # a clear that was dropped, and a code that is proven to be absent
        (
            replace(
                IDLE,
                pending=PendingCommand(
                    operation=Operation.CLEAR, revision=1, started_at=NOW, deadline=NOW
                ),
            ),
            DROPPED,
        ),
        (WRITING, replace(STORED, target=Target(DesiredState.ABSENT, 1))),
        # acknowledged is not stored
        (WRITING, replace(IDLE, evidence=Evidence.ACKNOWLEDGED)),
    ],
)
def test_nothing_else_says_anything_about_a_length(
    before: SlotRecord, after: SlotRecord
) -> None:
    assert after_read(NOTHING, before, after, 4) == NOTHING
