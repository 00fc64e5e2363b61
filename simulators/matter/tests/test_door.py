"""At the door: who gets in, when, and what the lock tells about it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from simulators.matter import Clock, Limits
from simulators.matter.terms import Alarm, DoorState, LockState, UserType

from .probe import CODE, OTHER, RFID, Bench

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


def at(bench: Bench, moment: datetime) -> None:
    """Set the lock's clock."""
    bench.lock.clock = Clock(moment.tzinfo or UTC, source=moment.timestamp)


def test_a_right_code_opens_and_is_told_with_user_and_credential() -> None:
    bench = Bench()
    bench.add_user(2)
    bench.put(5, CODE, 2)
    assert bench.door.enter(CODE)
    assert bench.bolt() is LockState.UNLOCKED
    assert bench.last(OPERATION) == {
        "lockOperationType": 1,
        "operationSource": 3,
        "userIndex": 2,
        "fabricIndex": None,
        "sourceNode": None,
        "credentials": [{"credentialType": 1, "credentialIndex": 5}],
    }
    assert bench.door.enter(CODE, unlock=False)
    assert bench.bolt() is LockState.LOCKED


def test_a_wrong_code_is_told_without_a_user() -> None:
    bench = Bench()
    assert not bench.door.enter(CODE)
    told = bench.last(ERROR)
    assert (told["operationError"], told["userIndex"]) == (WRONG, None)
    assert told["credentials"] is None
    assert bench.bolt() is LockState.LOCKED


def test_a_card_opens_as_a_card() -> None:
    bench = Bench()
    bench.put(1, "90715A", kind=RFID)
    assert bench.door.present_card(b"90715A")
    assert bench.last(OPERATION)["operationSource"] == 8


def test_a_disabled_user_is_denied_by_name() -> None:
    bench = Bench()
    bench.person(2, CODE)
    bench.change_user(2, userStatus=3)
    assert not bench.door.enter(CODE)
    told = bench.last(ERROR)
    assert (told["operationError"], told["userIndex"]) == (DISABLED, 2)
    bench.change_user(2, userStatus=1)
    assert bench.door.enter(CODE)


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
    bench = Bench()
    bench.person(1, CODE, userType=UserType.WEEK_DAY)
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    at(bench, MONDAY + later)
    assert bench.door.enter(CODE) is gets_in
    if not gets_in:
        assert bench.last(ERROR)["operationError"] == RESTRICTED


@pytest.mark.parametrize("day", range(7))
def test_the_lowest_bit_of_the_days_is_sunday(day: int) -> None:
    bench = Bench()
    bench.person(1, CODE, userType=UserType.WEEK_DAY)
    entry = {**OFFICE, "daysMask": 1 << day}
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **entry)
    sunday = MONDAY - timedelta(days=1)
    for later in range(7):
        at(bench, sunday + timedelta(days=later))
        assert bench.door.enter(CODE) is (later == day)


def test_the_hours_are_those_of_the_locks_own_zone() -> None:
    bench = Bench()
    bench.person(1, CODE, userType=UserType.WEEK_DAY)
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    at(bench, MONDAY.astimezone(timezone(timedelta(hours=-8))))
    assert not bench.door.enter(CODE)


