"""What the two kinds of code memory of a Z-Wave lock have in common."""

from typing import Final, Protocol

from ...model.pin import Pin
from ...model.reading import Capabilities, CodeTarget, SlotReading, WriteResult

SHORTEST_CODE: Final = 4
"""Digits; both command classes allow no shorter one."""


class CredentialStorage(Protocol):
    """The slots of one lock, for the length of one call. Slots are checked already."""

    async def probe(self) -> Capabilities:
        """Return what the lock can do, from what the driver knows already."""

    async def read(self, slot: int) -> SlotReading:
        """Ask the lock what the slot holds."""

    async def write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Put a code into the slot."""

    async def clear(self, slot: int) -> WriteResult:
        """Empty the slot."""


def occupied(data: object, *, enabled: bool | None) -> SlotReading:
    """Return the reading of an occupied slot with whatever the lock gave as its code.

    Only a text of ASCII digits is a code. Everything else is a mask: asterisks, nothing,
    bytes, a Buffer in JSON, or a number, which may have lost its leading zeros.
    """
    if (
        isinstance(data, str)
        and len(data) >= SHORTEST_CODE
        and data.isascii()
        and data.isdecimal()
    ):
        return SlotReading.present(Pin(data), enabled=enabled)
    return SlotReading.masked(enabled=enabled)
