"""What the events of a Matter lock mean."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

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
from custom_components.keyholder.providers.matter.decoder import (
    DecodedMatterEvent,
    EventId,
    MatterCredential,
    Ownership,
    decode_event,
    event_time,
)
from custom_components.keyholder.providers.matter.expected_changes import (
    DataChange,
    ExpectedChanges,
)
from custom_components.keyholder.providers.matter.statuses import CommandRejectedError
from custom_components.keyholder.providers.matter.subscription import (
    EventDeduplicator,
    EventNumber,
)
from custom_components.keyholder.providers.matter.user_registry import UserRegistry

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SLOTS = range(1, 11)
OUR_FABRIC = 1
PIN_3 = [{"credentialType": 1, "credentialIndex": 3}]
NOTHING_OURS = Ownership(
    fabric=OUR_FABRIC, is_ours=lambda change: False, slots_of=lambda user: []
)


def decoded(
    event: EventId,
    data: Mapping[str, object],
    ownership: Ownership = NOTHING_OURS,
    slots: range | None = SLOTS,
) -> list[DecodedMatterEvent]:
    return decode_event(event, data, slots, AT, ownership)


@pytest.mark.parametrize(
    ("operation", "source", "expected"),
    [
        (0, 3, (Action.LOCK, Method.KEYPAD)),
        (1, 3, (Action.UNLOCK, Method.KEYPAD)),
        (4, 3, (Action.UNLOCK, Method.KEYPAD)),
        (1, 1, (Action.UNLOCK, Method.MANUAL)),
        (0, 5, (Action.LOCK, Method.MANUAL)),
        (0, 4, (Action.LOCK, Method.AUTO)),
        (0, 6, (Action.LOCK, Method.AUTO)),
        (1, 7, (Action.UNLOCK, Method.REMOTE)),
        (1, 2, (Action.UNLOCK, Method.REMOTE)),
        (1, 8, (Action.UNLOCK, Method.UNKNOWN)),
        (1, 99, (Action.UNLOCK, Method.UNKNOWN)),
    ],
)
def test_a_bolt_that_moved(
    operation: int, source: int, expected: tuple[Action, Method]
) -> None:
    data = {"lockOperationType": operation, "operationSource": source}

    assert decoded(EventId.OPERATION, data) == [LockOperated(*expected, None, AT)]


@pytest.mark.parametrize("operation", [2, 3, 17, None])
def test_an_operation_of_something_else_is_none(operation: int | None) -> None:
    data = {"lockOperationType": operation, "operationSource": 3}

    assert decoded(EventId.OPERATION, data) == []


@pytest.mark.parametrize(
    ("credentials", "slot"),
    [
        (PIN_3, 3),
        ([{"credentialType": 2, "credentialIndex": 3}], None),
        ([{"credentialType": 1, "credentialIndex": 40}], None),
        ([{"credentialType": 1, "credentialIndex": 40}, *PIN_3], 3),
        ([{"credentialType": 0, "credentialIndex": 0}], None),
        (None, None),
    ],
)
def test_whose_pin_it_was(credentials: object, slot: int | None) -> None:
    data = {
        "lockOperationType": 1,
        "operationSource": 3,
        # the number of the user says nothing of the slot
        "userIndex": 7,
        "credentials": credentials,
    }

    assert decoded(EventId.OPERATION, data) == [
        LockOperated(Action.UNLOCK, Method.KEYPAD, slot, AT)
    ]


@pytest.mark.parametrize(
    ("credentials", "user", "slot"),
    [
        (None, 7, 3),
        ([], 7, 3),
        # a user who is not known, or owns several slots
        (None, 8, None),
        (None, None, None),
        (None, "7", None),
        # a card of the same user, and a PIN that is not managed
        ([{"credentialType": 2, "credentialIndex": 1}], 7, None),
        ([{"credentialType": 1, "credentialIndex": 40}], 7, None),
    ],
)
@pytest.mark.parametrize("event", [EventId.OPERATION, EventId.OPERATION_ERROR])
def test_without_credentials_it_was_the_pin_of_the_user(
    event: EventId, credentials: object, user: object, slot: int | None
) -> None:
    """Clause 16.11."""
    data = {
        "lockOperationType": 1,
        "operationSource": 3,
        "operationError": 3,
        "userIndex": user,
        "credentials": credentials,
    }
    owned = replace(NOTHING_OURS, known_slot_of={7: 3}.get)

    (seen,) = decoded(event, data, owned)

    assert isinstance(seen, LockOperated | AccessDenied)
    assert seen.slot == slot


def test_the_slot_of_a_user_is_known_by_reads_and_by_what_was_created() -> None:
    """Clause 16.11: it is never guessed by the number of the user."""
    registry = UserRegistry(lambda slot, binding: None)
    registry.restore({5: {"user": 12}})
    assert registry.known_slot_of(12, SLOTS) == 5
    assert registry.known_slot_of(3, SLOTS) is None
    registry.created(3, 8)
    assert registry.known_slot_of(8, SLOTS) == 3

    registry.update(3, MatterCredential(7, OUR_FABRIC))

    assert registry.known_slot_of(8, SLOTS) is None
    assert registry.known_slot_of(7, SLOTS) == 3
    assert registry.known_slot_of(7, range(5, 9)) is None

    registry.update(4, MatterCredential(7, OUR_FABRIC))

    assert registry.known_slot_of(7, SLOTS) is None


@pytest.mark.parametrize(
    ("error", "because"),
    [
        (1, DenialReason.WRONG_CODE),
        (2, DenialReason.SWITCHED_OFF),
        (3, DenialReason.OUTSIDE_SCHEDULE),
    ],
)
@pytest.mark.parametrize("source", [0, 3, 8, 9])
def test_somebody_refused(error: int, because: DenialReason, source: int) -> None:
    data = {
        "lockOperationType": 1,
        "operationSource": source,
        "operationError": error,
        "credentials": PIN_3,
    }

    assert decoded(EventId.OPERATION_ERROR, data) == [AccessDenied(AT, 3, because)]


@pytest.mark.parametrize(("error", "source"), [(0, 3), (4, 3), (None, 3), (1, 7)])
def test_nobody_refused(error: int | None, source: int) -> None:
    data = {"operationSource": source, "operationError": error, "credentials": None}

    assert decoded(EventId.OPERATION_ERROR, data) == []


@pytest.mark.parametrize(
    ("alarm", "expected"),
    [
        (0, [Jammed(AT)]),
        (1, [SlotChanged(None, ChangeKind.CLEARED)]),
        (4, [AccessDenied(AT, reason=DenialReason.LOCKED_OUT)]),
        (3, []),
        (6, []),
        (None, []),
    ],
)
def test_alarms(alarm: int | None, expected: list[DecodedMatterEvent]) -> None:
    assert decoded(EventId.ALARM, {"alarmCode": alarm}) == expected


def change(
    data: int,
    operation: int,
    *,
    user: int | None = None,
    index: int | None = None,
    fabric: int | None = 2,
) -> dict[str, object]:
    return {
        "lockDataType": data,
        "dataOperationType": operation,
        "operationSource": 7,
        "userIndex": user,
        "fabricIndex": fabric,
        "sourceNode": None,
        "dataIndex": index,
    }


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (change(6, 0, user=7, index=3), [SlotChanged(3, ChangeKind.SET)]),
        (change(6, 2, user=7, index=3), [SlotChanged(3, ChangeKind.SET)]),
        (change(6, 1, index=3), [SlotChanged(3, ChangeKind.CLEARED)]),
        (change(6, 1, index=0xFFFE), [SlotChanged(None, ChangeKind.CLEARED)]),
        (change(6, 1), [SlotChanged(None, ChangeKind.UNKNOWN)]),
        (change(6, 9, index=3), [SlotChanged(3, ChangeKind.UNKNOWN)]),
        (change(6, 0, index=0), []),
        (change(6, 0, index=40), []),
        (change(1, 0, index=0), []),
        (change(7, 1, index=3), []),
        (change(5, 0, index=1), []),
        (change(2, 1, user=0xFFFE), [SlotChanged(None, ChangeKind.CLEARED)]),
        (change(2, 0, user=3), []),
        (change(2, 1), []),
        ({}, []),
    ],
)
def test_a_change_of_the_memory(
    data: dict[str, object], expected: list[SlotChanged]
) -> None:
    assert decoded(EventId.USER_CHANGE, data) == expected


@pytest.mark.parametrize(
    ("kind", "operation", "expected"),
    [
        (2, 1, ChangeKind.CLEARED),
        (2, 2, ChangeKind.UNKNOWN),
        (3, 0, ChangeKind.UNKNOWN),
        (4, 1, ChangeKind.UNKNOWN),
    ],
)
def test_a_change_of_a_user_is_one_of_their_slots(
    kind: int, operation: int, expected: ChangeKind
) -> None:
    owners = UserRegistry(lambda slot, binding: None)
    owners.update(3, MatterCredential(7, 1))
    owners.update(4, MatterCredential(8, 1))
    ownership = Ownership(
        fabric=1,
        is_ours=lambda change: False,
        slots_of=lambda user: owners.slots_of(user, SLOTS),
    )

    assert decoded(EventId.USER_CHANGE, change(kind, operation, user=7), ownership) == [
        # of slot 7 nothing was reported: it may be that user's as well
        SlotChanged(3, expected),
        SlotChanged(7, expected),
    ]


def test_a_slot_that_was_seen_to_be_anothers_is_not_guessed_at() -> None:
    owners = UserRegistry(lambda slot, binding: None)
    owners.update(7, MatterCredential(2, 1))
    owners.update(5, None)

    assert owners.slots_of(7, SLOTS) == []
    assert owners.slots_of(5, SLOTS) == []
    assert owners.slots_of(6, SLOTS) == [6]
    assert owners.slots_of(40, SLOTS) == []
    assert owners.slots_of(6, None) == []


def ours(*changes: DataChange) -> Ownership:
    own = ExpectedChanges()
    for each in changes:
        with own.expecting(each):
            pass
    return Ownership(
        fabric=OUR_FABRIC, is_ours=own.consume, slots_of=lambda user: [user]
    )


def test_our_own_change_is_expected_once() -> None:
    ownership = ours(DataChange(6, 1, 3))
    data = change(6, 1, index=3, fabric=OUR_FABRIC)

    assert decoded(EventId.USER_CHANGE, data, ownership) == []
    assert decoded(EventId.USER_CHANGE, data, ownership) != []


@pytest.mark.parametrize(
    "data",
    [
        change(6, 1, index=3, fabric=2),
        change(6, 1, index=3, fabric=None),
        change(6, 0, index=3, fabric=OUR_FABRIC),
        change(6, 1, index=4, fabric=OUR_FABRIC),
    ],
)
def test_what_only_looks_like_ours_is_not(data: dict[str, object]) -> None:
    assert decoded(EventId.USER_CHANGE, data, ours(DataChange(6, 1, 3))) != []


def test_a_change_that_the_lock_refused_is_not_expected() -> None:
    own = ExpectedChanges()
    with pytest.raises(CommandRejectedError), own.expecting(DataChange(6, 0, 3)):
        raise CommandRejectedError(2)

    assert not own.consume(DataChange(6, 0, 3))


def test_an_event_has_the_time_of_the_lock() -> None:
    assert event_time(1_700_000_000_123, 1, AT) == datetime(
        2023, 11, 14, 22, 13, 20, 123000, tzinfo=UTC
    )
    # since the lock was started: that is no time of day
    assert event_time(5_000, 0, AT) == AT
    assert event_time(10**18, 1, AT) == AT


def test_out_of_order_event_is_delivered_once() -> None:
    """A busy lock reported the door before the user that it had changed earlier."""
    seen = EventDeduplicator()

    assert seen.is_new(EventNumber(7, 1000, 1))
    assert seen.is_new(EventNumber(9, 1002, 1))
    assert seen.is_new(EventNumber(8, 1001, 1))
    assert not seen.is_new(EventNumber(8, 1001, 1))
    assert not seen.is_new(EventNumber(9, 1002, 1))
    assert seen.is_new(EventNumber(10, 1003, 1))
    # nobody is overtaken by hundreds
    assert seen.is_new(EventNumber(400, 2000, 1))
    assert not seen.is_new(EventNumber(11, 1004, 1))


def test_a_received_event_is_not_delivered_again() -> None:
    seen = EventDeduplicator()

    assert seen.is_new(EventNumber(7, 1000, 1))
    assert not seen.is_new(EventNumber(7, 1000, 1))
    assert not seen.is_new(EventNumber(6, 900, 1))
    assert seen.is_new(EventNumber(1007, 1000, 1))
    # a lock that counts anew
    assert seen.is_new(EventNumber(1, 2000, 1))
    assert not seen.is_new(EventNumber(1, 2000, 1))
    # without a clock that cannot be told
    assert not seen.is_new(EventNumber(1, 9000, 0))
