"""One subscription to a lock, over reloads, lost connections and new names."""

from collections.abc import Callable, Mapping
from typing import override

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ...model.lock_events import Connected, LockEvent
from ..base import ProviderError, Unsubscribe
from ..lock_listener import LockSubscription
from ..lock_state import BoltStateReader
from .actions import ActionDeduplicator, JamDetector, decode
from .ear import TopicSubscriptions
from .library import MqttMessage, on_rediscovered, publish
from .link import LockTopics, Zigbee2MqttLockReference


class Listener(LockSubscription[Zigbee2MqttLockReference]):
    """Holds on to the topics of a lock, and to its entity's name."""

    def __init__(
        self,
        hass: HomeAssistant,
        link: Zigbee2MqttLockReference,
        ear: TopicSubscriptions,
        slots: Callable[[], range | None],
        on_event: Callable[[LockEvent], None],
    ) -> None:
        """Prepare; `slots` returns the managed ones, where they are known."""
        super().__init__(
            hass, link, on_event, BoltStateReader(hass, link, self._read_state)
        )
        self._ear = ear
        self._slots = slots
        self._repeats = ActionDeduplicator()
        self._bolt = JamDetector()
        self._entity_id: str | None = None
        self._way: LockTopics | None = None
        self._entity_unsubscribe: Unsubscribe = lambda: None
        self._way_unsubscribes: list[Unsubscribe] = []

    @override
    def _listen(self) -> list[Unsubscribe]:
        return [
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry_changed
            ),
            self._leave_entity,
        ]

    @callback
    def _on_registry_changed(self, _: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if self._link.entity_id != self._entity_id:
            self.refresh()

    @override
    def _refresh(self) -> None:
        self._watch_entity()
        way = self._find()
        if way != self._way:
            self._set_disconnected()
            self._detach()
            if way is not None:
                self._attach(way)
        if self._link.is_open():
            # What a lock tells is lost to who is not there just then
            self._set_connected(missed=True)
        else:
            self._set_disconnected()

    def _find(self) -> LockTopics | None:
        try:
            return self._link.resolve()
        except ProviderError:
            return None

    async def _read_state(self) -> None:
        """Have it read; the lock's entity hears the answer."""
        way = self._link.resolve()
        async with self._ear.subscribed(way.state):
            await publish(self._hass, way.get, {"state": ""})

    def _watch_entity(self) -> None:
        entity_id = self._link.entity_id
        if entity_id == self._entity_id:
            return
        self._leave_entity()
        self._entity_id = entity_id
        if entity_id is not None:
            self._entity_unsubscribe = async_track_state_change_event(
                self._hass, entity_id, self.refresh
            )

    @callback
    def _leave_entity(self) -> None:
        self._entity_unsubscribe()
        self._entity_unsubscribe = lambda: None

    def _attach(self, way: LockTopics) -> None:
        self._way = way
        options = f"{way.bridge}/response/device/options"
        self._way_unsubscribes = [
            self._ear.subscribe(way.state, self._on_state),
            self._ear.subscribe(options, self._on_options),
        ]
        if self._entity_id is not None:
            self._way_unsubscribes.append(
                on_rediscovered(self._hass, self._entity_id, self.refresh)
            )

    @override
    def _detach(self) -> None:
        self._way = None
        while self._way_unsubscribes:
            self._way_unsubscribes.pop()()

    @callback
    def _on_state(self, heard: MqttMessage) -> None:
        payload = heard.payload
        if self._is_stopped or heard.retained or not isinstance(payload, Mapping):
            return
        now = dt_util.utcnow()
        if payload.get("action") is not None and not self._repeats.is_repeat(payload):
            told = decode(payload, self._slots(), now)
            if told is not None:
                self.emit(told)
        if (jammed := self._bolt.jammed(payload, now)) is not None:
            self.emit(jammed)

    @callback
    def _on_options(self, heard: MqttMessage) -> None:
        """Somebody changed how Zigbee2MQTT treats a lock: ask anew what it can do."""
        payload, way = heard.payload, self._way
        data = payload.get("data") if isinstance(payload, Mapping) else None
        changed = data.get("id") if isinstance(data, Mapping) else None
        if way is not None and changed in (way.name, way.address) and self._is_open:
            self.emit(Connected())
