"""Converters between MQTT payloads and frames of a door lock, as Zigbee2MQTT's."""

from dataclasses import dataclass
from typing import Final

from simulators.zigbee.fields import Fields, text, u8, u16
from simulators.zigbee.terms import (
    NOBODY,
    Attribute,
    Cluster,
    Command,
    General,
    Notification,
    Source,
)
from simulators.zigbee.zcl import TYPES, Frame, Value, decode_value

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Payload = dict[str, Json]


class ConversionError(Exception):
    """Zigbee2MQTT does not send this; it logs the text."""


@dataclass(frozen=True)
class Definition:
    """What Zigbee2MQTT knows of a model."""

    vendor: str = "Yale"
    model: str = "YRD226HA2619"
    description: str = "Assure lock"
    pin_code_count: int = 250
    has_pins: bool = True
    tells_saves: bool = False
    """It publishes that the lock accepted a code, as for Onesti's first lock alone."""
    publishes_users: bool = True
    """What the lock answers about its users is published, as for all but Onesti's."""


@dataclass(frozen=True)
class Request:
    """A command to the lock, and its name in herdsman."""

    command: Command | General
    payload: bytes
    name: str
    shown: str
    """Its content as errors print it: PINs are in there."""

    @property
    def answer(self) -> int:
        """Return the number of the command that answers it."""
        is_read = self.command is General.READ_ATTRIBUTES
        return General.READ_ATTRIBUTES_RESPONSE if is_read else self.command


_ACTIONS: Final = (
    "unknown",
    "lock",
    "unlock",
    "lock_failure_invalid_pin_or_id",
    "lock_failure_invalid_schedule",
    "unlock_failure_invalid_pin_or_id",
    "unlock_failure_invalid_schedule",
    "one_touch_lock",
    "key_lock",
    "key_unlock",
    "auto_lock",
    "schedule_lock",
    "schedule_unlock",
    "manual_lock",
    "manual_unlock",
    "non_access_user_operational_event",
)
_CHANGES: Final = (
    "unknown",
    "master_code_changed",
    "pin_code_added",
    "pin_code_deleted",
    "pin_code_changed",
    "rfid_code_added",
    "rfid_code_deleted",
)
_SOURCES: Final = {
    0: "keypad",
    1: "rf",
    2: "manual",
    3: "rfid",
    4: "fingerprint",
}
_LAST_SOURCES: Final = {
    0: "zigbee",
    2: "keypad",
    3: "fingerprintsensor",
    4: "rfid",
    0x0A: "self",
}
_STATUSES: Final = {0: "available", 1: "enabled", 3: "disabled"}
_USER_TYPES: Final = {
    "unrestricted": 0,
    "year_day_schedule": 1,
    "week_day_schedule": 2,
    "master": 3,
    "non_access": 4,
}
_LOCK_STATES: Final = {0: "not_fully_locked", 1: "locked", 2: "unlocked"}
_DOOR_STATES: Final = {
    0: "open",
    1: "closed",
    2: "error_jammed",
    3: "error_forced_open",
    4: "error_unspecified",
    255: "undefined",
}


def from_frame(
    definition: Definition, cluster: int, frame: Frame, *, expose_pin: bool
) -> Payload | None:
    """Return what is published of a frame, None if there is no converter for it."""
    if cluster == Cluster.POWER and frame.general:
        return _battery(_attributes(cluster, frame))
    if cluster != Cluster.DOOR_LOCK:
        return None
    if frame.general:
        return _attribute_report(_attributes(cluster, frame))
    fields = Fields(frame.payload)
    match frame.command:
        case Notification.OPERATION:
            return _event(fields, _ACTIONS, trailing=4)
        case Notification.PROGRAMMING:
            return _event(fields, _CHANGES, trailing=6)
        case Command.GET_PIN if definition.has_pins and definition.publishes_users:
            return _pin_code(fields, expose_pin=expose_pin)
        case Command.GET_USER_STATUS if (
            definition.has_pins and definition.publishes_users
        ):
            user, status = fields.u16(), fields.u8()
            return {"users": {str(user): {"status": _status(status)}}}
        case Command.SET_PIN if definition.tells_saves:
            return {} if fields.u8() else {"last_successful_pincode_save": 1}
        case Command.CLEAR_PIN if definition.tells_saves:
            return {} if fields.u8() else {"last_successful_pincode_clear": 1}
    return None


def _event(fields: Fields, names: tuple[str, ...], *, trailing: int) -> Payload:
    """Translate a notification; herdsman drops one that ends before its `data`."""
    source, code, user = fields.u8(), fields.u8(), fields.u16()
    fields.text()
    fields.take(trailing)
    fields.text()
    event: Payload = {
        "action_user": None if user == NOBODY else user,
        "action_source": None if source == Source.UNKNOWN else source,
    }
    # What is not in a table is `undefined`, which does not reach MQTT
    if code < len(names):
        event["action"] = names[code]
    if source in _SOURCES:
        event["action_source_name"] = _SOURCES[source]
    return event


def _pin_code(fields: Fields, *, expose_pin: bool) -> Payload:
    user, status = fields.u16(), fields.u8()
    fields.u8()
    code = fields.text()
    shown: dict[str, Json] = {"status": _status(status)}
    if expose_pin:
        shown["pin_code"] = code.decode("utf-8", "replace")
    return {"users": {str(user): shown}}


