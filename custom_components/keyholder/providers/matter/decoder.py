"""Decode the responses and events of the Door Lock cluster of a Matter lock. Pure.

Numbers: the Door Lock cluster of the Matter application cluster specification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final, Self

from ...model.lock_events import (
    AccessDenied,
    Action,
    DenialReason,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from ...model.slot_events import ChangeKind
from ..base import TemporarilyRefusedError
from .expected_changes import DataChange, DataOperation, LockDataType
from .statuses import CommandRejectedError, Status

PIN: Final = 1
"""CredentialTypeEnum of a PIN. 0 is the programming PIN."""

_NO_TAG: Final = (0, 0xFFFF_FFFF)
"""The values that the specification has locks keep for a user without a unique id."""
DOOR_LOCK: Final = 257
BASIC_INFORMATION: Final = 40
START_UP: Final = 0
"""Event of the Basic Information cluster: the lock has restarted."""
ALL: Final = 0xFFFE

type DecodedMatterEvent = LockOperated | AccessDenied | Jammed | SlotChanged

_ACTIONS: Final = {0: Action.LOCK, 1: Action.UNLOCK, 4: Action.UNLOCK}
_KEYPAD: Final = 3
_METHODS: Final = {
    1: Method.MANUAL,
    2: Method.REMOTE,
    _KEYPAD: Method.KEYPAD,
    4: Method.AUTO,
    5: Method.MANUAL,
    6: Method.AUTO,
    7: Method.REMOTE,
}
"""By OperationSourceEnum; a card or a fingerprint has no method."""
_UNATTENDED_SOURCES: Final = frozenset({1, 2, 4, 5, 6, 7})
"""Sources without a person at the door, who could be denied access."""
_DENIED: Final = {
    1: DenialReason.WRONG_CODE,
    2: DenialReason.SWITCHED_OFF,
    3: DenialReason.OUTSIDE_SCHEDULE,
}
"""By OperationErrorEnum, the values that are about the code."""

_JAMMED: Final = 0
_FACTORY_RESET: Final = 1
_TOO_MANY_WRONG: Final = 4

_EPOCH: Final = 1
_OF_A_USER: Final = (
    LockDataType.USER,
    LockDataType.WEEK_DAY_SCHEDULE,
    LockDataType.YEAR_DAY_SCHEDULE,
)
_CHANGES: Final[Mapping[int, ChangeKind]] = {
    DataOperation.ADD: ChangeKind.SET,
    DataOperation.CLEAR: ChangeKind.CLEARED,
    DataOperation.MODIFY: ChangeKind.SET,
}


class EventId(IntEnum):
    """Events of the Door Lock cluster."""

    ALARM = 0
    OPERATION = 2
    OPERATION_ERROR = 3
    USER_CHANGE = 4


class MatterUserStatus(IntEnum):
    """UserStatusEnum of the Door Lock cluster."""

    ENABLED = 1
    DISABLED = 3


class UserType(IntEnum):
    """UserTypeEnum of the Door Lock cluster, the values that are used here."""

    UNRESTRICTED = 0
    YEAR_DAY = 1
    WEEK_DAY = 2
    NON_ACCESS = 4
    SCHEDULE_RESTRICTED = 8
    REMOTE_ONLY = 9


_OPENS_NOTHING: Final = (UserType.NON_ACCESS, UserType.REMOTE_ONLY)
"""Types of users whose PIN does not work at the keypad."""


@dataclass(frozen=True, slots=True)
class MatterCredential:
    """A PIN that exists: the index of its user, and its creator and last modifier.

    Those two are fabric indexes; None for a change at the lock itself, or if the lock
    does not report it.
    """

    user: int | None
    creator: int | None
    modifier: int | None = None

    @classmethod
    def read(cls, answer: object) -> Self | None:
        """Decode a GetCredentialStatusResponse; None if there is no credential.

        Raises TemporarilyRefusedError if the response does not say.
        """
        fields = _fields(answer)
        exists = fields.get("credentialExists")
        if exists is False:
            return None
        if exists is not True:
            raise TemporarilyRefusedError(
                "the lock does not say whether there is a PIN"
            )
        return cls(
            _number(fields.get("userIndex")),
            _number(fields.get("creatorFabricIndex")),
            _number(fields.get("lastModifiedFabricIndex")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterUser:
    """A user that exists. `credentials` are pairs of type and index.

    `ownership_tag` is the unique id that the creator of the user set, None without one.
    """

    index: int
    ownership_tag: int | None
    status: int
    type: int | None
    creator: int | None
    credentials: frozenset[tuple[int, int]]

    @classmethod
    def read(cls, index: int, answer: object) -> Self | None:
        """Decode a GetUserResponse; None if there is no user of that index."""
        fields = _fields(answer)
        status = _number(fields.get("userStatus"))
        if not status:
            if "userStatus" not in fields:
                raise TemporarilyRefusedError(
                    "the lock does not say whether there is a user"
                )
            return None
        return cls(
            index=index,
            ownership_tag=_read_tag(
                fields.get("userUniqueID", fields.get("userUniqueId"))
            ),
            status=status,
            type=_number(fields.get("userType")),
            creator=_number(fields.get("creatorFabricIndex")),
            credentials=_credentials(fields.get("credentials")),
        )

    @property
    def enabled(self) -> bool | None:
        """Return whether the user's PINs open the door, None if that is not known."""
        if self.type in _OPENS_NOTHING:
            return False
        match self.status:
            case MatterUserStatus.ENABLED:
                return True
            case MatterUserStatus.DISABLED:
                return False
        return None

    def has_only_slot(self, slot: int) -> bool:
        """Return whether no other credential would be cleared together with the user."""
        return self.credentials <= {(PIN, slot)}


