"""Decode responses of the Door Lock cluster about users and credentials. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from ..base import TemporarilyRefusedError
from .statuses import CommandRejectedError, Status

PIN: Final = 1
"""CredentialTypeEnum of a PIN. 0 is the programming PIN."""

_TAG: Final = 0x4B480000
"""The upper half of the unique id of our users; the lower half is their slot."""
_NO_TAG: Final = (0, 0xFFFF_FFFF)
"""The values that the specification has locks keep for a user without a unique id."""
_LONGEST_NAME: Final = 10
"""Bytes; Matter specifies characters, but locks may count what they store."""


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
class Credential:
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
class User:
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


def ownership_tag(slot: int) -> int:
    """Return the unique id of our user of a slot."""
    return _TAG | slot


def name_of(label: str) -> str:
    """Return the label as a lock can store it: at most 10 bytes, in whole characters."""
    cut = label.strip().encode()[:_LONGEST_NAME]
    return cut.decode(errors="ignore").strip()


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
