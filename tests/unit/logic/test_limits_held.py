"""Which limits a slot is under from the moment that an operation on it is sent."""

import pytest

from custom_components.keyholder.logic.slot_schedule import schedule_after_start
from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.lock_schedule import (
    NO_SCHEDULE,
    LockSchedule,
    WeekDaySchedule,
)
from custom_components.keyholder.model.provider_io import Occupancy
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Operation,
    SlotRecord,
    SlotSchedule,
    Target,
)

EMPTY, MASKED, PRESENT, UNKNOWN = (
    Occupancy.EMPTY,
    Occupancy.MASKED,
    Occupancy.PRESENT,
    Occupancy.UNKNOWN,
)
WRITE, CLEAR = Operation.WRITE, Operation.CLEAR
SWITCH_OFF, SWITCH_ON = Operation.DISABLE, Operation.ENABLE
OFFICE = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 540, 1020),))
EVENING = LockSchedule(week_days=(WeekDaySchedule(Weekday.MONDAY, 1080, 1200),))


@pytest.mark.parametrize(
    ("operation", "occupancy", "requested", "before", "held", "is_clean"),
    [
        # a code that replaces one of ours goes where the limits of that one are
        (
            WRITE,
            PRESENT,
            OFFICE,
            SlotSchedule(in_force=OFFICE),
            OFFICE,
            False,
        ),
        (WRITE, MASKED, OFFICE, SlotSchedule(in_force=OFFICE), OFFICE, False),
        (
            WRITE,
            UNKNOWN,
            OFFICE,
            SlotSchedule(in_force=OFFICE),
            OFFICE,
            False,
        ),
        # also where the lock is not to limit anything any more
        (WRITE, PRESENT, None, SlotSchedule(in_force=OFFICE), OFFICE, False),
        (
            WRITE,
            PRESENT,
            NO_SCHEDULE,
            SlotSchedule(no_stale_entries=True),
            None,
            True,
        ),
        # into an empty slot come the limits that are wanted
        (WRITE, EMPTY, OFFICE, SlotSchedule(), OFFICE, False),
        (
            WRITE,
            EMPTY,
            OFFICE,
            SlotSchedule(no_stale_entries=True),
            OFFICE,
            False,
        ),
        (WRITE, EMPTY, OFFICE, SlotSchedule(in_force=EVENING), OFFICE, False),
        # those of an earlier holder are looked for, and taken off
        (WRITE, EMPTY, NO_SCHEDULE, SlotSchedule(), NO_SCHEDULE, False),
        (
            WRITE,
            EMPTY,
            OFFICE,
            SlotSchedule(rejected=OFFICE),
            NO_SCHEDULE,
            False,
        ),
        # in a slot that is known to have none, the code is under none without a look
        (
            WRITE,
            EMPTY,
            NO_SCHEDULE,
            SlotSchedule(no_stale_entries=True),
            NO_SCHEDULE,
            True,
        ),
        (
            WRITE,
            EMPTY,
            OFFICE,
            SlotSchedule(rejected=OFFICE, no_stale_entries=True),
            NO_SCHEDULE,
            True,
        ),
        (WRITE, EMPTY, None, SlotSchedule(no_stale_entries=True), None, True),
        # a clear or a switch that gets lost leaves the code under what it was under
        (
            CLEAR,
            PRESENT,
            EVENING,
            SlotSchedule(in_force=OFFICE),
            OFFICE,
            False,
        ),
        (CLEAR, EMPTY, EVENING, SlotSchedule(in_force=OFFICE), OFFICE, False),
        (
            SWITCH_OFF,
            PRESENT,
            EVENING,
            SlotSchedule(in_force=OFFICE),
            OFFICE,
            False,
        ),
        (
            SWITCH_ON,
            MASKED,
            OFFICE,
            SlotSchedule(in_force=OFFICE),
            OFFICE,
            False,
        ),
    ],
)
def test_an_operation_changes_what_is_held_only_by_what_it_brings(
    *,
    operation: Operation,
    occupancy: Occupancy,
    requested: LockSchedule | None,
    before: SlotSchedule,
    held: LockSchedule | None,
    is_clean: bool,
) -> None:
    record = SlotRecord(
        slot=1,
        credential=CredentialRef("ada"),
        person_name="Ada",
        target=Target(DesiredState.PRESENT, 2, requested),
        observed=Observation(occupancy=occupancy),
        schedule=before,
    )
    after = schedule_after_start(record, operation)
    assert (after.in_force, after.no_stale_entries) == (held, is_clean)
    assert after.rejected == before.rejected
