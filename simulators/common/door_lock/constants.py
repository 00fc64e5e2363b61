"""Constants of both door lock clusters; a comment names those that only one of them has."""

from enum import IntEnum


class UserStatus(IntEnum):
    """Whether a user's code or credentials count."""

    AVAILABLE = 0
    ENABLED = 1
    DISABLED = 3
    NOT_SUPPORTED = 0xFF  # Zigbee


class LockState(IntEnum):
    """Where the bolt is."""

    NOT_FULLY_LOCKED = 0
    LOCKED = 1
    UNLOCKED = 2
    UNLATCHED = 3  # Matter
    UNDEFINED = 0xFF  # Zigbee


class DoorState(IntEnum):
    """Where the door is."""

    OPEN = 0
    CLOSED = 1
    JAMMED = 2
    FORCED_OPEN = 3
    UNKNOWN = 4
    AJAR = 5  # Matter
    UNDEFINED = 0xFF  # Zigbee


class Alarm(IntEnum):
    """Alarms that a lock raises."""

    JAMMED = 0
    FACTORY_RESET = 1
    RADIO_POWER_CYCLED = 3
    WRONG_CODE_LIMIT = 4
    FRONT_REMOVED = 5
    DOOR_FORCED_OPEN = 6
    DOOR_AJAR = 7  # Matter
    FORCED_USER = 8  # Matter


class Attribute(IntEnum):
    """Attributes that the simulated locks have."""

    LOCK_STATE = 0x0000
    LOCK_TYPE = 0x0001
    ACTUATOR_ENABLED = 0x0002
    DOOR_STATE = 0x0003
    DOOR_OPEN_EVENTS = 0x0004
    DOOR_CLOSED_EVENTS = 0x0005
    LOG_RECORDS = 0x0010  # Zigbee
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
    CREDENTIAL_RULES = 0x001B  # Matter
    CREDENTIALS_PER_USER = 0x001C  # Matter
    LANGUAGE = 0x0021
    AUTO_RELOCK = 0x0023
    SOUND_VOLUME = 0x0024
    OPERATING_MODE = 0x0025
    OPERATING_MODES = 0x0026
    WRONG_CODE_LIMIT = 0x0030
    DISABLE_SECONDS = 0x0031
    SEND_PIN_OVER_THE_AIR = 0x0032
    PIN_FOR_REMOTE = 0x0033
    ALARM_MASK = 0x0040  # Zigbee, as all that follow
    KEYPAD_OPERATION_MASK = 0x0041
    RF_OPERATION_MASK = 0x0042
    MANUAL_OPERATION_MASK = 0x0043
    RFID_OPERATION_MASK = 0x0044
    KEYPAD_PROGRAMMING_MASK = 0x0045
    RF_PROGRAMMING_MASK = 0x0046
    RFID_PROGRAMMING_MASK = 0x0047
    LAST_OPERATION = 0x0100
    """Of the manufacturer: source, action and user of the last operation of some locks."""
