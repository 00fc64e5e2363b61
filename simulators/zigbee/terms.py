"""Constants of the door lock, as in the Zigbee Cluster Library."""

from enum import IntEnum

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


class UserStatus(IntEnum):
    """Whether a user has a code, and whether it counts."""

    AVAILABLE = 0
    ENABLED = 1
    DISABLED = 3
    NOT_SUPPORTED = 0xFF


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


class LockState(IntEnum):
    """Where the bolt is."""

    NOT_FULLY_LOCKED = 0
    LOCKED = 1
    UNLOCKED = 2
    UNDEFINED = 0xFF


class DoorState(IntEnum):
    """Where the door is."""

    OPEN = 0
    CLOSED = 1
    JAMMED = 2
    FORCED_OPEN = 3
    UNKNOWN = 4
    UNDEFINED = 0xFF


class Alarm(IntEnum):
    """What the lock calls out."""

    JAMMED = 0
    FACTORY_RESET = 1
    RADIO_POWER_CYCLED = 3
    WRONG_CODE_LIMIT = 4
    FRONT_REMOVED = 5
    DOOR_FORCED_OPEN = 6


class Attribute(IntEnum):
    """Attributes of the door lock that this simulator has."""

    LOCK_STATE = 0x0000
    LOCK_TYPE = 0x0001
    ACTUATOR_ENABLED = 0x0002
    DOOR_STATE = 0x0003
    LOG_RECORDS = 0x0010
    USERS = 0x0011
    PINS = 0x0012
    RFIDS = 0x0013
    WEEK_DAYS_PER_USER = 0x0014
    YEAR_DAYS_PER_USER = 0x0015
    HOLIDAYS = 0x0016
    MAX_PIN_LENGTH = 0x0017
    MIN_PIN_LENGTH = 0x0018
    MAX_RFID_LENGTH = 0x0019
    MIN_RFID_LENGTH = 0x001A
    LANGUAGE = 0x0021
    AUTO_RELOCK = 0x0023
    SOUND_VOLUME = 0x0024
    OPERATING_MODE = 0x0025
    OPERATING_MODES = 0x0026
    WRONG_CODE_LIMIT = 0x0030
    DISABLE_SECONDS = 0x0031
    SEND_PIN_OVER_THE_AIR = 0x0032
    PIN_FOR_REMOTE = 0x0033
    ALARM_MASK = 0x0040
    KEYPAD_OPERATION_MASK = 0x0041
    RF_OPERATION_MASK = 0x0042
    MANUAL_OPERATION_MASK = 0x0043
    RFID_OPERATION_MASK = 0x0044
    KEYPAD_PROGRAMMING_MASK = 0x0045
    RF_PROGRAMMING_MASK = 0x0046
    RFID_PROGRAMMING_MASK = 0x0047


EVENT_MASKS = tuple(
    attribute
    for attribute in Attribute
    if Attribute.KEYPAD_OPERATION_MASK <= attribute <= Attribute.RFID_PROGRAMMING_MASK
)
