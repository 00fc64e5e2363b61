"""Keypad, card, thumbturn and door of a Matter lock: access and reports."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from simulators.matter import Clock, Limits
from simulators.matter.terms import Alarm, DoorState, LockState, UserType

from .lock_harness import CODE, OTHER, RFID, LockHarness

OPERATION, ERROR, ALARM = 2, 3, 0
WRONG, DISABLED, RESTRICTED = 1, 2, 3
OFFICE = {
    "daysMask": 62,
    "startHour": 8,
    "startMinute": 0,
    "endHour": 17,
    "endMinute": 0,
}
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(harness: LockHarness, moment: datetime) -> None:
    """Set the lock's clock."""
    harness.lock.clock = Clock(moment.tzinfo or UTC, source=moment.timestamp)


def test_valid_code_unlocks_and_reports_user_and_credential() -> None:
    harness = LockHarness()
    harness.add_user(2)
    harness.put(5, CODE, 2)
    assert harness.door.enter(CODE)
    assert harness.bolt() is LockState.UNLOCKED
    assert harness.last(OPERATION) == {
        "lockOperationType": 1,
        "operationSource": 3,
        "userIndex": 2,
        "fabricIndex": None,
        "sourceNode": None,
        "credentials": [{"credentialType": 1, "credentialIndex": 5}],
    }
    assert harness.door.enter(CODE, unlock=False)
    assert harness.bolt() is LockState.LOCKED


def test_wrong_code_is_reported_without_a_user() -> None:
    harness = LockHarness()
    assert not harness.door.enter(CODE)
    reported = harness.last(ERROR)
    assert (reported["operationError"], reported["userIndex"]) == (WRONG, None)
    assert reported["credentials"] is None
    assert harness.bolt() is LockState.LOCKED


def test_a_card_opens_as_a_card() -> None:
    harness = LockHarness()
    harness.put(1, "90715A", kind=RFID)
    assert harness.door.present_card(b"90715A")
    assert harness.last(OPERATION)["operationSource"] == 8


def test_a_disabled_user_is_denied_by_name() -> None:
    harness = LockHarness()
    harness.person(2, CODE)
    harness.change_user(2, userStatus=3)
    assert not harness.door.enter(CODE)
    reported = harness.last(ERROR)
    assert (reported["operationError"], reported["userIndex"]) == (DISABLED, 2)
    harness.change_user(2, userStatus=1)
    assert harness.door.enter(CODE)


@pytest.mark.parametrize(
    ("later", "gets_in"),
    [
        (timedelta(0), True),
        (timedelta(hours=-4), True),
        (timedelta(hours=-4, minutes=-1), False),
        (timedelta(hours=5, minutes=-1), True),
        (timedelta(hours=5), False),
        (timedelta(days=-1), False),
    ],
)
def test_a_week_day_user_gets_in_within_his_hours(
    later: timedelta, gets_in: bool
) -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.WEEK_DAY)
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    at(harness, MONDAY + later)
    assert harness.door.enter(CODE) is gets_in
    if not gets_in:
        assert harness.last(ERROR)["operationError"] == RESTRICTED


@pytest.mark.parametrize("day", range(7))
def test_the_lowest_bit_of_the_days_is_sunday(day: int) -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.WEEK_DAY)
    entry = {**OFFICE, "daysMask": 1 << day}
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **entry)
    sunday = MONDAY - timedelta(days=1)
    for later in range(7):
        at(harness, sunday + timedelta(days=later))
        assert harness.door.enter(CODE) is (later == day)


def test_the_hours_are_those_of_the_locks_own_zone() -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.WEEK_DAY)
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    at(harness, MONDAY.astimezone(timezone(timedelta(hours=-8))))
    assert not harness.door.enter(CODE)


@pytest.mark.parametrize(("days", "gets_in"), [(-2, False), (0, True), (2, False)])
def test_a_year_day_user_gets_in_within_his_span(days: int, gets_in: bool) -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.YEAR_DAY)
    noon = int((MONDAY - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds())
    span = {"localStartTime": noon - 3600, "localEndTime": noon + 3600}
    harness.do("SetYearDaySchedule", yearDayIndex=1, userIndex=1, **span)
    at(harness, MONDAY + timedelta(days=days))
    assert harness.door.enter(CODE) is gets_in


@pytest.mark.parametrize(
    ("kind", "gets_in"),
    [
        (UserType.UNRESTRICTED, True),
        (UserType.WEEK_DAY, False),
        (UserType.YEAR_DAY, False),
        (UserType.SCHEDULE_RESTRICTED, False),
        (UserType.REMOTE_ONLY, False),
        (UserType.FORCED, True),
        (UserType.NON_ACCESS, True),
    ],
)
def test_the_type_of_a_user_decides_where_no_schedule_is(
    kind: UserType, gets_in: bool
) -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=kind)
    assert harness.door.enter(CODE) is gets_in
    opened = gets_in and kind is not UserType.NON_ACCESS
    assert (harness.bolt() is LockState.UNLOCKED) is opened


