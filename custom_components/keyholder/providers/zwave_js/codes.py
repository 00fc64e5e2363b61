"""Common interface of User Code CC and User Credential CC."""

from typing import Final, Protocol

from ...model.pin import Pin
from ...model.provider_io import Capabilities, CodeTarget, SlotReading, WriteResult

SHORTEST_CODE: Final = 4
"""Digits; neither command class allows a shorter code."""


class CredentialStorage(Protocol):
    """The slots of one lock, for the duration of one call. Slots are validated already."""

    async def probe(self) -> Capabilities:
        """Return what the lock supports, from the driver's cache."""

    async def read(self, slot: int) -> SlotReading:
        """Read the slot from the lock."""

    async def write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code into the slot."""

    async def clear(self, slot: int) -> WriteResult:
        """Clear the slot."""


def occupied(data: object, *, enabled: bool | None) -> SlotReading:
    """Return the reading of an occupied slot, given the code as the lock returned it.

    Only a string of ASCII digits is a code. Everything else is masked: asterisks,
    nothing, bytes, a Buffer in JSON, or a number, which may have lost its leading
    zeros.
    """
    if (
        isinstance(data, str)
        and len(data) >= SHORTEST_CODE
        and data.isascii()
        and data.isdecimal()
    ):
        return SlotReading.present(Pin(data), enabled=enabled)
    return SlotReading.masked(enabled=enabled)
