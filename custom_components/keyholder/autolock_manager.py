"""Autolock manager of a site: one controller per lock, fed with states and events."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
import logging
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_OFF, STATE_ON
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers.sun import is_up
from homeassistant.util import dt as dt_util

from .autolock.controller import AutolockController
from .autolock.entity_state import EntityStateTracker, async_log_name
from .autolock.lock_command import position_of
from .autolock.store import TimerStore
from .autolock_notifications import AutolockNotifications, async_failure_text
from .logic.autolock import is_within
from .model.access import AccessEvent, AccessType
from .model.autolock import AutolockConfig, AutolockNotice, AutolockNoticeType, Door
from .model.credential import LockId
from .model.lock_events import Action, Jammed, LockOperated, Method
from .runtime.site.autolock_serialization import autolock_from_entry
from .runtime.site.site import Site
from .runtime.site.subentries import locks_from_entry
from .runtime.storage.autolock_timers import AutolockTimerFile
from .runtime.storage.durable_store import StorageError

_LOGGER: Final = logging.getLogger(__name__)

_DOORS: Final = {STATE_OFF: Door.CLOSED, STATE_ON: Door.OPEN}

_EVENTS: Final = {
    AutolockNoticeType.AUTOLOCKED: AccessType.AUTOLOCKED,
    AutolockNoticeType.FAILED: AccessType.AUTOLOCK_FAILED,
    AutolockNoticeType.GAVE_UP: AccessType.AUTOLOCK_FAILED,
}


class _ManagedDoor:
    """Connects one lock's controller to the states of the lock and the door sensor."""

    def __init__(
        self, hass: HomeAssistant, lock: LockId, controller: AutolockController
    ) -> None:
        self._hass = hass
        self.controller = controller
        self.config: AutolockConfig | None = None
        self._is_reachable = False
        self._lock_tracker = EntityStateTracker(hass, lock, self._on_lock)
        self._door_tracker: EntityStateTracker | None = None

    async def async_start(self, config: AutolockConfig) -> None:
        self.config = config
        await self.controller.async_start(config)
        self._track_door(config.door)
        self._lock_tracker.async_start()

    @callback
    def async_apply(self, config: AutolockConfig) -> None:
        before, self.config = self.config, config
        if before == config:
            return
        if before is None or before.door != config.door:
            self._track_door(config.door)
        self.controller.async_on_config(config)

    @callback
    def async_on_reachable(self, reachable: bool) -> None:
        before, self._is_reachable = self._is_reachable, reachable
        if reachable and not before:
            self.controller.async_on_available()

    async def async_close(self) -> None:
        self._lock_tracker.async_close()
        self._untrack_door()
        await self.controller.async_close()

    def _track_door(self, sensor: str | None) -> None:
        self._untrack_door()
        if sensor is None:
            self.controller.async_on_door(Door.NO_SENSOR)
            return
        self._door_tracker = EntityStateTracker(self._hass, sensor, self._on_door)
        self._door_tracker.async_start()

    def _untrack_door(self) -> None:
        if self._door_tracker is not None:
            self._door_tracker.async_close()
            self._door_tracker = None

    @callback
    def _on_lock(self, state: State | None) -> None:
        self.controller.async_on_position(position_of(state))

    @callback
    def _on_door(self, state: State | None) -> None:
        door = Door.UNKNOWN if state is None else _DOORS.get(state.state, Door.UNKNOWN)
        self.controller.async_on_door(door)