def status_of(answer: object) -> int:
    """Return the status in a response; TemporarilyRefusedError if there is none."""
    status = _number(_fields(answer).get("status"))
    if status is None:
        raise TemporarilyRefusedError("the lock does not say whether it did it")
    return status


def expect_success(answer: object) -> None:
    """Raise CommandRejectedError if the status of a response is not success."""
    if (status := status_of(answer)) != Status.SUCCESS:
        raise CommandRejectedError(status)


def credential_slots(data: object) -> list[int]:
    """Return the indexes of the PINs in a list of credentials."""
    return sorted(
        index
        for kind, index in _credentials(data)
        # 0 is the programming PIN, and 0xFFFE stands for all
        if kind == PIN and 0 < index < 0xFFFE
    )


def _fields(answer: object) -> Mapping[str, object]:
    return answer if isinstance(answer, Mapping) else {}


def _credentials(data: object) -> frozenset[tuple[int, int]]:
    if not isinstance(data, list):
        return frozenset()
    pairs = (
        (
            _number(_fields(each).get("credentialType")),
            _number(_fields(each).get("credentialIndex")),
        )
        for each in data
    )
    return frozenset(
        (kind, index) for kind, index in pairs if kind is not None and index is not None
    )


def _read_tag(value: object) -> int | None:
    tag = _number(value)
    return None if tag in _NO_TAG else tag


def _number(value: object) -> int | None:
    return None if isinstance(value, bool) or not isinstance(value, int) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """What is needed to decode a report of a change.

    `is_ours` returns whether it is the expected report of a change of ours; `slots_of`
    returns the slots that a user may own, `known_slot_of` the one that they are known to
    own, None if that is not known.
    """

    fabric: int | None
    is_ours: Callable[[DataChange], bool]
    slots_of: Callable[[int], list[int]]
    known_slot_of: Callable[[int], int | None] = lambda _: None


def event_time(timestamp: int, timestamp_type: int, now: datetime) -> datetime:
    """Return the time of an event: by the lock's clock, or `now` if the lock has none.

    Without a clock only the time of the report is known.
    """
    if timestamp_type != _EPOCH:
        return now
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=timestamp)
    except OverflowError:
        return now


def is_change_by(data: Mapping[str, object], event_id: int, fabric: int | None) -> bool:
    """Return whether an event is a change of users or codes by this fabric."""
    by = _number(data.get("fabricIndex"))
    return event_id == EventId.USER_CHANGE and fabric is not None and by == fabric


