"""Locks one door, and waits until the lock shows it."""

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
from homeassistant.helpers import entity_registry as er

from ..model.autolock import AutolockFailure, Position
from ..model.credential import LockId
from .scheduler import is_being_cancelled

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
"""How long a lock may take to come back from a command."""
CONFIRM_TIMEOUT: Final = timedelta(seconds=30)
"""How long it may take to show the effect after that."""

UNAVAILABLE_FAILURES: Final = {
    Position.UNAVAILABLE: AutolockFailure.UNAVAILABLE,
    Position.MISSING: AutolockFailure.MISSING,
}
_FAILURES: Final = {Position.JAMMED: AutolockFailure.JAMMED, **UNAVAILABLE_FAILURES}


def position_of(state: State | None) -> Position:
    """Return what a lock entity's state says of its bolt."""
    if state is None:
        return Position.MISSING
    return _POSITIONS.get(state.state, Position.UNAVAILABLE)


class LockCommand:
    """One command to one lock. What the lock shows meanwhile is given to `heard`."""

    def __init__(
        self, hass: HomeAssistant, lock: LockId, patience: timedelta, confirm: timedelta
    ) -> None:
        """Allow `patience` for the command, and `confirm` for its effect after it."""
        self._hass = hass
        self._lock = lock
        self._patience = patience.total_seconds()
        self._confirm = confirm.total_seconds()
        self._shown = asyncio.Event()
        self._failure: AutolockFailure | None = None
        self.jam_reported = False
        """The lock has said so itself; what is shown as locked after that is a guess."""

    @callback
    def on_position(self, position: Position) -> None:
        """Take in what the lock's entity shows.

        A lock that shows that it is locked may show something else before the command
        comes back. One that goes away takes back nothing.
        """
        match position:
            case Position.LOCKED:
                self._failure = AutolockFailure.JAMMED if self.jam_reported else None
            case Position.JAMMED:
                self._failure = AutolockFailure.JAMMED
            case Position.UNLOCKED if self._shown.is_set():
                self._failure = self._failure or AutolockFailure.STILL_UNLOCKED
        if position in (Position.LOCKED, Position.JAMMED):
            self._shown.set()

    @callback
    def on_jam_reported(self) -> None:
        """The lock has said that its bolt could not move."""
        self.jam_reported = True
        self.on_position(Position.JAMMED)

    async def async_run(self) -> AutolockFailure | None:
        """Return why the lock is not locked, None once it has shown that it is."""
        entity_id = self._entity_id
        if entity_id is None:
            return AutolockFailure.MISSING
        failure = AutolockFailure.STILL_UNLOCKED
        try:
            async with asyncio.timeout(self._patience):
                await self._hass.services.async_call(
                    LOCK_DOMAIN,
                    SERVICE_LOCK,
                    {ATTR_ENTITY_ID: entity_id},
                    blocking=True,
                )
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            # the lock's integration is being reloaded
            failure = AutolockFailure.COMMAND_FAILED
        except Exception as err:  # noqa: BLE001 - any fault of a lock is a failure
            _LOGGER.debug("A lock command failed with %s", type(err).__name__)
            failure = AutolockFailure.COMMAND_FAILED
        else:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._confirm):
                    await self._shown.wait()
                    if self._failure is None:
                        return None
                    failure = self._failure
        # a lock that shows what it showed before reports no change
        position = self._position
        if position is Position.LOCKED:
            return AutolockFailure.JAMMED if self.jam_reported else None
        return _FAILURES.get(position, failure)

    @property
    def _entity_id(self) -> str | None:
        """Return what the lock's entity is called at this moment."""
        entity = er.async_get(self._hass).async_get(self._lock)
        return None if entity is None else entity.entity_id

    @property
    def _position(self) -> Position:
        entity_id = self._entity_id
        return position_of(
            None if entity_id is None else self._hass.states.get(entity_id)
        )
