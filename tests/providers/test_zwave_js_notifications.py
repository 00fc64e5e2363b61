"""What Z-Wave reports mean, in every shape that locks and the driver give them."""

from datetime import UTC, datetime
from typing import Final

import pytest

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.zwave_js.decoder import (
    DecodedZwaveEvent,
    DuplicateCode,
    decode_alarm,
    decode_notification,
)

AT: Final = datetime(2026, 11, 1, 8, tzinfo=UTC)
SLOTS: Final = range(1, 31)


def decoded(event: int, parameters: object = None) -> DecodedZwaveEvent | None:
    return decode_notification(
        event, {} if parameters is None else parameters, SLOTS, AT
    )


@pytest.mark.parametrize(
    ("event", "action", "method"),
    [
        (1, Action.LOCK, Method.MANUAL),
        (2, Action.UNLOCK, Method.MANUAL),
        (3, Action.LOCK, Method.REMOTE),
        (4, Action.UNLOCK, Method.REMOTE),
        (5, Action.LOCK, Method.KEYPAD),
        (6, Action.UNLOCK, Method.KEYPAD),
        (9, Action.LOCK, Method.AUTO),
        (33, Action.LOCK, Method.KEYPAD),
        (34, Action.UNLOCK, Method.KEYPAD),
    ],
)
def test_operations(event: int, action: Action, method: Method) -> None:
    assert decoded(event) == LockOperated(action, method, None, AT)


@pytest.mark.parametrize(
    ("parameters", "slot"),
    [
        ({"userId": 3}, 3),
        ({"user ID": 3}, 3),
        ({"userId": "3"}, 3),
        ({"userId": {"type": "Buffer", "data": [0, 3]}}, 3),
        ({"type": "Buffer", "data": [3]}, 3),
        ({"type": "Buffer", "data": [0x63, 0x03, 3, 1, 0x39, 0x30]}, 3),
        ({"payload": {"type": "Buffer", "data": [3]}}, 3),
        (b"\x03", 3),
        ([3], 3),
        (3, 3),
        # Nobody, the master code, a slot that is not there, and nonsense
        ({}, None),
        ({"userId": 0}, None),
        ({"userId": 251}, None),
        ({"userId": None}, None),
        ({"userId": True}, None),
        ({"userId": "anna"}, None),
        ({"userId": 3.5}, None),
        ({"userId": []}, None),
        ({"type": "Buffer", "data": [9, 9, 9, 9]}, None),
        ({"type": "Buffer", "data": ["3"]}, None),
        ("٣", None),
    ],
)
def test_who_it_was(parameters: object, slot: int | None) -> None:
    assert decoded(6, parameters) == LockOperated(
        Action.UNLOCK, Method.KEYPAD, slot, AT
    )


def test_a_user_of_the_radio_is_not_taken_for_a_slot() -> None:
    assert decoded(4, {"userId": 3}) == LockOperated(
        Action.UNLOCK, Method.REMOTE, None, AT
    )


@pytest.mark.parametrize(
    ("event", "parameters", "expected"),
    [
        (12, {}, SlotChanged(None, ChangeKind.CLEARED)),
        (13, {"userId": 4}, SlotChanged(4, ChangeKind.CLEARED)),
        (14, {"userId": 4}, SlotChanged(4, ChangeKind.SET)),
        (37, {}, SlotChanged(None, ChangeKind.CLEARED)),
        (38, {}, SlotChanged(None, ChangeKind.UNKNOWN)),
        # Some slot, and the lock does not say which: any of them may be another now
        (13, {}, SlotChanged(None, ChangeKind.UNKNOWN)),
        (14, {}, SlotChanged(None, ChangeKind.UNKNOWN)),
        # The master code, and slots beyond ours
        (14, {"userId": 0}, None),
        (13, {"userId": 251}, None),
    ],
)
def test_changes(
    event: int, parameters: object, expected: DecodedZwaveEvent | None
) -> None:
    assert decoded(event, parameters) == expected


