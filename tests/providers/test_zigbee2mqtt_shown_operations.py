"""Operations that Zigbee2MQTT publishes as the last one, in payloads that repeat it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from custom_components.keyholder.model.lock_events import Action, LockOperated, Method
from custom_components.keyholder.providers.zigbee2mqtt.decoder import PublishedState
from custom_components.keyholder.providers.zigbee2mqtt.shown_operations import (
    ShownOperations,
)

AT: Final = datetime(2026, 11, 1, 8, tzinfo=UTC)
SLOTS: Final = range(1, 30)
LOCKED: Final = {"lock_state": "locked"}
UNLOCKED: Final = {"lock_state": "unlocked"}
ANN: Final = {"last_unlock_user": "3", "last_unlock_source": "keypad"}
SELF: Final = {"last_unlock_user": "0", "last_unlock_source": "self"}
RELOCKED: Final = {"last_lock_user": "0", "last_lock_source": "self", **LOCKED}
BY_ANN: Final = (Action.UNLOCK, Method.KEYPAD, 3)
BY_HAND: Final = (Action.UNLOCK, Method.MANUAL, None)
BY_ITSELF: Final = (Action.LOCK, Method.UNKNOWN, None)

NO_USERS: Final[tuple[object, ...]] = (
    "99", "0", "x", "", "٣", True, [], {}, None, 3.0, "9" * 9
)  # fmt: skip

type Operation = tuple[Action, Method, int | None]


def played(*changes: Mapping[str, Any], cached: bool = True) -> list[Operation]:
    """Return the operations in payloads, one second after the other."""
    shown, before = ShownOperations(), None
    found: list[LockOperated] = []
    payload: dict[str, Any] = {}
    for second, change in enumerate(changes):
        payload = {**payload, **change} if cached else dict(change)
        found += shown.decode(payload, before, SLOTS, AT, float(second))
        before = PublishedState.from_payload(payload)
    return [(each.action, each.method, each.slot) for each in found]


@pytest.mark.parametrize(
    ("changes", "operations"),
    [
        # what is there from the beginning is history
        ([{**ANN, **UNLOCKED}], []),
        ([{**ANN, **UNLOCKED}, {"battery": 90}], []),
        # a change is an operation, once, in the payload of the move or in another one
        ([LOCKED, {**ANN, **UNLOCKED}, {"battery": 90}], [BY_ANN]),
        ([LOCKED, UNLOCKED, ANN, {"battery": 90}], [BY_ANN]),
        ([LOCKED, ANN, UNLOCKED, {"battery": 90}], [BY_ANN]),
        # two people
        ([LOCKED, {**ANN, **UNLOCKED}, {"last_unlock_user": "4"}],
         [BY_ANN, (Action.UNLOCK, Method.KEYPAD, 4)]),
        # the same person again
        ([LOCKED, {**ANN, **UNLOCKED}, RELOCKED, UNLOCKED],
         [BY_ANN, BY_ITSELF, BY_ANN]),
        ([LOCKED, UNLOCKED, ANN, RELOCKED, UNLOCKED, {}],
         [BY_ANN, BY_ITSELF, BY_ANN]),
        # a key after her, whose report comes a moment after that of the bolt
        ([LOCKED, UNLOCKED, ANN, RELOCKED, UNLOCKED, SELF],
         [BY_ANN, BY_ITSELF, BY_HAND]),
        # the bolt moved, and nothing says by whom
        ([LOCKED, UNLOCKED, ANN, RELOCKED, UNLOCKED, {"battery": 90}],
         [BY_ANN, BY_ITSELF]),
        # who locked
        ([UNLOCKED, {"last_lock_user": 3, "last_lock_source": "keypad", **LOCKED}],
         [(Action.LOCK, Method.KEYPAD, 3)]),
        ([UNLOCKED, {"last_lock_user": "3"}], [(Action.LOCK, Method.KEYPAD, 3)]),
        # who is no slot, or is not known
        *(
            ([LOCKED, {"last_unlock_user": user, "last_unlock_source": "keypad"}],
             [(Action.UNLOCK, Method.KEYPAD, None)])
            for user in NO_USERS
        ),
        *(
            ([LOCKED, {"last_unlock_user": "3", "last_unlock_source": source}],
             [(Action.UNLOCK, method, None)])
            for source, method in (
                ("zigbee", Method.REMOTE),
                ("fingerprintsensor", Method.UNKNOWN),
                ("rfid", Method.UNKNOWN),
                ("unknown", Method.UNKNOWN),
                ([], Method.UNKNOWN),
                (None, Method.UNKNOWN),
            )
        ),
    ],
)  # fmt: skip
def test_what_is_shown_is_each_operation_once(
    changes: list[dict[str, Any]], operations: list[Operation]
) -> None:
    """Clause 16.11."""
    assert played(*changes) == operations


def test_without_a_cache_every_mention_is_an_operation() -> None:
    changes: list[Mapping[str, Any]] = [LOCKED, ANN, {**LOCKED, "battery": 90}, ANN]
    assert played(*changes, cached=False) == [BY_ANN, BY_ANN]


def test_after_missed_payloads_what_is_shown_is_history() -> None:
    shown = ShownOperations()
    first = {**LOCKED, **ANN}
    assert shown.decode(first, None, SLOTS, AT, 0) == []
    missed = {**UNLOCKED, "last_unlock_user": "4", "last_unlock_source": "keypad"}
    assert shown.decode(missed, None, SLOTS, AT, 60) == []


def test_an_action_and_what_is_shown_of_it_are_one_operation() -> None:
    shown = ShownOperations()
    before = PublishedState.from_payload(LOCKED)
    shown.decode(LOCKED, None, SLOTS, AT, 0)
    assert shown.is_new_event(LockOperated(*BY_ANN, AT), 1)
    assert shown.decode({**UNLOCKED, **ANN}, before, SLOTS, AT, 2) == []
