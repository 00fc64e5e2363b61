"""A slot in one word, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.logic.snapshots import slot_reason, slot_state
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    Reason,
    Retry,
    SlotRecord,
    SlotState,
)
from custom_components.keyholder.model.slot_events import LockTraits
from custom_components.keyholder.model.timing import MAX_FAILURES, Timing
from tests.harness.logic.scenario import START, Scenario

READABLE = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
UNSEEN = Scenario().record
EMPTY = replace(
    UNSEEN, observed=Observation(occupancy=Occupancy.EMPTY, observed_at=START)
)
PENDING = PendingCommand(
    operation=Operation.WRITE,
    revision=1,
    started_at=START,
    deadline=START + timedelta(seconds=60),
)
MAKES_ROOM = replace(PENDING, operation=Operation.CLEAR, returned_at=START)


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (UNSEEN, None),
        (EMPTY, SlotState.SYNCING),
        (replace(EMPTY, needs_read=True), None),
        (replace(EMPTY, retry=Retry(at=START)), SlotState.OUT_OF_SYNC),
        (replace(EMPTY, pending=PENDING), SlotState.SYNCING),
        (
            replace(EMPTY, pending=replace(PENDING, returned_at=START)),
            SlotState.PENDING_CONFIRMATION,
        ),
        (replace(EMPTY, pending=MAKES_ROOM), SlotState.SYNCING),
        (
            replace(
                EMPTY,
                pending=MAKES_ROOM,
                target=replace(EMPTY.target, desired=DesiredState.ABSENT),
            ),
            SlotState.PENDING_CONFIRMATION,
        ),
        (replace(EMPTY, evidence=Evidence.VALUE), SlotState.IN_SYNC),
        (replace(EMPTY, evidence=Evidence.PRESENCE), SlotState.IN_SYNC),
        (replace(EMPTY, evidence=Evidence.ACKNOWLEDGED), SlotState.ACCEPTED),
        (replace(EMPTY, evidence=Evidence.VALUE, needs_read=True), SlotState.IN_SYNC),
        (
            replace(
                EMPTY,
                evidence=Evidence.VALUE,
                needs_read=True,
                retry=Retry(failed_reads=1),
            ),
            None,
        ),
        (
            replace(EMPTY, retry=Retry(suspended_reason=Reason.NOT_STORED)),
            SlotState.SUSPENDED,
        ),
        (replace(EMPTY, origin=Origin.UNMANAGED), SlotState.SUSPENDED),
        (
            replace(EMPTY, origin=Origin.UNMANAGED, needs_read=True),
            SlotState.SUSPENDED,
        ),
        (
            replace(EMPTY, origin=Origin.UNMANAGED, evidence=Evidence.VALUE),
            SlotState.IN_SYNC,
        ),
    ],
)
def test_the_state_of_a_slot(record: SlotRecord, state: SlotState | None) -> None:
    assert slot_state(record, READABLE, reachable=True) == state


def test_a_slot_on_a_lock_out_of_reach_is_out_of_sync_or_as_it_was_proven() -> None:
    assert slot_state(EMPTY, READABLE, reachable=False) is SlotState.OUT_OF_SYNC
    proven = replace(EMPTY, evidence=Evidence.VALUE)
    assert slot_state(proven, READABLE, reachable=False) is SlotState.IN_SYNC


def test_a_lock_that_cannot_be_read_has_no_unknown_state() -> None:
    blind = LockTraits(best_evidence=Evidence.ACKNOWLEDGED, timing=Timing())
    assert slot_state(UNSEEN, blind, reachable=True) is SlotState.SYNCING


ABSENT = replace(EMPTY, target=replace(EMPTY.target, desired=DesiredState.ABSENT))


@pytest.mark.parametrize(
    ("record", "reachable", "reason"),
    [
        (EMPTY, True, None),
        (EMPTY, False, Reason.LOCK_UNREACHABLE),
        (replace(EMPTY, evidence=Evidence.VALUE), False, None),
        (
            replace(EMPTY, retry=Retry(suspended_reason=Reason.OCCUPIED)),
            False,
            Reason.OCCUPIED,
        ),
        (replace(EMPTY, changed_externally=True), True, Reason.CHANGED_AT_LOCK),
        (replace(EMPTY, retry=Retry(failed_reads=1)), True, Reason.NO_ANSWER),
        (
            replace(EMPTY, retry=Retry(failed_reads=1, slot_not_usable=True)),
            True,
            Reason.SLOT_UNAVAILABLE,
        ),
        (replace(EMPTY, retry=Retry(failed_attempts=MAX_FAILURES)), True, None),
        (
            replace(ABSENT, retry=Retry(failed_attempts=MAX_FAILURES)),
            True,
            Reason.NOT_CLEARED,
        ),
        (replace(ABSENT, retry=Retry(failed_attempts=MAX_FAILURES - 1)), True, None),
    ],
)
def test_why_a_slot_is_not_verified(
    record: SlotRecord, reachable: bool, reason: Reason | None
) -> None:
    assert slot_reason(record, reachable=reachable) == reason


def test_a_reported_change_that_cannot_be_read_is_not_in_sync() -> None:
    """It looked like the echo of our own write, and the lock was gone before the read."""
    record = replace(EMPTY, evidence=Evidence.VALUE, needs_read=True)
    assert slot_state(record, READABLE, reachable=False) is None
    settled = replace(record, needs_read=False)
    assert slot_state(settled, READABLE, reachable=False) is SlotState.IN_SYNC