def decode_event(
    event_id: int,
    data: Mapping[str, object],
    slots: range | None,
    at: datetime,
    ownership: Ownership,
) -> list[DecodedMatterEvent]:
    """Decode an event of the Door Lock cluster.

    `slots` are the managed slots, None while they are not known.
    """
    match event_id:
        case EventId.OPERATION:
            return _operation(data, slots, at, ownership)
        case EventId.OPERATION_ERROR:
            return _operation_error(data, slots, at, ownership)
        case EventId.ALARM:
            return _alarm(data, at)
        case EventId.USER_CHANGE:
            return [*_user_change(data, slots, ownership)]
    return []


def _operation(
    data: Mapping[str, object], slots: range | None, at: datetime, ownership: Ownership
) -> list[DecodedMatterEvent]:
    action = _ACTIONS.get(_enum_value(data, "lockOperationType"))
    if action is None:
        return []
    source = _enum_value(data, "operationSource")
    method = _METHODS.get(source, Method.UNKNOWN)
    return [LockOperated(action, method, _slot_in(data, slots, ownership), at)]


def _operation_error(
    data: Mapping[str, object], slots: range | None, at: datetime, ownership: Ownership
) -> list[DecodedMatterEvent]:
    reason = _DENIED.get(_enum_value(data, "operationError"))
    if reason is None:
        return []
    if _enum_value(data, "operationSource") in _UNATTENDED_SOURCES:
        return []
    return [AccessDenied(at, _slot_in(data, slots, ownership), reason)]


def _alarm(data: Mapping[str, object], at: datetime) -> list[DecodedMatterEvent]:
    match _enum_value(data, "alarmCode"):
        case n if n == _JAMMED:
            return [Jammed(at)]
        case n if n == _TOO_MANY_WRONG:
            return [AccessDenied(at, reason=DenialReason.LOCKED_OUT)]
        case n if n == _FACTORY_RESET:
            return [SlotChanged(None, ChangeKind.CLEARED)]
    return []


def _user_change(
    data: Mapping[str, object], slots: range | None, ownership: Ownership
) -> list[SlotChanged]:
    kind, operation = (
        _enum_value(data, "lockDataType"),
        _enum_value(data, "dataOperationType"),
    )
    is_pin = kind == LockDataType.PIN
    index = _number(data.get("dataIndex" if is_pin else "userIndex"))
    # A change at the lock itself has no fabric
    may_be_ours = ownership.fabric in (None, _number(data.get("fabricIndex")))
    if may_be_ours and ownership.is_ours(DataChange(kind, operation, index)):
        return []
    change = _CHANGES.get(operation, ChangeKind.UNKNOWN)
    if is_pin:
        if index is None:
            return [SlotChanged(None, ChangeKind.UNKNOWN)]
        if index == ALL:
            return [SlotChanged(None, change)]
        managed = index in slots if slots is not None else index > 0
        return [SlotChanged(index, change)] if managed else []
    if kind not in _OF_A_USER or index is None:
        return []
    is_user_cleared = kind == LockDataType.USER and operation == DataOperation.CLEAR
    if index == ALL:
        return [
            SlotChanged(
                None, ChangeKind.CLEARED if is_user_cleared else ChangeKind.UNKNOWN
            )
        ]
    if kind == LockDataType.USER and operation == DataOperation.ADD:
        # A user without a code opens nothing; a code is reported by its own event
        return []
    change = ChangeKind.CLEARED if is_user_cleared else ChangeKind.UNKNOWN
    return [SlotChanged(slot, change) for slot in ownership.slots_of(index)]


def _slot_in(
    data: Mapping[str, object], slots: range | None, ownership: Ownership
) -> int | None:
    """Return the slot of the PIN that was used; of several, the first that is managed.

    A lock need not name credentials. Then it is the slot that the user is known to own.
    """
    credentials = data.get("credentials")
    if not credentials:
        user = _number(data.get("userIndex"))
        return None if user is None else ownership.known_slot_of(user)
    named = credential_slots(credentials)
    return next((slot for slot in named if slots is None or slot in slots), None)


def _enum_value(data: Mapping[str, object], name: str) -> int:
    """Return a number, -1 if there is none: no enumeration has that value."""
    value = _number(data.get(name))
    return -1 if value is None else value
