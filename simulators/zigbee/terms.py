"""Constants of the door lock, as in the Zigbee Cluster Library."""

from enum import IntEnum

from simulators.common.door_lock.constants import (
    Alarm,
    Attribute,
    DoorState,
    LockState,
    UserStatus,
)

__all__ = [
    "EVENT_MASKS",
    "HOME_AUTOMATION",
    "NOBODY",
    "NO_TIME",
    "ZDO_PROFILE",
    "Alarm",
    "Attribute",
    "Cluster",
    "Command",
    "DoorState",
    "General",
    "LockState",
    "Notification",
    "Operation",
    "Programming",
    "Source",
    "Status",
    "Stored",
    "UserStatus",
    "UserType",
]

ZDO_PROFILE = 0x0000
HOME_AUTOMATION = 0x0104
"""The profile of everything that is not about the network itself."""

NOBODY = 0xFFFF
"""As a user id in an event: unknown, or all of them."""
NO_TIME = 0xFFFFFFFF
"""As a local time in an event: the lock does not know."""


class Cluster(IntEnum):
    """Clusters that a simulated lock has."""

    BASIC = 0x0000
    POWER = 0x0001
    IDENTIFY = 0x0003
    ALARMS = 0x0009
    TIME = 0x000A
    OTA = 0x0019
    POLL_CONTROL = 0x0020
    DOOR_LOCK = 0x0101


class General(IntEnum):
    """Commands that every cluster has."""

    READ_ATTRIBUTES = 0x00
    READ_ATTRIBUTES_RESPONSE = 0x01
    WRITE_ATTRIBUTES = 0x02
    WRITE_ATTRIBUTES_RESPONSE = 0x04
    CONFIGURE_REPORTING = 0x06
    CONFIGURE_REPORTING_RESPONSE = 0x07
    READ_REPORTING = 0x08
    READ_REPORTING_RESPONSE = 0x09
    REPORT_ATTRIBUTES = 0x0A
    DEFAULT_RESPONSE = 0x0B


class Status(IntEnum):
    """How a device judged a frame."""

    SUCCESS = 0x00
    FAILURE = 0x01
    MALFORMED = 0x80
    UNSUPPORTED_CLUSTER_COMMAND = 0x81
    UNSUPPORTED_GENERAL_COMMAND = 0x82
    INVALID_FIELD = 0x85
    UNSUPPORTED_ATTRIBUTE = 0x86
    READ_ONLY = 0x88
    NOT_FOUND = 0x8B
    TIMEOUT = 0x94


class Stored(IntEnum):
    """What a lock answers to a code; of the same numbers as `Status`, with other meanings."""

    SUCCESS = 0
    FAILURE = 1
    MEMORY_FULL = 2
    DUPLICATE = 3


class Command(IntEnum):
    """Commands to a door lock; its answer has the same number."""

    LOCK = 0x00
    UNLOCK = 0x01
    TOGGLE = 0x02
    UNLOCK_WITH_TIMEOUT = 0x03
    GET_LOG = 0x04
    SET_PIN = 0x05
    GET_PIN = 0x06
    CLEAR_PIN = 0x07
    CLEAR_ALL_PINS = 0x08
    SET_USER_STATUS = 0x09
    GET_USER_STATUS = 0x0A
    SET_WEEK_DAY = 0x0B
    GET_WEEK_DAY = 0x0C
    CLEAR_WEEK_DAY = 0x0D
    SET_YEAR_DAY = 0x0E
    GET_YEAR_DAY = 0x0F
    CLEAR_YEAR_DAY = 0x10
    SET_HOLIDAY = 0x11
    GET_HOLIDAY = 0x12
    CLEAR_HOLIDAY = 0x13
    SET_USER_TYPE = 0x14
    GET_USER_TYPE = 0x15
    SET_RFID = 0x16
    GET_RFID = 0x17
    CLEAR_RFID = 0x18
    CLEAR_ALL_RFIDS = 0x19


class Notification(IntEnum):
    """Notifications: commands that the lock sends by itself."""

    OPERATION = 0x20
    PROGRAMMING = 0x21


class UserType(IntEnum):
    """When and how a user may open."""

    UNRESTRICTED = 0
    YEAR_DAY = 1
    WEEK_DAY = 2
    MASTER = 3
    NON_ACCESS = 4
    NOT_SUPPORTED = 0xFF


class Source(IntEnum):
    """By what means."""

    KEYPAD = 0
    RF = 1
    MANUAL = 2
    RFID = 3
    UNKNOWN = 0xFF


class Operation(IntEnum):
    """What happened to the bolt, or did not."""

    UNKNOWN = 0x00
    LOCK = 0x01
    UNLOCK = 0x02
    LOCK_FAILED_CODE = 0x03
    LOCK_FAILED_SCHEDULE = 0x04
    UNLOCK_FAILED_CODE = 0x05
    UNLOCK_FAILED_SCHEDULE = 0x06
    ONE_TOUCH_LOCK = 0x07
    KEY_LOCK = 0x08
    KEY_UNLOCK = 0x09
    AUTO_LOCK = 0x0A
    SCHEDULE_LOCK = 0x0B
    SCHEDULE_UNLOCK = 0x0C
    MANUAL_LOCK = 0x0D
    MANUAL_UNLOCK = 0x0E
    NON_ACCESS = 0x0F


class Programming(IntEnum):
    """What happened to a code."""

    UNKNOWN = 0
    MASTER_CODE_CHANGED = 1
    PIN_ADDED = 2
    PIN_DELETED = 3
    PIN_CHANGED = 4
    RFID_ADDED = 5
    RFID_DELETED = 6


EVENT_MASKS = tuple(
    attribute
    for attribute in Attribute
    if Attribute.KEYPAD_OPERATION_MASK <= attribute <= Attribute.RFID_PROGRAMMING_MASK
)
