"""Frames of the Zigbee Cluster Library: their header, attributes, general commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from .fields import Fields, text, u8, u16
from .terms import Attribute, Cluster, General, Status

BOOL, MAP8, MAP16, MAP32, U8, U16, U32, ENUM8, TEXT = (
    0x10,
    0x18,
    0x19,
    0x1B,
    0x20,
    0x21,
    0x23,
    0x30,
    0x42,
)
_SIZES = {BOOL: 1, MAP8: 1, MAP16: 2, MAP32: 4, U8: 1, U16: 2, U32: 4, ENUM8: 1}
_CLUSTER_SPECIFIC, _MANUFACTURER, _FROM_SERVER, _NO_DEFAULT = 1, 4, 8, 0x10

type Value = int | bytes

TYPES: dict[int, dict[int, int]] = {
    Cluster.BASIC: {0: U8, 1: U8, 4: TEXT, 5: TEXT, 7: ENUM8, 0x4000: TEXT},
    Cluster.POWER: {0x20: U8, 0x21: U8},
    Cluster.IDENTIFY: {0: U16},
    Cluster.ALARMS: {0: U16},
    Cluster.OTA: {2: U32},
    Cluster.POLL_CONTROL: {0: U32, 1: U32, 2: U16, 3: U16},
    Cluster.DOOR_LOCK: {
        **dict.fromkeys(
            (
                Attribute.LOCK_STATE,
                Attribute.LOCK_TYPE,
                Attribute.DOOR_STATE,
                Attribute.OPERATING_MODE,
            ),
            ENUM8,
        ),
        **dict.fromkeys(
            (
                Attribute.ACTUATOR_ENABLED,
                Attribute.SEND_PIN_OVER_THE_AIR,
                Attribute.PIN_FOR_REMOTE,
            ),
            BOOL,
        ),
        **dict.fromkeys(range(Attribute.LOG_RECORDS, Attribute.RFIDS + 1), U16),
        **dict.fromkeys(
            range(Attribute.WEEK_DAYS_PER_USER, Attribute.MIN_RFID_LENGTH + 1), U8
        ),
        **dict.fromkeys(
            range(Attribute.ALARM_MASK, Attribute.RFID_PROGRAMMING_MASK + 1), MAP16
        ),
        Attribute.LANGUAGE: TEXT,
        Attribute.AUTO_RELOCK: U32,
        Attribute.SOUND_VOLUME: U8,
        Attribute.OPERATING_MODES: MAP16,
        Attribute.LAST_OPERATION: MAP32,
        Attribute.WRONG_CODE_LIMIT: U8,
        Attribute.DISABLE_SECONDS: U8,
    },
}
"""The type of each attribute, by cluster."""


@dataclass(frozen=True)
class Frame:
    """One frame without the network's envelope."""

    general: bool
    number: int
    command: int
    payload: bytes
    from_server: bool = False
    wants_default: bool = True

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Take a frame apart; raises MalformedError."""
        fields = Fields(data)
        control = fields.u8()
        if control & _MANUFACTURER:
            fields.u16()
        number, command = fields.u8(), fields.u8()
        return cls(
            general=control & 3 != _CLUSTER_SPECIFIC,
            number=number,
            command=command,
            payload=fields.take(fields.left),
            from_server=bool(control & _FROM_SERVER),
            wants_default=not control & _NO_DEFAULT,
        )

    def encode(self) -> bytes:
        """Put a frame together."""
        control = 0 if self.general else _CLUSTER_SPECIFIC
        control |= _FROM_SERVER if self.from_server else 0
        control |= 0 if self.wants_default else _NO_DEFAULT
        return bytes([control, self.number, self.command]) + self.payload

    def answer(self, command: int, payload: bytes, *, general: bool = True) -> Frame:
        """Return a frame that answers this one."""
        return Frame(
            general=general,
            number=self.number,
            command=command,
            payload=payload,
            from_server=not self.from_server,
            wants_default=False,
        )

    def default(self, status: int) -> Frame:
        """Return a DefaultResponse to this frame."""
        return self.answer(General.DEFAULT_RESPONSE, bytes([self.command, status]))


def encode_value(kind: int, value: Value) -> bytes:
    """Return an attribute's value as it lies in frames."""
    if isinstance(value, bytes):
        return text(value)
    return int(value).to_bytes(_SIZES[kind], "little")


def decode_value(kind: int, fields: Fields) -> Value:
    """Read an attribute's value."""
    if kind == TEXT:
        return fields.text()
    return int.from_bytes(fields.take(_SIZES[kind]), "little")


@dataclass(frozen=True)
class AttributeServer:
    """The attributes of one cluster; `write` returns whether one took a value."""

    cluster: int
    values: Callable[[], Mapping[int, Value]]
    write: Callable[[int, Value], bool] = lambda attribute, value: False

    def answer(self, frame: Frame) -> Frame | None:
        """Answer a general frame, None if it wants no answer."""
        fields = Fields(frame.payload)
        match frame.command:
            case General.READ_ATTRIBUTES:
                payload = self._read(fields)
                return frame.answer(General.READ_ATTRIBUTES_RESPONSE, payload)
            case General.WRITE_ATTRIBUTES:
                payload = self._write(fields)
                return frame.answer(General.WRITE_ATTRIBUTES_RESPONSE, payload)
            case General.CONFIGURE_REPORTING:
                return frame.answer(General.CONFIGURE_REPORTING_RESPONSE, u8(0))
            case General.READ_REPORTING:
                payload = b""
                while fields.left:
                    payload += u8(Status.NOT_FOUND) + fields.take(3)
                return frame.answer(General.READ_REPORTING_RESPONSE, payload)
            case (
                General.DEFAULT_RESPONSE
                | General.REPORT_ATTRIBUTES
                | General.READ_ATTRIBUTES_RESPONSE
            ):
                return None
            case _:
                return frame.default(Status.UNSUPPORTED_GENERAL_COMMAND)

    def report(self, number: int, attribute: int, value: Value) -> Frame:
        """Return the frame that reports an attribute."""
        kind = TYPES[self.cluster][attribute]
        payload = u16(attribute) + u8(kind) + encode_value(kind, value)
        return Frame(
            general=True,
            number=number,
            command=General.REPORT_ATTRIBUTES,
            payload=payload,
            from_server=True,
            wants_default=False,
        )

    def _read(self, fields: Fields) -> bytes:
        values = self.values()
        payload = b""
        while fields.left:
            attribute = fields.u16()
            payload += u16(attribute)
            kind = TYPES.get(self.cluster, {}).get(attribute)
            if kind is None or attribute not in values:
                payload += u8(Status.UNSUPPORTED_ATTRIBUTE)
            else:
                payload += u8(Status.SUCCESS) + u8(kind)
                payload += encode_value(kind, values[attribute])
        return payload

    def _write(self, fields: Fields) -> bytes:
        payload = b""
        while fields.left:
            attribute, kind = fields.u16(), fields.u8()
            value = decode_value(kind, fields)
            if attribute not in self.values():
                payload += u8(Status.UNSUPPORTED_ATTRIBUTE) + u16(attribute)
            elif not self.write(attribute, value):
                payload += u8(Status.READ_ONLY) + u16(attribute)
        return payload or u8(Status.SUCCESS)
