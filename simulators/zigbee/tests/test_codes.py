"""PINs, cards and users of a lock, by its own commands."""

import pytest

from simulators.zigbee import Command, Limits, Mask, Stored
from simulators.zigbee.fields import u8, u16
from simulators.zigbee.terms import NOBODY, Attribute, Status

from .lock_harness import (
    CODE,
    DISABLED,
    ENABLED,
    MASTER,
    NON_ACCESS,
    OTHER,
    UNRESTRICTED,
    WEEK_DAY,
    LockHarness,
)

EMPTY = (0, 0xFF, b"")


@pytest.fixture
def harness() -> LockHarness:
    """A lock with four users from 1 to 4, and cards."""
    return LockHarness(Limits(pins=4, rfids=2, first_user=1, pin_length=(4, 6)))


def test_code_is_stored_read_changed_and_cleared(harness: LockHarness) -> None:
    assert harness.show(2) == EMPTY
    assert harness.put(2, CODE) == 0
    assert harness.show(2) == (ENABLED, UNRESTRICTED, CODE.encode())
    assert harness.put(2, OTHER, status=DISABLED, kind=WEEK_DAY) == 0
    assert harness.show(2) == (DISABLED, WEEK_DAY, OTHER.encode())
    assert harness.clear(2) == 0
    assert harness.clear(2) == 0
    assert harness.show(2) == EMPTY
    assert harness.events() == [(1, 2, 2), (1, 4, 2), (1, 3, 2)]


@pytest.mark.parametrize("user", [0, 5, 0xFFFF])
def test_there_are_only_so_many_users(harness: LockHarness, user: int) -> None:
    assert harness.put(user, CODE) == Stored.FAILURE
    assert harness.clear(user) == Stored.FAILURE
    for command in (Command.GET_PIN, Command.GET_USER_STATUS, Command.GET_USER_TYPE):
        assert harness.refusal(command, u16(user)) == Status.NOT_FOUND
    assert harness.events() == []


@pytest.mark.parametrize("pin", ["", "907", "9071530", "90715a", "9071 "])
def test_a_code_has_digits_and_a_length(harness: LockHarness, pin: str) -> None:
    assert harness.put(2, pin) == Stored.FAILURE
    assert harness.show(2) == EMPTY


def test_a_code_cannot_be_stored_as_available(harness: LockHarness) -> None:
    assert harness.put(2, CODE, status=0) == Stored.FAILURE


def test_the_same_code_twice_is_a_duplicate(harness: LockHarness) -> None:
    harness.put(2, CODE)
    assert harness.put(3, CODE) == Stored.DUPLICATE
    assert harness.put(2, CODE) == Stored.SUCCESS
    harness.lock.traits.refuses_own_duplicate = True
    assert harness.put(2, CODE) == Stored.DUPLICATE
    harness.lock.traits.refuses_duplicates = False
    assert harness.put(3, CODE) == Stored.SUCCESS
    assert harness.put(4, CODE) == Stored.SUCCESS
    assert harness.put(3, CODE) == Stored.DUPLICATE


def test_all_codes_can_be_cleared_at_once(harness: LockHarness) -> None:
    harness.put(2, CODE)
    harness.put(3, OTHER)
    harness.events()
    assert harness.do(Command.CLEAR_ALL_PINS) == b"\0"
    assert (harness.show(2), harness.show(3)) == (EMPTY, EMPTY)
    assert harness.events() == [(1, 3, NOBODY)]


def test_code_that_cannot_be_read_is_masked(harness: LockHarness) -> None:
    harness.put(2, CODE)
    traits = harness.lock.traits
    traits.shows_codes = False
    assert harness.lock.attributes()[Attribute.SEND_PIN_OVER_THE_AIR] == 0
    assert harness.show(2) == (ENABLED, UNRESTRICTED, b"\xff" * 6)
    traits.mask = Mask.EMPTY
    assert harness.show(2) == (ENABLED, UNRESTRICTED, b"")
    traits.mask = Mask.REFUSED
    assert harness.refusal(Command.GET_PIN, u16(2)) == 0x81
    assert harness.show(3) == EMPTY


def test_a_user_can_be_switched_off_and_on(harness: LockHarness) -> None:
    harness.put(2, CODE)
    for status, done in ((DISABLED, 0), (0, 1), (2, 1)):
        assert harness.do(Command.SET_USER_STATUS, u16(2) + u8(status)) == u8(done)
    assert harness.do(Command.GET_USER_STATUS, u16(2)) == u16(2) + u8(DISABLED)
    assert harness.show(2)[0] == DISABLED
    assert harness.do(Command.SET_USER_STATUS, u16(3) + u8(ENABLED)) == u8(1)
    assert harness.do(Command.GET_USER_STATUS, u16(3)) == u16(3) + u8(0)


def test_a_user_has_a_type(harness: LockHarness) -> None:
    harness.put(2, CODE)
    assert harness.do(Command.SET_USER_TYPE, u16(2) + u8(MASTER)) == u8(0)
    assert harness.do(Command.GET_USER_TYPE, u16(2)) == u16(2) + u8(MASTER)
    assert harness.do(Command.SET_USER_TYPE, u16(2) + u8(9)) == u8(1)
    assert harness.do(Command.SET_USER_TYPE, u16(3) + u8(NON_ACCESS)) == u8(1)
    assert harness.do(Command.GET_USER_TYPE, u16(3)) == u16(3) + u8(0xFF)


def test_cards_are_kept_like_codes_and_apart_from_them(harness: LockHarness) -> None:
    assert harness.put(1, CODE) == 0
    assert harness.put(1, CODE, command=Command.SET_RFID) == 0
    assert harness.put(2, CODE, command=Command.SET_RFID) == Stored.DUPLICATE
    assert harness.put(2, "abcd", command=Command.SET_RFID) == 0
    assert harness.put(3, OTHER, command=Command.SET_RFID) == Stored.FAILURE
    assert harness.show(2, Command.GET_RFID) == (ENABLED, UNRESTRICTED, b"abcd")
    assert harness.clear(2, Command.CLEAR_RFID) == 0
    assert harness.show(2, Command.GET_RFID) == EMPTY
    assert harness.do(Command.CLEAR_ALL_RFIDS) == b"\0"
    assert harness.show(1)[2] == CODE.encode()
    assert harness.events() == [
        (1, 2, 1),
        (1, 5, 1),
        (1, 5, 2),
        (1, 6, 2),
        (1, 6, NOBODY),
    ]


def test_what_a_lock_does_not_have_it_refuses(harness: LockHarness) -> None:
    assert harness.refusal(Command.GET_LOG, u16(0)) == 0x81
    harness.lock.traits.missing = frozenset({Command.CLEAR_ALL_PINS})
    assert harness.refusal(Command.CLEAR_ALL_PINS) == 0x81
    assert harness.refusal(Command.SET_PIN, b"\x02") == Status.MALFORMED


def test_event_masks_and_a_few_others_can_be_written_to_no_effect(
    harness: LockHarness,
) -> None:
    assert harness.lock.write(Attribute.RF_PROGRAMMING_MASK, 0)
    assert harness.lock.attributes()[Attribute.RF_PROGRAMMING_MASK] == 0
    harness.put(2, CODE)
    assert harness.events() == [(1, 2, 2)]
    assert not harness.lock.write(Attribute.PINS, 90)
    harness.lock.traits.hidden_attributes = frozenset({Attribute.PINS})
    assert Attribute.PINS not in harness.lock.attributes()