class AutolockManager:
    """Creates, updates and closes the controllers of a site's lock subentries.

    A lock that fails does not affect the others.
    """

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Initialize; `async_start` sets up the controllers."""
        self._hass = hass
        self._site = site
        self._entry = entry = site.entry
        self._store = TimerStore(AutolockTimerFile(hass, entry.entry_id))
        self._syncing = asyncio.Lock()
        self._stopped = False
        self._doors: dict[LockId, _ManagedDoor] = {}
        self._notices: dict[LockId, AutolockNotifications] = {}
        self._listeners: defaultdict[LockId, list[Callable[[], None]]] = defaultdict(
            list
        )

    @staticmethod
    async def async_remove(hass: HomeAssistant, entry_id: str) -> None:
        """Delete the stored timers of a site."""
        await AutolockTimerFile(hass, entry_id).async_remove()

    def controller(self, lock: LockId) -> AutolockController | None:
        """Return the controller of a lock, None if there is none."""
        door = self._doors.get(lock)
        return None if door is None else door.controller

    def config(self, lock: LockId) -> AutolockConfig:
        """Return the autolock configuration of a lock, the default if it has none."""
        return autolock_from_entry(self._entry).get(lock, AutolockConfig())

    @callback
    def async_listen(
        self, lock: LockId, listener: Callable[[], None]
    ) -> Callable[[], None]:
        """Call back when the configuration or timer of a lock changes; return unsubscribe."""
        self._listeners[lock].append(listener)

        @callback
        def stop() -> None:
            with suppress(ValueError):
                self._listeners[lock].remove(listener)

        return stop

    async def async_start(self) -> None:
        """Restore the stored timers and subscribe to access events and lock updates."""
        site = self._site
        with suppress(StorageError):
            await self._store.async_prune(locks_from_entry(self._entry).keys())
        await self.async_sync()
        self._entry.async_on_unload(site.access_log.async_listen(self._on_access))
        self._entry.async_on_unload(site.async_add_lock_listener(self._on_lock_updated))
        self._entry.async_on_unload(
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._on_stop)
        )

    async def async_stop(self) -> None:
        """Close all controllers; if the entry was disabled, delete their timers too."""
        self._stopped = True
        delete_timer = self._entry.disabled_by is not None
        async with self._syncing:
            for lock in list(self._doors):
                await self._async_remove_door(lock, delete_timer=delete_timer)

    async def async_sync(self) -> None:
        """Apply the lock subentries: added and removed locks, changed configurations."""
        async with self._syncing:
            if not self._stopped:
                await self._async_apply()

    async def _async_apply(self) -> None:
        wanted = autolock_from_entry(self._entry)
        for lock in [lock for lock in self._doors if lock not in wanted]:
            await self._async_remove_door(lock, delete_timer=True)
        for lock, config in wanted.items():
            try:
                if (door := self._doors.get(lock)) is None:
                    await self._async_add_door(lock, config)
                else:
                    door.async_apply(config)
            except Exception:
                _LOGGER.exception("Setting up autolock of %s failed", self._name(lock))
            self._changed(lock)

    async def _async_add_door(self, lock: LockId, config: AutolockConfig) -> None:
        self._notices[lock] = AutolockNotifications(self._hass, self._entry, lock)
        door = self._doors[lock] = _ManagedDoor(
            self._hass,
            lock,
            AutolockController(
                self._hass,
                lock,
                store=self._store,
                is_night=self._is_night,
                on_notice=partial(self._publish, lock),
                on_change=partial(self._changed, lock),
            ),
        )
        await door.async_start(config)

    async def _async_remove_door(self, lock: LockId, *, delete_timer: bool) -> None:
        door = self._doors.pop(lock)
        if delete_timer:
            await door.controller.async_cancel_timer()
        await door.async_close()
        notices = self._notices.pop(lock)
        if delete_timer:
            notices.async_dismiss()

    def _is_night(self, config: AutolockConfig) -> bool:
        if config.night_hours is None:
            return not is_up(self._hass)
        return is_within(config.night_hours, dt_util.now().time())

    async def _on_stop(self, _event: Event) -> None:
        await self.async_stop()

    @callback
    def _on_lock_updated(self, lock: LockId) -> None:
        coordinator = self._site.locks.get(lock)
        door = self._doors.get(lock)
        if door is not None and coordinator is not None:
            door.async_on_reachable(coordinator.data.reachable)

    @callback
    def _on_access(self, event: AccessEvent) -> None:
        if event.is_historic or (controller := self.controller(event.lock)) is None:
            return
        if event.type is AccessType.JAMMED:
            controller.async_on_jammed(Jammed(event.at))
        elif event.type is AccessType.UNLOCKED:
            method = event.method or Method.UNKNOWN
            operated = LockOperated(Action.UNLOCK, method, event.slot, event.at)
            controller.async_on_operated(operated, event.person)

    @callback
    def _publish(self, lock: LockId, notice: AutolockNotice) -> None:
        if (kind := _EVENTS.get(notice.notice)) is not None:
            log = self._site.access_log
            message = async_failure_text(self._hass, lock, notice)
            log.async_record(
                AccessEvent(lock=lock, type=kind, at=dt_util.utcnow(), message=message)
            )
        self._notices[lock].async_publish(notice)

    @callback
    def _changed(self, lock: LockId) -> None:
        for listener in list(self._listeners[lock]):
            try:
                listener()
            except Exception:
                _LOGGER.exception(
                    "Listener failed on an autolock change of %s", self._name(lock)
                )

    def _name(self, lock: LockId) -> str:
        settings = locks_from_entry(self._entry).get(lock)
        return async_log_name(self._hass, lock) if settings is None else settings.name