def _status(status: int) -> str:
    return _STATUSES.get(status, f"not_supported_{status}")


def _attributes(cluster: int, frame: Frame) -> dict[int, Value]:
    fields = Fields(frame.payload)
    found: dict[int, Value] = {}
    while fields.left:
        attribute = fields.u16()
        if frame.command == General.READ_ATTRIBUTES_RESPONSE and fields.u8():
            continue
        kind = fields.u8()
        value = decode_value(kind, fields)
        if kind == TYPES.get(cluster, {}).get(attribute):
            found[attribute] = value
    return found


def _attribute_report(values: dict[int, Value]) -> Payload | None:
    payload: Payload = {}
    state = values.get(Attribute.LOCK_STATE)
    if isinstance(state, int):
        payload["state"] = "LOCK" if state == 1 else "UNLOCK"
        payload["lock_state"] = _LOCK_STATES.get(state)
    operation = values.get(Attribute.LAST_OPERATION)
    if isinstance(operation, int):
        source = _LAST_SOURCES.get(operation >> 24, "unknown")
        done = {1: "lock", 2: "unlock"}.get(operation >> 16 & 0xFF)
        if done is not None:
            payload[f"last_{done}_source"] = source
            payload[f"last_{done}_user"] = str(operation & 0xFFFF)
    door = values.get(Attribute.DOOR_STATE)
    if isinstance(door, int):
        payload["door_state"] = _DOOR_STATES.get(door)
    return payload or None


def _battery(values: dict[int, Value]) -> Payload | None:
    percent = values.get(0x21)
    return {"battery": percent / 2} if isinstance(percent, int) else None


def to_requests(
    definition: Definition, kind: str, key: str, value: Json
) -> list[Request]:
    """Return the commands of one key of a message; ConversionError if there are none."""
    match kind, key:
        case "set", "state":
            return [_operate(value)]
        case "get", "state":
            shown = '["lockState"]'
            return [
                Request(
                    General.READ_ATTRIBUTES, u16(Attribute.LOCK_STATE), "read", shown
                )
            ]
        case "set", "pin_code" if definition.has_pins:
            return [_set_pin(definition, value)]
        case "get", "pin_code" if definition.has_pins:
            return _get_pins(definition, value)
        case "set", "user_status" if definition.has_pins:
            return [_set_status(definition, value)]
        case "get", "user_status" if definition.has_pins:
            user = _user(definition, value)
            return [_about(Command.GET_USER_STATUS, user)]
    raise ConversionError(f"No converter available for '{kind}' '{key}'")


def _operate(value: Json) -> Request:
    wanted = str(value).lower()
    if wanted not in ("lock", "unlock"):
        raise ConversionError(f"Value of state: '{value}' not valid")
    command = Command.LOCK if wanted == "lock" else Command.UNLOCK
    return Request(command, text(b""), f"{wanted}Door", '{"pincodevalue":""}')


def _set_pin(definition: Definition, value: Json) -> Request:
    if not isinstance(value, dict):
        raise ConversionError("pin_code is not an object")
    user = _user(definition, value)
    code = value.get("pin_code")
    if code is None:
        return _about(Command.CLEAR_PIN, user)
    if isinstance(code, float | dict | list | bool):
        raise ConversionError("pinCode must be a number")
    digits = str(code)
    status = 1 if value.get("user_enabled", True) else 3
    kind = _USER_TYPES.get(str(value.get("user_type") or "unrestricted"))
    if kind is None:
        raise ConversionError("unknown user type")
    return Request(
        Command.SET_PIN,
        u16(user) + u8(status) + u8(kind) + text(digits.encode()),
        "setPinCode",
        f'{{"userid":{user},"userstatus":{status},"usertype":{kind},'
        f'"pincodevalue":"{digits}"}}',
    )


def _get_pins(definition: Definition, value: Json) -> list[Request]:
    """Ask for one user, or for every one that the model has."""
    if isinstance(value, dict) and "user" in value:
        return [_about(Command.GET_PIN, _user(definition, value))]
    return [_about(Command.GET_PIN, user) for user in range(definition.pin_code_count)]


def _set_status(definition: Definition, value: Json) -> Request:
    user = _user(definition, value)
    wanted = value.get("status") if isinstance(value, dict) else None
    status = next((each for each, name in _STATUSES.items() if name == wanted), None)
    if status is None:
        raise ConversionError(f"Unsupported status: '{wanted}'")
    shown = f'{{"userid":{user},"userstatus":{status}}}'
    payload = u16(user) + u8(status)
    return Request(Command.SET_USER_STATUS, payload, "setUserStatus", shown)


def _about(command: Command, user: int) -> Request:
    names = {
        Command.GET_PIN: "getPinCode",
        Command.CLEAR_PIN: "clearPinCode",
        Command.GET_USER_STATUS: "getUserStatus",
    }
    return Request(command, u16(user), names[command], f'{{"userid":{user}}}')


def _user(definition: Definition, value: Json) -> int:
    user = value.get("user") if isinstance(value, dict) else None
    if not isinstance(user, int) or not 0 <= user < definition.pin_code_count:
        raise ConversionError("user must be in range for device")
    return user
