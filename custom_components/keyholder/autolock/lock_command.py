"""Sends one lock command and waits until the lock entity confirms it."""

import asyncio
from contextlib import suppress
from datetime import timedelta
import logging
from typing import Final

from homeassistant.components.lock.const import DOMAIN as LOCK_DOMAIN, LockState
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_LOCK,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError

from ..model.autolock import (
    UNAVAILABLE_FAILURES,
    AutolockFailure,
    CommandFailure,
    ErrorMessage,
    Position,
)
from ..model.autolock_record import CommandReports
from ..model.credential import LockId
from .entity_state import async_entity_id_of
from .lock_code import async_default_code, async_needs_code
from .scheduled_fire import is_being_cancelled

_LOGGER: Final = logging.getLogger(__name__)

_POSITIONS: Final = {
    LockState.LOCKED: Position.LOCKED,
    LockState.JAMMED: Position.JAMMED,
    LockState.LOCKING: Position.LOCKING,
    LockState.UNLOCKED: Position.UNLOCKED,
    LockState.UNLOCKING: Position.UNLOCKED,
    LockState.OPEN: Position.UNLOCKED,
    LockState.OPENING: Position.UNLOCKED,
    STATE_UNAVAILABLE: Position.UNAVAILABLE,
    STATE_UNKNOWN: Position.UNAVAILABLE,
}

COMMAND_TIMEOUT: Final = timedelta(seconds=60)
"""Timeout of the lock service call."""
CONFIRM_TIMEOUT: Final = timedelta(seconds=30)
"""Timeout of the state change after the service call has returned."""

_CODE_REFUSED: Final = (LOCK_DOMAIN, "add_default_code")
"""The error of Home Assistant where the default code does not fit, or is missing."""

_FAILURES: Final = {Position.JAMMED: AutolockFailure.JAMMED, **UNAVAILABLE_FAILURES}


_HIDDEN: Final = "••••"


def _is_code_refused(err: Exception) -> bool:
    """Return whether Home Assistant itself refused the command for its code."""
    return (
        isinstance(err, HomeAssistantError)
        and (err.translation_domain, err.translation_key) == _CODE_REFUSED
    )


def position_of(state: State | None) -> Position:
    """Return the bolt position for a lock entity's state; None means no entity."""
    if state is None:
        return Position.MISSING
    return _POSITIONS.get(state.state, Position.UNAVAILABLE)


class LockCommand:
    """One command to one lock.

    While it runs, the controller passes what the lock reports to `on_reports`.
    """

    def __init__(
        self, hass: HomeAssistant, lock: LockId, timeout: timedelta, confirm: timedelta
    ) -> None:
        """Allow `timeout` for the service call, then `confirm` for the state change."""
        self._hass = hass
        self._lock = lock
        self._timeout = timeout.total_seconds()
        self._confirm = confirm.total_seconds()
        self._result_reported = asyncio.Event()
        self._reports = CommandReports()

    @callback
    def async_on_reports(self, reports: CommandReports) -> None:
        """Take what the lock has reported since the command was sent."""
        self._reports = reports
        if reports.has_result:
            self._result_reported.set()

    async def async_run(self) -> CommandFailure | None:
        """Send the command; return the failure, None once the lock reports locked."""
        entity_id = async_entity_id_of(self._hass, self._lock)
        if entity_id is None:
            return CommandFailure(AutolockFailure.MISSING)
        failure, message = AutolockFailure.STILL_UNLOCKED, None
        try:
            async with asyncio.timeout(self._timeout):
                await self._hass.services.async_call(
                    LOCK_DOMAIN,
                    SERVICE_LOCK,
                    {ATTR_ENTITY_ID: entity_id},
                    blocking=True,
                )
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            # cancelled by the lock's integration, for example while it reloads
            failure = AutolockFailure.COMMAND_FAILED
        except Exception as err:  # noqa: BLE001 - any fault of a lock is a failure
            _LOGGER.debug(
                "The lock command of %s failed with %s", entity_id, type(err).__name__
            )
            message = self._message_of(err)
            failure = AutolockFailure.COMMAND_FAILED
            if _is_code_refused(err) or async_needs_code(self._hass, self._lock):
                failure = AutolockFailure.CODE_NEEDED
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._confirm):
                    await self._result_reported.wait()
                    if self._reports.failure is None:
                        return None
                    failure = self._reports.failure
        # an unchanged state fires no event, so read it
        position = self._position
        if position is Position.LOCKED:
            jammed = CommandFailure(AutolockFailure.JAMMED)
            return jammed if self._reports.jam_reported else None
        return CommandFailure(_FAILURES.get(position, failure), message)

    def _message_of(self, err: Exception) -> ErrorMessage | None:
        """Return the message that Home Assistant shows for an exception.

        None where it has no translated one: the text of a library may quote a code. A
        placeholder that holds the default code of the lock is hidden.
        """
        if not isinstance(err, HomeAssistantError):
            return None
        domain, key = err.translation_domain, err.translation_key
        if not domain or not key:
            return None
        code = async_default_code(self._hass, self._lock)
        given = err.translation_placeholders or {}
        return ErrorMessage(
            domain,
            key,
            {
                str(name): _HIDDEN
                if code is not None and code in str(value)
                else str(value)
                for name, value in given.items()
            },
        )

    @property
    def _position(self) -> Position:
        entity_id = async_entity_id_of(self._hass, self._lock)
        return position_of(
            None if entity_id is None else self._hass.states.get(entity_id)
        )
