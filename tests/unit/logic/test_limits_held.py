"""Which limits a slot is under from the moment that an operation on it is sent."""

import pytest

from custom_components.keyholder.logic.limiting import limited_by
from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.limits import UNRESTRICTED, Limits, WeekDayLimit
from custom_components.keyholder.model.reading import Occupancy
from custom_components.keyholder.model.slot import (
    Desired,
    Observation,
    Operation,
    SlotLimits,
    SlotRecord,
)

EMPTY, MASKED, PRESENT, UNKNOWN = (
    Occupancy.EMPTY,
    Occupancy.MASKED,
    Occupancy.PRESENT,
    Occupancy.UNKNOWN,
)
WRITE, CLEAR = Operation.WRITE, Operation.CLEAR
SWITCH_OFF, SWITCH_ON = Operation.SWITCH_OFF, Operation.SWITCH_ON
OFFICE = Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 540, 1020),))
EVENING = Limits(week_days=(WeekDayLimit(Weekday.MONDAY, 1080, 1200),))


@pytest.mark.parametrize(
    ("operation", "occupancy", "before", "held", "is_clean"),
    [
        # a code that replaces one of ours goes where the limits of that one are
        (WRITE, PRESENT, SlotLimits(wanted=OFFICE, held=OFFICE), OFFICE, False),
        (WRITE, MASKED, SlotLimits(wanted=OFFICE, held=OFFICE), OFFICE, False),
        (WRITE, UNKNOWN, SlotLimits(wanted=OFFICE, held=OFFICE), OFFICE, False),
        # also where the lock is not to limit anything any more
        (WRITE, PRESENT, SlotLimits(held=OFFICE), OFFICE, False),
        (WRITE, PRESENT, SlotLimits(wanted=UNRESTRICTED, is_clean=True), None, True),
        # into an empty slot come the limits that are wanted
        (WRITE, EMPTY, SlotLimits(wanted=OFFICE), OFFICE, False),
        (WRITE, EMPTY, SlotLimits(wanted=OFFICE, is_clean=True), OFFICE, False),
        (WRITE, EMPTY, SlotLimits(wanted=OFFICE, held=EVENING), OFFICE, False),
        # those of an earlier holder are looked for, and taken off
        (WRITE, EMPTY, SlotLimits(wanted=UNRESTRICTED), UNRESTRICTED, False),
        (
            WRITE,
            EMPTY,
            SlotLimits(wanted=OFFICE, refused=OFFICE),
            UNRESTRICTED,
            False,
        ),
        # in a slot that is known to have none, the code is under none without a look
        (
            WRITE,
            EMPTY,
            SlotLimits(wanted=UNRESTRICTED, is_clean=True),
            UNRESTRICTED,
            True,
        ),
        (
            WRITE,
            EMPTY,
            SlotLimits(wanted=OFFICE, refused=OFFICE, is_clean=True),
            UNRESTRICTED,
            True,
        ),
        (WRITE, EMPTY, SlotLimits(is_clean=True), None, True),
        # a clear or a switch that gets lost leaves the code under what it was under
        (CLEAR, PRESENT, SlotLimits(wanted=EVENING, held=OFFICE), OFFICE, False),
        (CLEAR, EMPTY, SlotLimits(wanted=EVENING, held=OFFICE), OFFICE, False),
        (SWITCH_OFF, PRESENT, SlotLimits(wanted=EVENING, held=OFFICE), OFFICE, False),
        (SWITCH_ON, MASKED, SlotLimits(wanted=OFFICE, held=OFFICE), OFFICE, False),
    ],
)
def test_an_operation_changes_what_is_held_only_by_what_it_brings(
    operation: Operation,
    occupancy: Occupancy,
    before: SlotLimits,
    held: Limits | None,
    is_clean: bool,
) -> None:
    record = SlotRecord(
        slot=1,
        credential=CredentialRef("ada"),
        label="Ada",
        desired=Desired.PRESENT,
        revision=2,
        observed=Observation(occupancy=occupancy),
        limits=before,
    )
    after = limited_by(record, operation)
    assert (after.held, after.is_clean) == (held, is_clean)
    assert (after.wanted, after.refused) == (before.wanted, before.refused)
