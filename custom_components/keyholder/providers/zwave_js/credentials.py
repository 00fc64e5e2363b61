"""The codes of a Z-Wave lock, in whichever of two command classes it has them."""

from typing import Protocol

from zwave_js_server.model.endpoint import Endpoint

from ...model.provider_io import Capabilities, CodeTarget, SlotReading, WriteResult
from .user_code import UserCodes
from .user_credential import UserCredentials


class CredentialStorage(Protocol):
    """The slots of one lock, for the duration of one call. Slots are validated already."""

    async def async_probe(self) -> Capabilities:
        """Return what the lock supports, from the driver's cache."""

    async def async_read(self, slot: int) -> SlotReading:
        """Read the slot from the lock."""

    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Write a code into the slot."""

    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name that is kept with the code of the slot."""

    async def async_clear(self, slot: int) -> WriteResult:
        """Clear the slot."""


def storage_of(
    endpoint: Endpoint, *, has_users: bool, gives_codes: bool
) -> CredentialStorage:
    """Return the storage of the command class that the lock has.

    `has_users`: it is User Credential CC. `gives_codes`: the lock returns the codes.
    """
    if not has_users:
        return UserCodes(endpoint)
    return UserCredentials(endpoint, gives_codes=gives_codes)