def test_a_duplicate_is_no_change() -> None:
    assert decoded(15, {"userId": 4}) == DuplicateCode(4)
    assert decoded(15) == DuplicateCode(None)


@pytest.mark.parametrize("event", [7, 8, 10, 11])
def test_a_bolt_that_did_not_make_it(event: int) -> None:
    assert decoded(event) == Jammed(AT)


@pytest.mark.parametrize("event", [16, 19, 20, 21, 50])
def test_somebody_refused(event: int) -> None:
    assert decoded(event, {"userId": 4}) == AccessDenied(AT)


@pytest.mark.parametrize("event", [47, 48, 49])
@pytest.mark.parametrize(("user", "slot"), [(4, 4), (0, None), (None, None)])
def test_somebody_refused_whose_code_is_known(
    event: int, user: int | None, slot: int | None
) -> None:
    parameters = {} if user is None else {"userId": user}
    assert decoded(event, parameters) == AccessDenied(AT, slot)


@pytest.mark.parametrize("event", [-1, 0, 17, 18, 22, 23, 32, 51, 254, 1000])
def test_what_is_none_of_ours(event: int) -> None:
    assert decoded(event, {"userId": 4}) is None


def test_before_the_slots_are_known_every_number_is_one() -> None:
    assert decode_notification(14, {"userId": 200}, None, AT) == SlotChanged(
        200, ChangeKind.SET
    )
    assert decode_notification(14, {"userId": 0}, None, AT) is None


@pytest.mark.parametrize(
    ("alarm_type", "level", "expected"),
    [
        (9, 0, Jammed(AT)),
        (18, 3, LockOperated(Action.LOCK, Method.KEYPAD, 3, AT)),
        (19, 3, LockOperated(Action.UNLOCK, Method.KEYPAD, 3, AT)),
        (19, 0, LockOperated(Action.UNLOCK, Method.KEYPAD, None, AT)),
        (21, 1, LockOperated(Action.LOCK, Method.MANUAL, None, AT)),
        (22, 1, LockOperated(Action.UNLOCK, Method.MANUAL, None, AT)),
        (24, 1, LockOperated(Action.LOCK, Method.REMOTE, None, AT)),
        (25, 1, LockOperated(Action.UNLOCK, Method.REMOTE, None, AT)),
        (27, 0, LockOperated(Action.LOCK, Method.AUTO, None, AT)),
        (32, 0, SlotChanged(None, ChangeKind.CLEARED)),
        (33, 4, SlotChanged(4, ChangeKind.CLEARED)),
        (112, 4, SlotChanged(4, ChangeKind.SET)),
        (112, 0, None),
        (113, 4, DuplicateCode(4)),
        # The code of a user that opens nothing, that is disabled, or outside its schedule
        (38, 4, AccessDenied(AT, 4)),
        (131, 4, AccessDenied(AT, 4, DenialReason.SWITCHED_OFF)),
        (132, 4, AccessDenied(AT, 4, DenialReason.OUTSIDE_SCHEDULE)),
        (162, 4, AccessDenied(AT, 4, DenialReason.OUTSIDE_SCHEDULE)),
        (162, 251, AccessDenied(AT, None, DenialReason.OUTSIDE_SCHEDULE)),
        # Wrong codes, the cover, wrong master codes
        (161, 1, AccessDenied(AT, reason=DenialReason.LOCKED_OUT)),
        (161, 2, None),
        (161, 3, AccessDenied(AT, reason=DenialReason.LOCKED_OUT)),
        (161, 0, None),
        # The number of a card is that of no slot
        (144, 4, LockOperated(Action.UNLOCK, Method.UNKNOWN, None, AT)),
        (0, 0, None),
        (167, 1, None),
    ],
)
def test_alarms_of_old_locks(
    alarm_type: int, level: int, expected: DecodedZwaveEvent | None
) -> None:
    """Clause 16.12."""
    assert decode_alarm(alarm_type, level, SLOTS, AT) == expected
