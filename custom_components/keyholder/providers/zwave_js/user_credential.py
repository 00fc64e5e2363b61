"""Codes of locks with User Credential CC (U3C): users own credentials, numbered apart.

A slot is a PIN credential's slot, and its user has the same number. Counted on the
simulated locks: a read is 1 command; a write is 2 for a new user (user, then
credential), 1 over a credential of ours, 1 more where the user's name or state has to
change; a clear is 1 (deleting a user deletes their credentials, while deleting the
credential and then the user would be 2). The driver's cache costs no radio and decides
only which command to try first. It can be wrong both ways: some locks report a user
without any function where none exists, and the driver caches that user. The lock's
rejection then corrects it.
"""

from contextlib import suppress
from enum import Enum, auto
from typing import Final
import unicodedata

from zwave_js_server.const.command_class.access_control import (
    SetCredentialResult,
    SetUserResult,
    UserCredentialRule,
    UserCredentialType,
    UserCredentialUserType,
)
from zwave_js_server.model.access_control import (
    AddUserCredential,
    CredentialData,
    SetUserOptions,
)
from zwave_js_server.model.endpoint import Endpoint

from ...model.evidence import Evidence
from ...model.provider_io import Capabilities, CodeTarget, SlotReading, WriteResult
from ...model.slot import Reason
from ..base import (
    CodeRejectedError,
    InterviewIncompleteError,
    NotSupportedError,
    ProviderError,
    SlotUnavailableError,
)
from .client import async_call
from .decoder import occupied
from .pin_length import lengths_of

_PIN: Final = UserCredentialType.PIN_CODE
_REJECTIONS: Final = {
    SetCredentialResult.ERROR_DUPLICATE_CREDENTIAL: Reason.DUPLICATE,
    SetCredentialResult.ERROR_DUPLICATE_ADMIN_PIN_CODE: Reason.DUPLICATE,
    SetCredentialResult.ERROR_MANUFACTURER_SECURITY_RULES: Reason.REJECTED,
}


class _CacheGuess(Enum):
    """Whether the driver's cache was right in an attempt that relied on it."""

    RIGHT = auto()
    WRONG = auto()
    """The user exists although the cache has none, or the other way round."""


