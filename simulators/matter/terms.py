"""Constants of the Door Lock cluster, as in the Matter specification."""

from enum import IntEnum

from simulators.common.door_lock.constants import (
    Alarm,
    Attribute,
    DoorState,
    LockState,
    UserStatus,
)

__all__ = [
    "ALL",
    "ALL_SCHEDULES",
    "BASIC_INFORMATION",
    "DATA_OF_CREDENTIAL",
    "DOOR_LOCK",
    "GENERAL_DIAGNOSTICS",
    "LOCAL_TIME",
    "TIME_SYNCHRONIZATION",
    "Alarm",
    "Attribute",
    "ClusterStatus",
    "CredentialType",
    "DoorState",
    "Feature",
    "LockData",
    "LockOperation",
    "LockState",
    "OperationError",
    "OperationType",
    "Source",
    "Status",
    "UserStatus",
    "UserType",
]

DOOR_LOCK = 257
BASIC_INFORMATION = 40
GENERAL_DIAGNOSTICS = 51
TIME_SYNCHRONIZATION = 56
LOCAL_TIME = 7
"""Attribute of Time Synchronization: microseconds since 2000, by the wall clock."""

ALL = 0xFFFE
"""As a user index or credential index: all of them."""
ALL_SCHEDULES = 0xFE
"""As a schedule index: all of one user, or all holidays."""


class Status(IntEnum):
    """How the lock judged a command; some also stand in its answers."""

    SUCCESS = 0
    FAILURE = 1
    INVALID_COMMAND = 0x85
    CONSTRAINT_ERROR = 0x87
    RESOURCE_EXHAUSTED = 0x89
    NOT_FOUND = 0x8B
    TIMEOUT = 0x94
    BUSY = 0x9C
    UNSUPPORTED_COMMAND = 0x81
    NEEDS_TIMED_INTERACTION = 0xC6


class ClusterStatus(IntEnum):
    """What the door lock adds to a failure, or answers to a credential."""

    DUPLICATE = 2
    OCCUPIED = 3


class OperationType(IntEnum):
    """What a command or a person does to data in the lock."""

    ADD = 0
    CLEAR = 1
    MODIFY = 2


class CredentialType(IntEnum):
    """What opens the lock."""

    PROGRAMMING_PIN = 0
    PIN = 1
    RFID = 2
    FINGERPRINT = 3
    FINGER_VEIN = 4
    FACE = 5


class UserType(IntEnum):
    """When and how a user may open."""

    UNRESTRICTED = 0
    YEAR_DAY = 1
    WEEK_DAY = 2
    PROGRAMMING = 3
    NON_ACCESS = 4
    FORCED = 5
    DISPOSABLE = 6
    EXPIRING = 7
    SCHEDULE_RESTRICTED = 8
    REMOTE_ONLY = 9


class LockOperation(IntEnum):
    """What happened to the bolt."""

    LOCK = 0
    UNLOCK = 1
    NON_ACCESS = 2
    FORCED = 3
    UNLATCH = 4


class Source(IntEnum):
    """By what means."""

    MANUAL = 1
    KEYPAD = 3
    AUTO = 4
    REMOTE = 7
    RFID = 8


class OperationError(IntEnum):
    """Why the bolt did not move."""

    INVALID_CREDENTIAL = 1
    DISABLED_USER = 2
    RESTRICTED = 3


class LockData(IntEnum):
    """What kind of data a change was about."""

    PROGRAMMING_CODE = 1
    USER = 2
    WEEK_DAY_SCHEDULE = 3
    YEAR_DAY_SCHEDULE = 4
    HOLIDAY_SCHEDULE = 5
    PIN = 6
    RFID = 7
    FINGERPRINT = 8
    FINGER_VEIN = 9
    FACE = 10


DATA_OF_CREDENTIAL = {
    CredentialType.PROGRAMMING_PIN: LockData.PROGRAMMING_CODE,
    CredentialType.PIN: LockData.PIN,
    CredentialType.RFID: LockData.RFID,
    CredentialType.FINGERPRINT: LockData.FINGERPRINT,
    CredentialType.FINGER_VEIN: LockData.FINGER_VEIN,
    CredentialType.FACE: LockData.FACE,
}


class Feature(IntEnum):
    """Bits of the feature map."""

    PIN = 0x1
    RFID = 0x2
    FINGER = 0x4
    WEEK_DAY_SCHEDULES = 0x10
    DOOR_POSITION = 0x20
    CREDENTIALS_OVER_THE_AIR = 0x80
    USER = 0x100
    YEAR_DAY_SCHEDULES = 0x400
    HOLIDAY_SCHEDULES = 0x800
