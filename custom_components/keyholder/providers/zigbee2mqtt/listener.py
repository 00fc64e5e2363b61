"""One subscription to a lock, over reloads, lost connections and new names."""

from collections.abc import Callable, Mapping
import logging
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ...model.lock_events import Connected, Disconnected, LockEvent
from ..base import ProviderError, Unsubscribe
from .actions import Bolt, Repeats, decode
from .ear import Ear
from .library import Heard, on_rediscovered
from .link import LockLink, Way
from .lock_state import LockState

_LOGGER: Final = logging.getLogger(__name__)


class Listener:
    """Follows a lock from `start()` until `stop()`."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: LockLink,
        ear: Ear,
        slots: Callable[[], range | None],
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Prepare; `slots` returns the managed ones, where they are known."""
        self._hass = hass
        self._link = link
        self._ear = ear
        self._slots = slots
        self._on_event = on_event
        self._repeats = Repeats()
        self._bolt = Bolt()
        self._state = LockState(hass, link, ear)
        self._entity_id: str | None = None
        self._way: Way | None = None
        self._is_open = False
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []
        self._entity_unsubscribe: Unsubscribe = lambda: None
        self._way_unsubscribes: list[Unsubscribe] = []

    def start(self) -> None:
        """Listen, and tell at once if the lock is there."""
        self._unsubscribes += [
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry_changed
            ),
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry_changed
            ),
        ]
        self._follow()

    @callback
    def stop(self) -> None:
        """Stop listening. May be called again."""
        self._is_stopped = True
        self._state.stop()
        self._detach()
        self._entity_unsubscribe()
        self._entity_unsubscribe = lambda: None
        while self._unsubscribes:
            self._unsubscribes.pop()()

    @callback
    def _on_entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry) -> None:
        if self._link.owns(entry):
            self._follow()

    @callback
    def _on_registry_changed(self, _: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if self._link.entity_id != self._entity_id:
            self._follow()

    @callback
    def _on_hint(self, _: object = None) -> None:
        self._follow()

    def _follow(self) -> None:
        """Hold on to the topics as they are now, and tell if the way opened or closed."""
        if self._is_stopped:
            return
        self._watch_entity()
        way = self._find()
        if way != self._way:
            self._close()
            self._detach()
            if way is not None:
                self._attach(way)
        if not self._link.is_open():
            self._close()
        elif not self._is_open:
            self._is_open = True
            # What a lock tells is lost to who is not there just then
            self._emit(Connected(missed=True))
            self._state.look()

    def _find(self) -> Way | None:
        try:
            return self._link.way()
        except ProviderError:
            return None

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._state.stop()
            self._emit(Disconnected())

    def _watch_entity(self) -> None:
        entity_id = self._link.entity_id
        if entity_id == self._entity_id:
            return
        self._entity_unsubscribe()
        self._entity_unsubscribe = lambda: None
        self._entity_id = entity_id
        if entity_id is not None:
            self._entity_unsubscribe = async_track_state_change_event(
                self._hass, entity_id, self._on_hint
            )

    def _attach(self, way: Way) -> None:
        self._way = way
        options = f"{way.bridge}/response/device/options"
        self._way_unsubscribes = [
            self._ear.hear(way.state, self._on_state),
            self._ear.hear(options, self._on_options),
        ]
        if self._entity_id is not None:
            self._way_unsubscribes.append(
                on_rediscovered(self._hass, self._entity_id, self._on_hint)
            )

    def _detach(self) -> None:
        self._way = None
        while self._way_unsubscribes:
            self._way_unsubscribes.pop()()

    @callback
    def _on_state(self, heard: Heard) -> None:
        payload = heard.payload
        if self._is_stopped or heard.retained or not isinstance(payload, Mapping):
            return
        now = dt_util.utcnow()
        if payload.get("action") is not None and not self._repeats.is_one(payload):
            told = decode(payload, self._slots(), now)
            if told is not None:
                self._emit(told)
        if (jammed := self._bolt.jammed(payload, now)) is not None:
            self._emit(jammed)

    @callback
    def _on_options(self, heard: Heard) -> None:
        """Somebody changed how Zigbee2MQTT treats a lock: ask anew what it can do."""
        payload, way = heard.payload, self._way
        data = payload.get("data") if isinstance(payload, Mapping) else None
        changed = data.get("id") if isinstance(data, Mapping) else None
        if way is not None and changed in (way.name, way.address) and self._is_open:
            self._emit(Connected())

    def _emit(self, event: LockEvent) -> None:
        """Pass it on; a listener that fails is its own problem."""
        if self._is_stopped:
            return
        _LOGGER.debug("Lock %s: %s", self._link, type(event).__name__)
        try:
            self._on_event(event)
        except Exception as err:  # noqa: BLE001 - one callback never stops another
            # No text of it and no traceback: what failed may have held a code
            _LOGGER.error(
                "Lock %s: a listener failed with %s", self._link, type(err).__name__
            )
