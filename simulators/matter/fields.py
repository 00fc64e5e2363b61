"""Typed access to the fields of a command's JSON payload."""

import base64
from collections.abc import Mapping

from .events import Json
from .lock import RefusedError
from .memory import CredentialKey
from .terms import Status


class Fields:
    """The payload of one command; a field that is missing or of another kind is refused."""

    def __init__(self, payload: Mapping[str, Json]) -> None:
        """Read from this payload."""
        self._payload = payload

    def number(self, name: str) -> int:
        """Return a number that has to be there."""
        value = self.optional_number(name)
        if value is None:
            raise RefusedError(Status.INVALID_COMMAND)
        return value

    def optional_number(self, name: str) -> int | None:
        """Return a number or null."""
        match self._payload.get(name):
            case None:
                return None
            case bool():
                raise RefusedError(Status.INVALID_COMMAND)
            case int() as value:
                return value
            case _:
                raise RefusedError(Status.INVALID_COMMAND)

    def optional_text(self, name: str) -> str | None:
        """Return a text or null."""
        match self._payload.get(name):
            case None:
                return None
            case str() as value:
                return value
            case _:
                raise RefusedError(Status.INVALID_COMMAND)

    def optional_bytes(self, name: str) -> bytes | None:
        """Return bytes, which travel as base64, or null."""
        text = self.optional_text(name)
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise RefusedError(Status.INVALID_COMMAND) from None

    def optional_credential(self, name: str) -> CredentialKey | None:
        """Return the type and index of a credential, or null."""
        match self._payload.get(name):
            case None:
                return None
            case dict() as value:
                fields = Fields(value)
                return fields.number("credentialType"), fields.number("credentialIndex")
            case _:
                raise RefusedError(Status.INVALID_COMMAND)

    def credential(self, name: str) -> CredentialKey:
        """Return the type and index of a credential that has to be there."""
        key = self.optional_credential(name)
        if key is None:
            raise RefusedError(Status.INVALID_COMMAND)
        return key
