"""Keypad, card, thumbturn and door of a Zigbee lock: access and notifications."""

import pytest

from simulators.zigbee import Command, Limits
from simulators.zigbee.fields import text, u16
from simulators.zigbee.terms import (
    NOBODY,
    Alarm,
    Attribute,
    DoorState,
    LockState,
    Operation,
    Source,
)

from .lock_harness import CODE, DISABLED, NON_ACCESS, OTHER, LockHarness


@pytest.fixture
def harness() -> LockHarness:
    """A lock with one code for user 3, and room for cards."""
    harness = LockHarness(Limits(rfids=4, wrong_codes=3, disable_seconds=10))
    harness.put(3, CODE)
    harness.events()
    return harness


def test_a_code_unlocks_and_locks(harness: LockHarness) -> None:
    assert harness.door.enter(CODE)
    assert harness.bolt() is LockState.UNLOCKED
    assert harness.door.enter(CODE, unlock=False)
    assert harness.bolt() is LockState.LOCKED
    assert harness.events() == [(0, Operation.UNLOCK, 3), (0, Operation.LOCK, 3)]


def test_lock_may_not_report_the_user(harness: LockHarness) -> None:
    harness.lock.traits.reports_users = False
    assert harness.door.enter(CODE)
    assert harness.events() == [(0, Operation.UNLOCK, NOBODY)]


def test_wrong_code_has_no_user(harness: LockHarness) -> None:
    assert not harness.door.enter(OTHER)
    assert not harness.door.enter(OTHER, unlock=False)
    assert harness.events() == [(0, 5, NOBODY), (0, 3, NOBODY)]
    assert harness.bolt() is LockState.LOCKED


def test_too_many_wrong_codes_lock_everybody_out_for_a_while(
    harness: LockHarness,
) -> None:
    moment = 1_800_000_000.0
    harness.lock.clock.source = lambda: moment
    for _ in range(3):
        harness.door.enter(OTHER)
    assert harness.events()[-1] == (-1, Alarm.WRONG_CODE_LIMIT, 0)
    assert not harness.door.enter(CODE)
    harness.lock.clock.ahead = 10
    assert harness.door.enter(CODE)


def test_a_code_that_is_switched_off_does_not_open(harness: LockHarness) -> None:
    harness.put(3, CODE, status=DISABLED)
    harness.events()
    assert not harness.door.enter(CODE)
    assert harness.events() == [(0, Operation.UNLOCK_FAILED_CODE, 3)]
    harness.lock.traits.obeys_status = False
    assert harness.door.enter(CODE)


def test_a_user_without_access_is_taken_and_moves_nothing(harness: LockHarness) -> None:
    harness.put(3, CODE, kind=NON_ACCESS)
    harness.events()
    assert harness.door.enter(CODE)
    assert harness.bolt() is LockState.LOCKED
    assert harness.events() == [(0, Operation.NON_ACCESS, 3)]


def test_card_unlocks_with_its_own_source(harness: LockHarness) -> None:
    harness.put(2, "abcdef", command=Command.SET_RFID)
    harness.events()
    assert not harness.door.enter("abcdef")
    assert harness.door.present_card(b"abcdef")
    assert harness.events()[-1] == (Source.RFID, Operation.UNLOCK, 2)


def test_manual_key_and_automatic_operations_differ(harness: LockHarness) -> None:
    door = harness.door
    door.turn()
    door.turn(unlock=False)
    door.turn_key()
    door.turn_key(unlock=False)
    door.touch()
    door.lock_itself()
    door.follow_schedule()
    door.follow_schedule(unlock=False)
    assert [event[:2] for event in harness.events()] == [
        (2, 0x0E), (2, 0x0D), (2, 0x09), (2, 0x08), (0, 0x07),
        (0xFF, 0x0A), (0xFF, 0x0C), (0xFF, 0x0B),
    ]  # fmt: skip
    assert harness.bolt() is LockState.LOCKED


def test_a_command_moves_the_bolt_and_may_need_a_pin(harness: LockHarness) -> None:
    assert harness.do(Command.UNLOCK) == b"\0"
    assert harness.do(Command.TOGGLE) == b"\0"
    assert harness.do(Command.UNLOCK_WITH_TIMEOUT, u16(5)) == b"\0"
    assert harness.events() == [(1, 2, NOBODY), (1, 1, NOBODY), (1, 2, NOBODY)]
    harness.lock.traits.pin_for_remote = True
    assert harness.do(Command.LOCK) == b"\x01"
    assert harness.do(Command.LOCK, text(OTHER.encode())) == b"\x01"
    assert harness.do(Command.LOCK, text(CODE.encode())) == b"\0"
    assert harness.events() == [(1, 3, NOBODY), (1, 1, 3)]


def test_a_jam_is_neither_locked_nor_unlocked_and_an_alarm(
    harness: LockHarness,
) -> None:
    harness.door.jam()
    assert harness.bolt() is LockState.NOT_FULLY_LOCKED
    assert harness.events() == [(-1, Alarm.JAMMED, 0)]


def test_the_door_is_an_attribute(harness: LockHarness) -> None:
    changes: list[tuple[int, int]] = []
    harness.lock.on_attribute = lambda attribute, value: changes.append(
        (attribute, value)
    )
    harness.door.push(DoorState.OPEN)
    harness.door.turn()
    assert changes == [(Attribute.DOOR_STATE, 0), (Attribute.LOCK_STATE, 2)]
    assert harness.lock.attributes()[Attribute.DOOR_STATE] == 0


def test_codes_can_be_changed_at_the_lock(harness: LockHarness) -> None:
    door = harness.door
    assert door.program(7, OTHER) == 0
    assert door.program(8, OTHER) == 3
    assert door.delete_pin(3) == 0
    door.change_master_code()
    door.delete_all_pins()
    assert harness.events() == [(0, 2, 7), (0, 3, 3), (0, 1, 0), (0, 3, NOBODY)]


def test_a_lock_may_tell_nothing_of_what_it_does(harness: LockHarness) -> None:
    traits = harness.lock.traits
    traits.reports_operations = False
    harness.door.enter(CODE)
    assert harness.events() == []
    traits.reports_programming = False
    harness.door.program(7, OTHER)
    assert harness.events() == []
    harness.door.jam()
    assert harness.events() == [(-1, Alarm.JAMMED, 0)]


def test_a_reset_forgets_everybody(harness: LockHarness) -> None:
    harness.door.factory_reset()
    assert harness.lock.memory.pins == {}
    assert harness.events() == [(-1, Alarm.FACTORY_RESET, 0)]
