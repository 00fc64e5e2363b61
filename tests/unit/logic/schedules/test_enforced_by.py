"""Who turns a person away at a lock whose rule says no."""

from zoneinfo import ZoneInfo

from custom_components.keyholder.logic.native_schedule import (
    enforced_by,
    native_schedule,
)
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE
from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE, EnforcedBy
from tests.unit.logic.access_rules.case import BERLIN, inside
from tests.unit.logic.schedules.case import ANY

ZONE = ZoneInfo(BERLIN)
MORNINGS = inside("mon-wed 08:00-12:00")


def test_nobody_turns_away_who_may_always_come_in() -> None:
    assert (
        enforced_by(
            UNRESTRICTED_RULE, native_schedule(UNRESTRICTED_RULE, ANY, ZONE), None
        )
        is None
    )


def test_nobody_turns_away_by_a_week_without_an_hour_outside() -> None:
    always_open = inside("mon-sun 00:00-24:00")
    assert (
        enforced_by(always_open, native_schedule(always_open, ANY, ZONE), None) is None
    )


def test_the_lock_does_once_it_has_shown_all_of_the_rule() -> None:
    native = native_schedule(MORNINGS, ANY, ZONE)
    assert enforced_by(MORNINGS, native, native.schedule) is EnforcedBy.LOCK


def test_home_assistant_does_while_the_lock_does_not_show_the_schedule() -> None:
    native = native_schedule(MORNINGS, ANY, ZONE)
    other = native_schedule(inside("mon-wed 08:00-13:00"), ANY, ZONE).schedule
    for shown in (None, NO_SCHEDULE, other):
        assert enforced_by(MORNINGS, native, shown) is EnforcedBy.HOME_ASSISTANT


def test_home_assistant_does_where_the_lock_cannot_hold_all_of_it() -> None:
    native = native_schedule(MORNINGS, None, ZONE)
    assert not native.complete
    assert enforced_by(MORNINGS, native, native.schedule) is EnforcedBy.HOME_ASSISTANT
