"""What each report of Zigbee2MQTT means, by the list of its converters."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Jammed,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.zigbee2mqtt.decoder import (
    KNOWN,
    decode_action,
)
from custom_components.keyholder.providers.zigbee2mqtt.subscription import (
    ActionDeduplicator,
    JamDetector,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SLOTS = range(1, 20)
LISTED = {
    # zigbee-herdsman-converters 26.105, fromZigbee.ts and exposes.ts
    *("unknown", "lock", "unlock"),
    *("lock_failure_invalid_pin_or_id", "lock_failure_invalid_schedule"),
    *("unlock_failure_invalid_pin_or_id", "unlock_failure_invalid_schedule"),
    *("one_touch_lock", "key_lock", "key_unlock", "auto_lock"),
    *("schedule_lock", "schedule_unlock", "manual_lock", "manual_unlock"),
    *("non_access_user_operational_event", "master_code_changed"),
    *("pin_code_added", "pin_code_deleted", "pin_code_changed"),
    *("rfid_code_added", "rfid_code_deleted"),
    # its devices/onesti.ts
    *("keypad_lock", "keypad_unlock", "fingerprint_lock", "fingerprint_unlock"),
    *("rfid_lock", "rfid_unlock", "zigbee_unlock"),
}


def report(action: str, user: int | None = None, source: str | None = None) -> Any:
    reported: dict[str, Any] = {"action": action, "action_user": user}
    return reported if source is None else {**reported, "action_source_name": source}


def test_every_action_of_the_converters_is_known() -> None:
    assert KNOWN == LISTED


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        (
            report("unlock", 3, "keypad"),
            LockOperated(Action.UNLOCK, Method.KEYPAD, 3, NOW),
        ),
        (report("lock", 3, "keypad"), LockOperated(Action.LOCK, Method.KEYPAD, 3, NOW)),
        (
            report("unlock", 3, "rf"),
            LockOperated(Action.UNLOCK, Method.REMOTE, None, NOW),
        ),
        (
            report("unlock", 3, "manual"),
            LockOperated(Action.UNLOCK, Method.MANUAL, None, NOW),
        ),
        (
            report("unlock", 3, "rfid"),
            LockOperated(Action.UNLOCK, Method.UNKNOWN, None, NOW),
        ),
        (
            report("unlock", 3, "fingerprint"),
            LockOperated(Action.UNLOCK, Method.UNKNOWN, None, NOW),
        ),
        (report("lock", 3), LockOperated(Action.LOCK, Method.UNKNOWN, None, NOW)),
        (
            report("one_touch_lock", 3, "keypad"),
            LockOperated(Action.LOCK, Method.MANUAL, None, NOW),
        ),
        (report("key_lock"), LockOperated(Action.LOCK, Method.MANUAL, None, NOW)),
        (report("key_unlock"), LockOperated(Action.UNLOCK, Method.MANUAL, None, NOW)),
        (report("manual_lock"), LockOperated(Action.LOCK, Method.MANUAL, None, NOW)),
        (
            report("manual_unlock"),
            LockOperated(Action.UNLOCK, Method.MANUAL, None, NOW),
        ),
        (report("auto_lock"), LockOperated(Action.LOCK, Method.AUTO, None, NOW)),
        (report("schedule_lock"), LockOperated(Action.LOCK, Method.AUTO, None, NOW)),
        (
            report("schedule_unlock"),
            LockOperated(Action.UNLOCK, Method.AUTO, None, NOW),
        ),
        (
            report("lock_failure_invalid_pin_or_id", 3),
            AccessDenied(NOW, reason=DenialReason.WRONG_CODE),
        ),
        (
            report("unlock_failure_invalid_pin_or_id", 3),
            AccessDenied(NOW, reason=DenialReason.WRONG_CODE),
        ),
        (
            report("lock_failure_invalid_schedule", 3),
            AccessDenied(NOW, 3, DenialReason.OUTSIDE_SCHEDULE),
        ),
        (
            report("unlock_failure_invalid_schedule", 3),
            AccessDenied(NOW, 3, DenialReason.OUTSIDE_SCHEDULE),
        ),
        (report("non_access_user_operational_event", 3), AccessDenied(NOW, 3)),
        (report("pin_code_added", 3), SlotChanged(3, ChangeKind.SET)),
        (report("pin_code_changed", 3), SlotChanged(3, ChangeKind.SET)),
        (report("pin_code_deleted", 3), SlotChanged(3, ChangeKind.CLEARED)),
        (report("pin_code_deleted"), SlotChanged(None, ChangeKind.CLEARED)),
        (report("pin_code_added"), SlotChanged(None, ChangeKind.SET)),
        (report("master_code_changed", 0), None),
        (report("rfid_code_added", 3), None),
        (report("rfid_code_deleted", 3), None),
        (report("unknown", 3), None),
        (report("something_of_next_year", 3), None),
        ({"battery": 80}, None),
        ({"action": None}, None),
        ({"action": 7, "action_user": 3}, None),
    ],
)
def test_a_report_becomes_an_event(reported: Any, expected: LockEvent | None) -> None:
    assert decode_action(reported, SLOTS, NOW) == expected


@pytest.mark.parametrize("user", [0, 20, 300])
def test_a_user_who_is_no_slot_is_nobody(user: int) -> None:
    assert decode_action(report("unlock", user, "keypad"), SLOTS, NOW) == LockOperated(
        Action.UNLOCK, Method.KEYPAD, None, NOW
    )
    assert decode_action(report("pin_code_added", user), SLOTS, NOW) is None
    assert decode_action(report("pin_code_deleted", user), SLOTS, NOW) is None
    assert decode_action(
        report("unlock_failure_invalid_schedule", user), SLOTS, NOW
    ) == (AccessDenied(NOW, reason=DenialReason.OUTSIDE_SCHEDULE))


def test_before_the_slots_are_known_every_user_is_one() -> None:
    assert decode_action(report("pin_code_added", 300), None, NOW) == SlotChanged(
        300, ChangeKind.SET
    )


def test_the_same_report_again_is_a_repetition_until_another_comes() -> None:
    repeats = ActionDeduplicator()
    unlock, lock = report("unlock", 3, "keypad"), report("lock", 3, "keypad")

    assert [repeats.is_duplicate(each) for each in (unlock, unlock, unlock)] == [
        False,
        True,
        True,
    ]
    assert [
        repeats.is_duplicate(each) for each in (lock, unlock, report("unlock", 4))
    ] == [
        False,
        False,
        False,
    ]


def test_the_same_report_later_is_another_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    clock = "custom_components.keyholder.providers.zigbee2mqtt.subscription.monotonic"
    monkeypatch.setattr(clock, lambda: now)
    repeats = ActionDeduplicator()
    assert not repeats.is_duplicate(report("unlock", 3))

    now += 2.5

    assert not repeats.is_duplicate(report("unlock", 3))


def test_a_bolt_is_reported_as_stuck_once_and_only_when_it_gets_stuck() -> None:
    bolt = JamDetector()
    states = [
        *("not_fully_locked", "locked", "not_fully_locked", "not_fully_locked"),
        *("unlocked", "not_fully_locked"),
    ]

    reported = [bolt.jammed({"lock_state": state}, NOW) for state in states]

    assert reported == [None, None, Jammed(NOW), None, None, Jammed(NOW)]
    assert bolt.jammed({"battery": 80}, NOW) is None