class UserCredentials:
    """The codes of one lock with User Credential CC."""

    def __init__(self, endpoint: Endpoint, *, gives_codes: bool = True) -> None:
        """Use the endpoint that supports the command class."""
        self._control = endpoint.access_control
        self._gives_codes = gives_codes

    async def async_probe(self) -> Capabilities:
        """Return the result of the interview; no radio."""
        users = await async_call(self._control.get_user_capabilities_cached())
        credentials = await async_call(
            self._control.get_credential_capabilities_cached()
        )
        pins = credentials.supported_credential_types.get(_PIN)
        if pins is None:
            raise NotSupportedError("the lock does not support PIN codes")
        count = min(users.max_users, pins.number_of_credential_slots)
        if not count:
            raise InterviewIncompleteError(
                "the lock has not reported yet how many codes it holds"
            )
        lengths = lengths_of(credentials)
        return Capabilities(
            slots=range(1, count + 1),
            pin_min_length=lengths.shortest,
            pin_max_length=lengths.longest,
            # A lock with a hash length returns the hash in place of the code
            best_evidence=(
                Evidence.PRESENCE if pins.max_credential_hash_length else Evidence.VALUE
            ),
            # The command class requires reports of changes at the keypad
            reports_changes=True,
            keeps_names=bool(users.max_user_name_length),
        )

    async def async_read(self, slot: int) -> SlotReading:
        """Read the slot; 1 read, and 1 more if the user is disabled in the driver's cache.

        None is no answer, user 0 is an empty slot.
        """
        held = await async_call(self._control.get_credential(_PIN, slot))
        if held is None or held.slot != slot or held.type != _PIN:
            return SlotReading.unknown()
        if not held.user_id:
            return SlotReading.unknown() if held.data else SlotReading.empty()
        enabled = await self._enabled(held.user_id)
        if not self._gives_codes:
            return SlotReading.masked(enabled=enabled)
        return occupied(held.data, enabled=enabled)

    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        """Set the PIN of the user with this slot's number, and create the user if need be."""
        held = await async_call(self._control.get_credential_cached(_PIN, slot))
        if _owner(held) not in (0, slot):
            raise SlotUnavailableError("the slot belongs to another user of the lock")
        exists = _owner(held) == slot or (
            await async_call(self._control.get_user_cached(slot)) is not None
        )
        if exists and await self._write_to_user(slot, target) is _CacheGuess.RIGHT:
            return WriteResult.OPTIMISTIC
        if await self._write_with_new_user(slot, target) is _CacheGuess.RIGHT:
            return WriteResult.OPTIMISTIC
        if not exists:
            # The user was not in the cache: read what they own before changing them
            await async_call(self._control.get_credentials(slot))
            if await self._write_to_user(slot, target) is _CacheGuess.RIGHT:
                return WriteResult.OPTIMISTIC
        raise SlotUnavailableError(
            "the lock neither has nor accepts a user of this number"
        )

    async def async_rename(self, slot: int, name: str) -> WriteResult:
        """Change the name of the user of a code of ours; 1 write.

        A user who owns more than our PIN keeps their name.
        """
        held = await async_call(self._control.get_credential_cached(_PIN, slot))
        user = await async_call(self._control.get_user_cached(slot))
        if _owner(held) != slot or user is None or await self._owns_other(slot):
            raise CodeRejectedError(Reason.OCCUPIED)
        stored = await self._name(name)
        if stored in (None, user.user_name):
            return WriteResult.NO_CHANGE
        # the driver repeats what else it knows of the user
        options = SetUserOptions(user_name=stored)
        changed = await async_call(self._control.set_user(slot, options))
        if changed is SetUserResult.ERROR_MODIFY_REJECTED_LOCATION_EMPTY:
            raise CodeRejectedError(Reason.OCCUPIED)
        return WriteResult.OPTIMISTIC

    async def async_clear(self, slot: int) -> WriteResult:
        """Delete the PIN, and its user unless they own other credentials."""
        held = await async_call(self._control.get_credential_cached(_PIN, slot))
        owner = _owner(held) or slot
        if owner == slot and await self._is_only_ours(slot):
            result = await async_call(self._control.delete_user(slot))
            if result is SetUserResult.OK:
                return WriteResult.OPTIMISTIC
        await async_call(self._control.delete_credential(owner, _PIN, slot))
        return WriteResult.OPTIMISTIC

    async def _write_with_new_user(self, slot: int, target: CodeTarget) -> _CacheGuess:
        """Create the user together with the PIN; delete the user if the PIN is rejected."""
        options = SetUserOptions(
            active=target.enabled,
            user_name=await self._name(target.person_name),
            user_type=UserCredentialUserType.GENERAL,
            credential_rule=UserCredentialRule.SINGLE,
        )
        pin = AddUserCredential(_PIN, slot, target.pin.reveal())
        added = await async_call(
            self._control.add_user(slot, options, pin), invalid=CodeRejectedError
        )
        if added.user is SetUserResult.ERROR_ADD_REJECTED_LOCATION_OCCUPIED:
            return _CacheGuess.WRONG
        if added.user is SetUserResult.ERROR_UNKNOWN and target.enabled:
            # No report within the driver's second, so it did not send the PIN. The user
            # may exist all the same; if not, the lock rejects the PIN
            with suppress(SlotUnavailableError):
                await self._set_credential(slot, target)
            return _CacheGuess.RIGHT
        if added.user is not SetUserResult.OK or added.credential is None:
            return _CacheGuess.RIGHT
        if (rejection := _rejection(added.credential)) is not None:
            await self._delete_new_user(slot)
            raise rejection
        return _CacheGuess.RIGHT

    async def _write_to_user(self, slot: int, target: CodeTarget) -> _CacheGuess:
        """Set the PIN of an existing user, after setting their state and name.

        A user who owns more than our PIN keeps their name; if our PIN is not among
        their credentials and the name is not ours, the user is unmanaged.
        """
        user = await async_call(self._control.get_user_cached(slot))
        if user is not None:
            name = await self._name(target.person_name)
            if name != user.user_name and await self._owns_other(slot):
                held = await async_call(self._control.get_credential_cached(_PIN, slot))
                if _owner(held) != slot:
                    raise SlotUnavailableError("the user of this number is not ours")
                name = None
            if user.active != target.enabled or name not in (None, user.user_name):
                options = SetUserOptions(active=target.enabled, user_name=name)
                changed = await async_call(self._control.set_user(slot, options))
                if changed is SetUserResult.ERROR_MODIFY_REJECTED_LOCATION_EMPTY:
                    return _CacheGuess.WRONG
                if changed is not SetUserResult.OK and not target.enabled:
                    # Never write a code that would work although it must be disabled
                    return _CacheGuess.RIGHT
        return await self._set_credential(slot, target)

    async def _set_credential(self, slot: int, target: CodeTarget) -> _CacheGuess:
        for _ in range(2):
            result = await async_call(
                self._control.set_credential(slot, _PIN, slot, target.pin.reveal()),
                invalid=CodeRejectedError,
            )
            if result is SetCredentialResult.ERROR_MODIFY_REJECTED_LOCATION_EMPTY:
                continue  # the driver has dropped its cached credential: now it adds
            if result is SetCredentialResult.ERROR_ADD_REJECTED_LOCATION_OCCUPIED:
                # Not in the driver's cache: a credential of ours, or an unmanaged one
                held = await async_call(self._control.get_credential(_PIN, slot))
                if _owner(held) == slot:
                    continue
                raise SlotUnavailableError(
                    "the slot belongs to another user of the lock"
                )
            if result is SetCredentialResult.ERROR_WRONG_USER_UNIQUE_IDENTIFIER:
                held = await async_call(self._control.get_credential(_PIN, slot))
                if _owner(held) not in (0, slot):
                    raise SlotUnavailableError("the slot belongs to another user")
                return _CacheGuess.WRONG
            if (rejection := _rejection(result)) is not None:
                raise rejection
            break
        return _CacheGuess.RIGHT

    async def _delete_new_user(self, slot: int) -> None:
        """Delete the user that was just created; errors are ignored, the rejection is raised."""
        try:
            await async_call(self._control.delete_user(slot))
        except ProviderError:
            return

    async def _enabled(self, user_id: int) -> bool | None:
        """Return False if the user is disabled; the credential itself has no such state."""
        user = await async_call(self._control.get_user_cached(user_id))
        if user is None or user.active:
            return None
        now = await async_call(self._control.get_user(user_id))
        return now.active if now is not None else None

    async def _is_only_ours(self, slot: int) -> bool:
        """Return whether the driver's cache has the user, and no other credential of theirs."""
        user = await async_call(self._control.get_user_cached(slot))
        return user is not None and not await self._owns_other(slot)

    async def _owns_other(self, slot: int) -> bool:
        owned = await async_call(self._control.get_credentials_cached(slot))
        return any((held.type, held.slot) != (_PIN, slot) for held in owned)

    async def _name(self, label: str) -> str | None:
        """Return the label as the lock can store it: ASCII, cut to the maximum length."""
        users = await async_call(self._control.get_user_capabilities_cached())
        plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
        return plain.strip()[: users.max_user_name_length or 0].strip() or None


def _owner(held: CredentialData | None) -> int:
    """Return the user id that owns the credential; 0 if there is none, as far as is known."""
    return held.user_id if held is not None else 0


def _rejection(result: SetCredentialResult) -> ProviderError | None:
    """Return the error for an explicit rejection; None for an ambiguous result."""
    if (reason := _REJECTIONS.get(result)) is not None:
        return CodeRejectedError(reason)
    if result in (
        SetCredentialResult.ERROR_ADD_REJECTED_LOCATION_OCCUPIED,
        SetCredentialResult.ERROR_WRONG_USER_UNIQUE_IDENTIFIER,
    ):
        return SlotUnavailableError("the slot belongs to another user of the lock")
    return None