def test_a_user_with_both_kinds_of_schedules_needs_both() -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.SCHEDULE_RESTRICTED)
    harness.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    at(harness, MONDAY)
    assert harness.door.enter(CODE)
    past = {"localStartTime": 1, "localEndTime": 2}
    harness.do("SetYearDaySchedule", yearDayIndex=1, userIndex=1, **past)
    assert not harness.door.enter(CODE)


def test_a_disposable_user_gets_in_once() -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.DISPOSABLE)
    assert harness.door.enter(CODE)
    assert not harness.door.enter(CODE)
    assert harness.user(1)["userStatus"] == 3


def test_a_lock_that_only_stores_lets_everybody_in() -> None:
    harness = LockHarness()
    harness.lock.traits.enforces = False
    harness.person(1, CODE, userType=UserType.WEEK_DAY)
    harness.person(2, OTHER, userType=UserType.DISPOSABLE)
    assert harness.door.enter(CODE)
    assert harness.door.enter(OTHER)
    assert harness.door.enter(OTHER)


def test_a_forced_user_opens_and_calls_for_help() -> None:
    harness = LockHarness()
    harness.person(1, CODE, userType=UserType.FORCED)
    assert harness.door.enter(CODE)
    assert harness.last(ALARM) == {"alarmCode": Alarm.FORCED_USER}


def test_too_many_wrong_codes_lock_out_the_right_one_for_a_while() -> None:
    harness = LockHarness(Limits(wrong_codes=3, disable_seconds=10))
    harness.person(1, CODE)
    for _ in range(3):
        assert not harness.door.enter(OTHER)
    assert harness.last(ALARM) == {"alarmCode": Alarm.WRONG_CODE_LIMIT}
    assert not harness.door.enter(CODE)
    harness.lock.clock.ahead += 10
    assert harness.door.enter(CODE)


def test_a_right_code_starts_the_count_of_wrong_ones_anew() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    for code in (OTHER, OTHER, CODE, OTHER, OTHER):
        harness.door.enter(code)
    assert ALARM not in harness.events()


def test_what_moves_without_a_code_has_its_source_only() -> None:
    harness = LockHarness()
    harness.door.turn()
    assert harness.last(OPERATION)["operationSource"] == 1
    harness.door.lock_itself()
    assert harness.last(OPERATION)["operationSource"] == 4
    harness.door.operate_from_elsewhere()
    assert (harness.last(OPERATION)["fabricIndex"], harness.bolt()) == (2, 2)
    harness.do("LockDoor")
    reported = harness.last(OPERATION)
    assert (reported["fabricIndex"], reported["sourceNode"]) == (1, 112233)
    assert reported["userIndex"] is None


def test_a_jam_is_an_alarm_and_a_bolt_half_way() -> None:
    harness = LockHarness()
    harness.door.jam()
    assert harness.bolt() is LockState.NOT_FULLY_LOCKED
    assert harness.last(ALARM) == {"alarmCode": Alarm.JAMMED}


def test_door_state_is_counted_and_reported() -> None:
    harness = LockHarness()
    harness.door.push(DoorState.OPEN)
    harness.door.push(DoorState.CLOSED)
    attributes = harness.lock.attributes()
    assert (attributes[3], attributes[4], attributes[5]) == (1, 1, 1)
    assert harness.events() == [1, 1]


def test_a_remote_code_that_is_wrong_is_a_failure_and_moves_nothing() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    wrong, right = "OTA0ODYy", "OTA3MTUz"
    assert harness.status("UnlockDoor", PINCode=wrong) == 1
    assert harness.bolt() is LockState.LOCKED
    assert harness.status("UnlockDoor", PINCode=right) == 0
    assert harness.last(OPERATION)["userIndex"] == 1


def test_a_lock_may_want_a_pin_by_radio() -> None:
    harness = LockHarness()
    harness.lock.traits.pin_for_remote = True
    assert harness.status("UnlockDoor") == 1
    assert harness.lock.attributes()[51] is True


def test_factory_reset_clears_all_users() -> None:
    harness = LockHarness()
    harness.person(1, CODE)
    harness.door.factory_reset()
    assert not harness.door.enter(CODE)
    assert harness.user(1)["userStatus"] is None
