"""Codec of frame fields: little-endian numbers, length-prefixed strings."""

import struct


class MalformedError(Exception):
    """A frame is shorter than what should be in it."""


class Fields:
    """Reads a payload from the front."""

    def __init__(self, payload: bytes) -> None:
        """Read this payload."""
        self._left = payload

    @property
    def left(self) -> int:
        """Return how many bytes have not been read."""
        return len(self._left)

    def take(self, count: int) -> bytes:
        """Read so many bytes."""
        if count > len(self._left):
            raise MalformedError
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def u8(self) -> int:
        """Read one byte."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Read a number of two bytes."""
        return int.from_bytes(self.take(2), "little")

    def u32(self) -> int:
        """Read a number of four bytes."""
        return int.from_bytes(self.take(4), "little")

    def u64(self) -> int:
        """Read a number of eight bytes."""
        return int.from_bytes(self.take(8), "little")

    def text(self) -> bytes:
        """Read a string."""
        return self.take(self.u8())


def u8(value: int) -> bytes:
    """Return one byte."""
    return bytes([value])


def u16(value: int) -> bytes:
    """Return a number of two bytes."""
    return struct.pack("<H", value)


def u32(value: int) -> bytes:
    """Return a number of four bytes."""
    return struct.pack("<I", value)


def u64(value: int) -> bytes:
    """Return a number of eight bytes."""
    return struct.pack("<Q", value)


def text(value: bytes) -> bytes:
    """Return a string after its length."""
    return bytes([len(value)]) + value
