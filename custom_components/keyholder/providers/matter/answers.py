"""What a lock answers about users and credentials, in the words of this package. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from ..base import TemporarilyRefusedError
from .statuses import CommandRejectedError, Status

PIN: Final = 1
"""The type of a credential that is a PIN. 0 is the one that programs the lock."""

_MARK: Final = 0x4B480000
"""The upper half of the unique id of our users, the lower is their slot."""
_NO_MARK: Final = (0, 0xFFFF_FFFF)
"""What the specification has locks keep for a user without a unique id, and nothing."""
_LONGEST_NAME: Final = 10
"""Bytes; Matter says characters, but locks may count what they store."""


class UserStatus(IntEnum):
    """UserStatusEnum of the door lock cluster."""

    ENABLED = 1
    DISABLED = 3


class UserType(IntEnum):
    """UserTypeEnum of the door lock cluster, those that are used here."""

    UNRESTRICTED = 0
    YEAR_DAY = 1
    WEEK_DAY = 2
    NON_ACCESS = 4
    SCHEDULE_RESTRICTED = 8
    REMOTE_ONLY = 9


_OPENS_NOTHING: Final = (UserType.NON_ACCESS, UserType.REMOTE_ONLY)
"""Users whose PIN does not work at the keypad."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A PIN that is there: the index of its user, and who made it and changed it last.

    Those are fabrics; without one it was at the lock itself, or the lock does not tell.
    """

    user: int | None
    creator: int | None
    modifier: int | None = None

    @classmethod
    def read(cls, answer: object) -> Self | None:
        """Return the credential, None if there is none; NotNow if that is not said."""
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
class User:
    """A user that is there. `credentials` are pairs of type and index.

    `mark` is the unique id that who made them gave them, None without any.
    """

    index: int
    ownership_tag: int | None
    status: int
    type: int | None
    creator: int | None
    credentials: frozenset[tuple[int, int]]

    @classmethod
    def read(cls, index: int, answer: object) -> Self | None:
        """Return the user of that index, None if there is none."""
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
            ownership_tag=_mark(fields.get("userUniqueID", fields.get("userUniqueId"))),
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
            case UserStatus.ENABLED:
                return True
            case UserStatus.DISABLED:
                return False
        return None

    def has_only_slot(self, slot: int) -> bool:
        """Return whether no other credential would go with the user."""
        return self.credentials <= {(PIN, slot)}


def ownership_tag(slot: int) -> int:
    """Return the unique id of our user of a slot."""
    return _MARK | slot


def name_of(label: str) -> str:
    """Return the label as a lock can keep it: its beginning, in whole characters."""
    cut = label.strip().encode()[:_LONGEST_NAME]
    return cut.decode(errors="ignore").strip()


def status_of(answer: object) -> int:
    """Return the status that is in an answer; NotNow if there is none."""
    status = _number(_fields(answer).get("status"))
    if status is None:
        raise TemporarilyRefusedError("the lock does not say whether it did it")
    return status


def expect_success(answer: object) -> None:
    """Raise Refusal if an answer says anything but that it was done."""
    if (status := status_of(answer)) != Status.SUCCESS:
        raise CommandRejectedError(status)


def credential_slots(data: object) -> list[int]:
    """Return the indexes of the PINs among the credentials that a lock names."""
    return sorted(
        index
        for kind, index in _credentials(data)
        # 0 is nobody's, and 0xFFFE would be all
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


def _mark(value: object) -> int | None:
    mark = _number(value)
    return None if mark in _NO_MARK else mark


def _number(value: object) -> int | None:
    return None if isinstance(value, bool) or not isinstance(value, int) else value
