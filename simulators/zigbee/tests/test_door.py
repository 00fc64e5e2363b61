"""What people do at a door, and what the lock tells of it."""

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

from .probe import CODE, DISABLED, NON_ACCESS, OTHER, Bench


@pytest.fixture
def bench() -> Bench:
    """A lock with one code for user 3, and room for cards."""
    bench = Bench(Limits(rfids=4, wrong_codes=3, disable_seconds=10))
    bench.put(3, CODE)
    bench.events()
    return bench


def test_a_code_unlocks_and_locks(bench: Bench) -> None:
    assert bench.door.enter(CODE)
    assert bench.bolt() is LockState.UNLOCKED
    assert bench.door.enter(CODE, unlock=False)
    assert bench.bolt() is LockState.LOCKED
    assert bench.events() == [(0, Operation.UNLOCK, 3), (0, Operation.LOCK, 3)]


def test_a_lock_may_not_know_who_it_was(bench: Bench) -> None:
    bench.lock.traits.reports_users = False
    assert bench.door.enter(CODE)
    assert bench.events() == [(0, Operation.UNLOCK, NOBODY)]


def test_a_wrong_code_is_nobodys(bench: Bench) -> None:
    assert not bench.door.enter(OTHER)
    assert not bench.door.enter(OTHER, unlock=False)
    assert bench.events() == [(0, 5, NOBODY), (0, 3, NOBODY)]
    assert bench.bolt() is LockState.LOCKED


def test_too_many_wrong_codes_lock_everybody_out_for_a_while(bench: Bench) -> None:
    moment = 1_800_000_000.0
    bench.lock.clock.source = lambda: moment
    for _ in range(3):
        bench.door.enter(OTHER)
    assert bench.events()[-1] == (-1, Alarm.WRONG_CODE_LIMIT, 0)
    assert not bench.door.enter(CODE)
    bench.lock.clock.ahead = 10
    assert bench.door.enter(CODE)


def test_a_code_that_is_switched_off_does_not_open(bench: Bench) -> None:
    bench.put(3, CODE, status=DISABLED)
    bench.events()
    assert not bench.door.enter(CODE)
    assert bench.events() == [(0, Operation.UNLOCK_FAILED_CODE, 3)]
    bench.lock.traits.obeys_status = False
    assert bench.door.enter(CODE)


def test_a_user_without_access_is_taken_and_moves_nothing(bench: Bench) -> None:
    bench.put(3, CODE, kind=NON_ACCESS)
    bench.events()
    assert bench.door.enter(CODE)
    assert bench.bolt() is LockState.LOCKED
    assert bench.events() == [(0, Operation.NON_ACCESS, 3)]


def test_a_card_opens_by_its_own_way(bench: Bench) -> None:
    bench.put(2, "abcdef", command=Command.SET_RFID)
    bench.events()
    assert not bench.door.enter("abcdef")
    assert bench.door.present_card(b"abcdef")
    assert bench.events()[-1] == (Source.RFID, Operation.UNLOCK, 2)


def test_hands_keys_and_the_lock_itself_are_told_apart(bench: Bench) -> None:
    door = bench.door
    door.turn()
    door.turn(unlock=False)
    door.turn_key()
    door.turn_key(unlock=False)
    door.touch()
    door.lock_itself()
    door.follow_schedule()
    door.follow_schedule(unlock=False)
    assert [event[:2] for event in bench.events()] == [
        (2, 0x0E), (2, 0x0D), (2, 0x09), (2, 0x08), (0, 0x07),
        (0xFF, 0x0A), (0xFF, 0x0C), (0xFF, 0x0B),
    ]  # fmt: skip
    assert bench.bolt() is LockState.LOCKED


def test_a_command_moves_the_bolt_and_may_need_a_pin(bench: Bench) -> None:
    assert bench.do(Command.UNLOCK) == b"\0"
    assert bench.do(Command.TOGGLE) == b"\0"
    assert bench.do(Command.UNLOCK_WITH_TIMEOUT, u16(5)) == b"\0"
    assert bench.events() == [(1, 2, NOBODY), (1, 1, NOBODY), (1, 2, NOBODY)]
    bench.lock.traits.pin_for_remote = True
    assert bench.do(Command.LOCK) == b"\x01"
    assert bench.do(Command.LOCK, text(OTHER.encode())) == b"\x01"
    assert bench.do(Command.LOCK, text(CODE.encode())) == b"\0"
    assert bench.events() == [(1, 3, NOBODY), (1, 1, 3)]


def test_a_jam_is_neither_locked_nor_unlocked_and_an_alarm(bench: Bench) -> None:
    bench.door.jam()
    assert bench.bolt() is LockState.NOT_FULLY_LOCKED
    assert bench.events() == [(-1, Alarm.JAMMED, 0)]


def test_the_door_is_an_attribute(bench: Bench) -> None:
    changes: list[tuple[int, int]] = []
    bench.lock.on_attribute = lambda attribute, value: changes.append(
        (attribute, value)
    )
    bench.door.push(DoorState.OPEN)
    bench.door.turn()
    assert changes == [(Attribute.DOOR_STATE, 0), (Attribute.LOCK_STATE, 2)]
    assert bench.lock.attributes()[Attribute.DOOR_STATE] == 0


def test_codes_can_be_changed_at_the_lock(bench: Bench) -> None:
    door = bench.door
    assert door.program(7, OTHER) == 0
    assert door.program(8, OTHER) == 3
    assert door.delete_pin(3) == 0
    door.change_master_code()
    door.delete_all_pins()
    assert bench.events() == [(0, 2, 7), (0, 3, 3), (0, 1, 0), (0, 3, NOBODY)]


def test_a_lock_may_tell_nothing_of_what_it_does(bench: Bench) -> None:
    traits = bench.lock.traits
    traits.reports_operations = False
    bench.door.enter(CODE)
    assert bench.events() == []
    traits.reports_programming = False
    bench.door.program(7, OTHER)
    assert bench.events() == []
    bench.door.jam()
    assert bench.events() == [(-1, Alarm.JAMMED, 0)]


def test_a_reset_forgets_everybody(bench: Bench) -> None:
    bench.door.factory_reset()
    assert bench.lock.memory.pins == {}
    assert bench.events() == [(-1, Alarm.FACTORY_RESET, 0)]
