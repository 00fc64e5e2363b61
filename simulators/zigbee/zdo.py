"""Zigbee Device Objects: descriptors, bindings, announcements."""

from dataclasses import dataclass
from enum import IntEnum

from .fields import Fields, u8, u16, u32, u64

_RESPONSE = 0x8000
_NOT_SUPPORTED, _NOT_ACTIVE = 0x84, 0x83
_BUFFER = 82
_CHANNELS = 0x07FFF800


class Request(IntEnum):
    """Requests that are answered; others are "not supported"."""

    NETWORK_ADDRESS = 0x0000
    IEEE_ADDRESS = 0x0001
    NODE_DESCRIPTOR = 0x0002
    SIMPLE_DESCRIPTOR = 0x0004
    ACTIVE_ENDPOINTS = 0x0005
    BIND = 0x0021
    UNBIND = 0x0022
    NEIGHBOURS = 0x0031
    ROUTES = 0x0032
    BINDINGS = 0x0033
    LEAVE = 0x0034
    PERMIT_JOINING = 0x0036
    ENERGY = 0x0038


ANNOUNCE = 0x0013


@dataclass(frozen=True)
class Endpoint:
    """One application of a device."""

    device_type: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    profile: int = 0x0104

    def descriptor(self, number: int) -> bytes:
        """Return the simple descriptor."""
        payload = u8(number) + u16(self.profile) + u16(self.device_type) + u8(0)
        for clusters in (self.inputs, self.outputs):
            payload += u8(len(clusters)) + b"".join(
                u16(cluster) for cluster in clusters
            )
        return payload


@dataclass(frozen=True)
class Descriptor:
    """What kind of node a device is."""

    logical_type: int
    """0 coordinator, 1 router, 2 end device."""
    capabilities: int
    """0x80 for one that sleeps, 0x8E for one that always listens."""
    manufacturer: int

    def encode(self) -> bytes:
        """Return the node descriptor."""
        return (
            bytes([self.logical_type, 0x40, self.capabilities])
            + u16(self.manufacturer)
            + u8(_BUFFER)
            + u16(_BUFFER)
            + u16(0)
            + u16(_BUFFER)
            + u8(0)
        )


@dataclass(frozen=True)
class Addresses:
    """What others call a node."""

    ieee: int
    nwk: int


def announcement(number: int, addresses: Addresses, capabilities: int) -> bytes:
    """Return the frame with which a device says that it is here."""
    return u8(number) + u16(addresses.nwk) + u64(addresses.ieee) + u8(capabilities)


def answer(
    addresses: Addresses,
    descriptor: Descriptor,
    endpoints: dict[int, Endpoint],
    cluster: int,
    data: bytes,
) -> tuple[int, bytes] | None:
    """Return the cluster of an answer and the answer, None to what is an answer itself."""
    if cluster & _RESPONSE or cluster == ANNOUNCE:
        return None
    number, nwk = data[:1], u16(addresses.nwk)
    fields = Fields(data[1:])
    match cluster:
        case Request.NODE_DESCRIPTOR:
            payload = u8(0) + nwk + descriptor.encode()
        case Request.ACTIVE_ENDPOINTS:
            payload = u8(0) + nwk + bytes([len(endpoints), *sorted(endpoints)])
        case Request.SIMPLE_DESCRIPTOR:
            fields.u16()
            payload = _simple_descriptor(nwk, endpoints, fields.u8())
        case Request.NETWORK_ADDRESS | Request.IEEE_ADDRESS:
            payload = u8(0) + u64(addresses.ieee) + nwk
        case Request.NEIGHBOURS | Request.ROUTES | Request.BINDINGS:
            payload = bytes(4)
        case Request.BIND | Request.UNBIND | Request.LEAVE | Request.PERMIT_JOINING:
            payload = u8(0)
        case Request.ENERGY:
            payload = (
                u8(0) + u32(_CHANNELS) + u16(0) + u16(0) + u8(16) + bytes([20] * 16)
            )
        case _:
            payload = u8(_NOT_SUPPORTED)
    return cluster | _RESPONSE, number + payload


def _simple_descriptor(
    nwk: bytes, endpoints: dict[int, Endpoint], number: int
) -> bytes:
    if number not in endpoints:
        return u8(_NOT_ACTIVE) + nwk + u8(0)
    descriptor = endpoints[number].descriptor(number)
    return u8(0) + nwk + u8(len(descriptor)) + descriptor


def bound_cluster(data: bytes) -> int:
    """Return the cluster that a bind request is about."""
    fields = Fields(data[1:])
    fields.u64()
    fields.u8()
    return fields.u16()
