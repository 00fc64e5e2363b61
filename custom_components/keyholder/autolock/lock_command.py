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

from ..model.autolock import UNAVAILABLE_FAILURES, AutolockFailure, Position
from ..model.autolock_record import CommandReports
from ..model.credential import LockId
from .entity_state import async_entity_id_of
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

_FAILURES: Final = {Position.JAMMED: AutolockFailure.JAMMED, **UNAVAILABLE_FAILURES}


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

    async def async_run(self) -> AutolockFailure | None:
        """Send the command; return the failure, None once the lock reports locked."""
        entity_id = async_entity_id_of(self._hass, self._lock)
        if entity_id is None:
            return AutolockFailure.MISSING
        failure = AutolockFailure.STILL_UNLOCKED
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
            failure = AutolockFailure.COMMAND_FAILED
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
            return AutolockFailure.JAMMED if self._reports.jam_reported else None
        return _FAILURES.get(position, failure)

    @property
    def _position(self) -> Position:
        entity_id = async_entity_id_of(self._hass, self._lock)
        return position_of(
            None if entity_id is None else self._hass.states.get(entity_id)
        )
