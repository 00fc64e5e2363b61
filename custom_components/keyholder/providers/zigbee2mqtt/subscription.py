"""Subscription to a lock of Zigbee2MQTT, over reloads, lost connections and new names."""

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Final, override

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ...model.lock_events import Connected, Jammed, LockEvent, LockOperated
from ..base import ProviderError, Unsubscribe
from ..bolt_state import BoltStateReader
from ..subscription import LockSubscription
from .client import async_on_rediscovered, async_publish
from .decoder import PublishedState, decode_action
from .reference import Zigbee2MqttLockReference
from .shown_operations import ShownOperations
from .target import LockTopics
from .topics import MqttMessage, TopicSubscriptions

DUPLICATE_SECONDS: Final = 2.0
"""Within this time the same action is the same event: Zigbee2MQTT drops no
duplicates."""
_JAMMED: Final = "not_fully_locked"


class Zigbee2MqttLockSubscription(LockSubscription[Zigbee2MqttLockReference]):
    """Subscribes to the topics of a lock and to the state of its entity."""

    def __init__(
        self,
        hass: HomeAssistant,
        reference: Zigbee2MqttLockReference,
        on_event: Callable[[LockEvent], None],
        *,
        slots: Callable[[], range | None],
        subscriptions: TopicSubscriptions,
    ) -> None:
        """Initialize; `slots` returns the managed slots, None while they are not known."""
        super().__init__(
            hass,
            reference,
            on_event,
            BoltStateReader(hass, reference, self._read_state),
        )
        self._subscriptions = subscriptions
        self._slots = slots
        self._deduplicator = ActionDeduplicator()
        self._jam_detector = JamDetector()
        self._shown_operations = ShownOperations()
        self._entity_id: str | None = None
        self._topics: LockTopics | None = None
        self._entity_unsubscribe: Unsubscribe = lambda: None
        self._topic_unsubscribes: list[Unsubscribe] = []

    @override
    def _listen(self) -> list[Unsubscribe]:
        return [
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._on_registry_changed
            ),
            self._unwatch_entity,
        ]

    @callback
    def _on_registry_changed(self, _: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if self._reference.entity_id != self._entity_id:
            self.async_refresh()

    @override
    def _refresh(self) -> None:
        self._watch_entity()
        topics = self._resolve()
        if topics != self._topics:
            self._set_disconnected()
            self._detach()
            if topics is not None:
                self._attach(topics)
        if self._reference.is_reachable():
            # Reports are lost while we are not connected
            self._set_connected(missed=True)
        else:
            self._set_disconnected()

    def _resolve(self) -> LockTopics | None:
        try:
            return self._reference.resolve()
        except ProviderError:
            return None

    async def _read_state(self) -> None:
        """Request the state; the lock's entity receives the answer."""
        topics = self._reference.resolve()
        async with self._subscriptions.async_subscribed(topics.state):
            await async_publish(self._hass, topics.get, {"state": ""})

    def _watch_entity(self) -> None:
        entity_id = self._reference.entity_id
        if entity_id == self._entity_id:
            return
        self._unwatch_entity()
        self._entity_id = entity_id
        if entity_id is not None:
            self._entity_unsubscribe = async_track_state_change_event(
                self._hass, entity_id, self.async_refresh
            )

    @callback
    def _unwatch_entity(self) -> None:
        self._entity_unsubscribe()
        self._entity_unsubscribe = lambda: None

    def _attach(self, topics: LockTopics) -> None:
        self._topics = topics
        options = f"{topics.bridge}/response/device/options"
        self._topic_unsubscribes = [
            self._subscriptions.async_subscribe_state(topics.state, self._on_state),
            self._subscriptions.async_subscribe(options, self._on_options),
        ]
        if self._entity_id is not None:
            self._topic_unsubscribes.append(
                async_on_rediscovered(self._hass, self._entity_id, self.async_refresh)
            )

    @override
    def _detach(self) -> None:
        self._topics = None
        while self._topic_unsubscribes:
            self._topic_unsubscribes.pop()()

    @callback
    def _on_state(self, message: MqttMessage) -> None:
        payload = message.payload
        if self._is_stopped or message.retained or not isinstance(payload, Mapping):
            return
        now = dt_util.utcnow()
        if payload.get("action") is not None and not self._deduplicator.is_duplicate(
            payload
        ):
            event = decode_action(payload, self._slots(), now)
            if event is not None and self._is_new(event):
                self.emit(event)
        shown = self._shown_operations.decode(
            payload, self._previous(), self._slots(), now, monotonic()
        )
        for operation in shown:
            self.emit(operation)
        if (jammed := self._jam_detector.jammed(payload, now)) is not None:
            self.emit(jammed)

    def _previous(self) -> PublishedState | None:
        """Return the state of the payload before this one, None if some may be missed."""
        topics = self._topics
        return None if topics is None else self._subscriptions.previous(topics.state)

    def _is_new(self, event: LockEvent) -> bool:
        """Return whether an action is no operation that was shown in another way."""
        return not isinstance(
            event, LockOperated
        ) or self._shown_operations.is_new_event(event, monotonic())

    @callback
    def _on_options(self, message: MqttMessage) -> None:
        """Emit `Connected` after a change of the lock's options: they decide what it supports."""
        payload, topics = message.payload, self._topics
        data = payload.get("data") if isinstance(payload, Mapping) else None
        changed = data.get("id") if isinstance(data, Mapping) else None
        if (
            topics is not None
            and changed in (topics.name, topics.address)
            and self._is_connected
        ):
            self.emit(Connected())


class ActionDeduplicator:
    """Detects an action that repeats the one before. Any other action in between ends it."""

    def __init__(self) -> None:
        """Begin without received actions."""
        self._last: tuple[object, ...] | None = None
        self._at = 0.0

    def is_duplicate(self, payload: Mapping[str, object]) -> bool:
        """Return whether this action was just received, and record it."""
        names = ("action", "action_user", "action_source")
        action, now = tuple(payload.get(name) for name in names), monotonic()
        if action == self._last and now - self._at < DUPLICATE_SECONDS:
            return True
        self._last, self._at = action, now
        return False


class JamDetector:
    """Detects that the bolt gets stuck: its state is repeated in every payload."""

    def __init__(self) -> None:
        """Begin with an unknown state."""
        self._state: str | None = None

    def jammed(self, payload: Mapping[str, object], at: datetime) -> Jammed | None:
        """Return the event if the bolt has just got stuck."""
        before, state = self._state, payload.get("lock_state")
        if not isinstance(state, str):
            return None
        self._state = state
        stuck = state == _JAMMED and before is not None and before != _JAMMED
        return Jammed(at) if stuck else None