@pytest.mark.parametrize(("days", "gets_in"), [(-2, False), (0, True), (2, False)])
def test_a_year_day_user_gets_in_within_his_span(days: int, gets_in: bool) -> None:
    bench = Bench()
    bench.person(1, CODE, userType=UserType.YEAR_DAY)
    noon = int((MONDAY - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds())
    span = {"localStartTime": noon - 3600, "localEndTime": noon + 3600}
    bench.do("SetYearDaySchedule", yearDayIndex=1, userIndex=1, **span)
    at(bench, MONDAY + timedelta(days=days))
    assert bench.door.enter(CODE) is gets_in


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
    bench = Bench()
    bench.person(1, CODE, userType=kind)
    assert bench.door.enter(CODE) is gets_in
    opened = gets_in and kind is not UserType.NON_ACCESS
    assert (bench.bolt() is LockState.UNLOCKED) is opened


def test_a_user_with_both_kinds_of_schedules_needs_both() -> None:
    bench = Bench()
    bench.person(1, CODE, userType=UserType.SCHEDULE_RESTRICTED)
    bench.do("SetWeekDaySchedule", weekDayIndex=1, userIndex=1, **OFFICE)
    at(bench, MONDAY)
    assert bench.door.enter(CODE)
    past = {"localStartTime": 1, "localEndTime": 2}
    bench.do("SetYearDaySchedule", yearDayIndex=1, userIndex=1, **past)
    assert not bench.door.enter(CODE)


def test_a_disposable_user_gets_in_once() -> None:
    bench = Bench()
    bench.person(1, CODE, userType=UserType.DISPOSABLE)
    assert bench.door.enter(CODE)
    assert not bench.door.enter(CODE)
    assert bench.user(1)["userStatus"] == 3


def test_a_lock_that_only_stores_lets_everybody_in() -> None:
    bench = Bench()
    bench.lock.traits.enforces = False
    bench.person(1, CODE, userType=UserType.WEEK_DAY)
    bench.person(2, OTHER, userType=UserType.DISPOSABLE)
    assert bench.door.enter(CODE)
    assert bench.door.enter(OTHER)
    assert bench.door.enter(OTHER)


def test_a_forced_user_opens_and_calls_for_help() -> None:
    bench = Bench()
    bench.person(1, CODE, userType=UserType.FORCED)
    assert bench.door.enter(CODE)
    assert bench.last(ALARM) == {"alarmCode": Alarm.FORCED_USER}


def test_too_many_wrong_codes_lock_out_the_right_one_for_a_while() -> None:
    bench = Bench(Limits(wrong_codes=3, disable_seconds=10))
    bench.person(1, CODE)
    for _ in range(3):
        assert not bench.door.enter(OTHER)
    assert bench.last(ALARM) == {"alarmCode": Alarm.WRONG_CODE_LIMIT}
    assert not bench.door.enter(CODE)
    bench.lock.clock.ahead += 10
    assert bench.door.enter(CODE)


def test_a_right_code_starts_the_count_of_wrong_ones_anew() -> None:
    bench = Bench()
    bench.person(1, CODE)
    for code in (OTHER, OTHER, CODE, OTHER, OTHER):
        bench.door.enter(code)
    assert ALARM not in bench.events()


def test_what_moves_without_a_code_has_its_source_only() -> None:
    bench = Bench()
    bench.door.turn()
    assert bench.last(OPERATION)["operationSource"] == 1
    bench.door.lock_itself()
    assert bench.last(OPERATION)["operationSource"] == 4
    bench.door.operate_from_elsewhere()
    assert (bench.last(OPERATION)["fabricIndex"], bench.bolt()) == (2, 2)
    bench.do("LockDoor")
    told = bench.last(OPERATION)
    assert (told["fabricIndex"], told["sourceNode"]) == (1, 112233)
    assert told["userIndex"] is None


def test_a_jam_is_an_alarm_and_a_bolt_half_way() -> None:
    bench = Bench()
    bench.door.jam()
    assert bench.bolt() is LockState.NOT_FULLY_LOCKED
    assert bench.last(ALARM) == {"alarmCode": Alarm.JAMMED}


def test_the_door_is_counted_and_told() -> None:
    bench = Bench()
    bench.door.push(DoorState.OPEN)
    bench.door.push(DoorState.CLOSED)
    attributes = bench.lock.attributes()
    assert (attributes[3], attributes[4], attributes[5]) == (1, 1, 1)
    assert bench.events() == [1, 1]


def test_a_remote_code_that_is_wrong_is_a_failure_and_moves_nothing() -> None:
    bench = Bench()
    bench.person(1, CODE)
    wrong, right = "OTA0ODYy", "OTA3MTUz"
    assert bench.status("UnlockDoor", PINCode=wrong) == 1
    assert bench.bolt() is LockState.LOCKED
    assert bench.status("UnlockDoor", PINCode=right) == 0
    assert bench.last(OPERATION)["userIndex"] == 1


def test_a_lock_may_want_a_pin_by_radio() -> None:
    bench = Bench()
    bench.lock.traits.pin_for_remote = True
    assert bench.status("UnlockDoor") == 1
    assert bench.lock.attributes()[51] is True


def test_a_factory_reset_leaves_nobody() -> None:
    bench = Bench()
    bench.person(1, CODE)
    bench.door.factory_reset()
    assert not bench.door.enter(CODE)
    assert bench.user(1)["userStatus"] is None
