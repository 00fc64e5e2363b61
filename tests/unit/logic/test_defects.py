"""What is known of a slot, and still owed to it, after an exception of our own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.keyholder.logic.defects import owes_clear, record_after_defect
from custom_components.keyholder.logic.next_step import next_step
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    Origin,
    PendingCommand,
    Retry,
    SlotRecord,
    Target,
    UnresolvedCommand,
)
from custom_components.keyholder.model.slot_events import LockTraits, Step
from custom_components.keyholder.model.slot_writes import SlotWrites
from custom_components.keyholder.model.timing import Timing

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
TRAITS = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
WRITE_ONLY = LockTraits(best_evidence=Evidence.ACKNOWLEDGED, timing=Timing())
HERE = Target(DesiredState.PRESENT, 1)
GONE = Target(DesiredState.ABSENT, 1)
THERE = Observation(occupancy=Occupancy.PRESENT, revision=1, observed_at=NOW)
EMPTY = Observation(occupancy=Occupancy.EMPTY, observed_at=NOW)
OTHERS = Observation(occupancy=Occupancy.PRESENT, observed_at=NOW)
WRITING = PendingCommand(
    operation=Operation.WRITE, revision=1, started_at=NOW, deadline=LATER
)
CLEARING = replace(WRITING, operation=Operation.CLEAR)
MAY_LAND = UnresolvedCommand(
    operation=Operation.WRITE, revision=1, started_at=NOW, may_land_until=LATER
)
PROVEN = SlotRecord(
    slot=2,
    credential=CredentialRef("ann"),
    person_name="Ann",
    target=HERE,
    observed=THERE,
    evidence=Evidence.VALUE,
    verified_at=NOW,
    owner_saved=True,
)
REVOKED = replace(PROVEN, target=GONE, evidence=Evidence.NONE)
EMPTIED = replace(REVOKED, observed=EMPTY)


@pytest.mark.parametrize(
    ("record", "target", "owed"),
    [
        (PROVEN, GONE, True),
        (PROVEN, HERE, False),
        (REVOKED, GONE, True),
        (REVOKED, HERE, False),
        (replace(REVOKED, observed=Observation()), GONE, False),
        (replace(REVOKED, observed=replace(THERE, revision=None)), GONE, False),
        (replace(REVOKED, origin=Origin.UNMANAGED), GONE, False),
        (replace(REVOKED, origin=Origin.UNCONFIRMED), GONE, True),
        (EMPTIED, GONE, False),
        (replace(EMPTIED, evidence=Evidence.VALUE), GONE, False),
        (replace(EMPTIED, pending=WRITING), GONE, True),
        (replace(EMPTIED, pending=CLEARING), GONE, False),
        (replace(EMPTIED, unresolved_commands=(MAY_LAND,)), GONE, True),
        (replace(EMPTIED, writes=SlotWrites(uncleared=(1,))), GONE, True),
    ],
)
def test_a_clear_is_owed_where_a_revoked_code_of_ours_may_be(
    record: SlotRecord, target: Target, owed: bool
) -> None:
    """Clause 16.21: and never where nobody's code but another's can be."""
    assert owes_clear(record, target) is owed


def test_one_exception_leaves_what_is_known_but_proves_nothing() -> None:
    """Clause 16.21: most are of one event, and the record is sound."""
    record = record_after_defect(PROVEN, HERE, LATER, TRAITS, is_repeated=False)
    assert record == replace(PROVEN, evidence=Evidence.NONE, needs_read=True)


@pytest.mark.parametrize("target", [HERE, GONE])
def test_repeated_exceptions_drop_all_that_they_may_be_due_to(target: Target) -> None:
    """Clause 16.21: of a record that always raises nothing but the facts is kept."""
    naive = NOW.replace(tzinfo=None)
    damaged = replace(
        PROVEN,
        verified_at=naive,
        pending=replace(WRITING, started_at=naive, deadline=naive),
        unresolved_commands=(replace(MAY_LAND, may_land_until=naive),),
        restored_at=(naive,),
        retry=Retry(at=naive),
        observed=replace(THERE, observed_at=naive),
        binding={"user": 7},
    )
    record = record_after_defect(damaged, target, LATER, TRAITS, is_repeated=True)

    assert next_step(record, LATER, TRAITS) == Step(None, LATER)
    assert (record.target, record.observed.occupancy) == (target, Occupancy.PRESENT)
    assert (record.binding, record.owner_saved) == ({"user": 7}, True)
    assert not record.is_verified
    # a write that may be on its way is not forgotten
    (write,) = record.unresolved_commands
    assert write.may_land_until > LATER


def test_a_wish_is_not_lost_with_its_event() -> None:
    """Clause 16.21: a command that was for the former wish is pending no more."""
    writing = replace(PROVEN, pending=WRITING, evidence=Evidence.NONE)
    record = record_after_defect(writing, GONE, LATER, TRAITS, is_repeated=False)
    assert (record.target, record.pending) == (GONE, None)
    assert record.unresolved_commands


def test_a_lock_that_shows_nothing_may_hold_what_was_just_written() -> None:
    """Clause 16.21: no read will tell."""
    writing = replace(PROVEN, observed=Observation(), pending=WRITING)
    record = record_after_defect(writing, GONE, LATER, WRITE_ONLY, is_repeated=False)
    assert record.writes.uncleared == (1,)
    step = next_step(record, LATER, WRITE_ONLY)
    assert step is not None
    assert step.operation is Operation.CLEAR
