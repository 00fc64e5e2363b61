"""Shared MQTT subscriptions: one per topic, for any number of listeners."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..base import LockUnreachableError, Unsubscribe
from .client import (
    async_on_confirmed,
    async_on_connection,
    async_subscribe,
    is_connected,
)
from .decoder import PublishedState
from .messages import MalformedMessageError, RawPayload, decode_json, decode_state

CONFIRM_SECONDS: Final = 15.0
"""Seconds that a subscription may take. A lost confirmation costs 10 of them."""


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """A decoded message. `retained`: it was published at some earlier time."""

    payload: object
    retained: bool


type OnMessage = Callable[[MqttMessage], None]
type OnDropped = Callable[[str, MalformedMessageError], None]
type Decode = Callable[[RawPayload], object]


class TopicSubscriptions:
    """The topics that are subscribed to for one lock."""

    def __init__(
        self, hass: HomeAssistant, on_dropped: OnDropped = lambda _topic, _why: None
    ) -> None:
        """Begin without subscriptions; `on_dropped` is called for malformed messages."""
        self._hass = hass
        self._on_dropped = on_dropped
        self._topics: dict[str, _Topic] = {}

    @callback
    def async_subscribe(self, topic: str, on_message: OnMessage) -> Unsubscribe:
        """Call back for messages of the bridge, until the returned function is called."""
        return self._async_subscribe(topic, on_message, decode_json)

    @callback
    def async_subscribe_state(self, topic: str, on_message: OnMessage) -> Unsubscribe:
        """Call back for the states of a lock, until the returned function is called."""
        return self._async_subscribe(topic, on_message, decode_state)

    @callback
    def _async_subscribe(
        self, topic: str, on_message: OnMessage, decode: Decode
    ) -> Unsubscribe:
        known = self._topics.get(topic)
        if known is None:
            known = _Topic(self._hass, topic, decode, self._on_dropped)
            self._topics[topic] = known
        known.listeners.append(on_message)

        @callback
        def stop() -> None:
            if on_message in known.listeners:
                known.listeners.remove(on_message)
            if not known.listeners and self._topics.get(topic) is known:
                del self._topics[topic]
                known.stop()

        return stop

    def previous(self, topic: str) -> PublishedState | None:
        """Return the state of the message before the one that listeners are called for.

        None where messages may have been missed.
        """
        return self._topics[topic].before

    @asynccontextmanager
    async def async_subscribed(self, topic: str) -> AsyncIterator[None]:
        """Hold a confirmed subscription to the states of a lock.

        Raises LockUnreachableError if it is not confirmed.
        """
        stop = self.async_subscribe_state(topic, lambda _: None)
        try:
            await self.async_wait_subscribed(topic)
            yield
        finally:
            stop()

    async def async_wait_subscribed(self, topic: str) -> None:
        """Wait until the broker has confirmed the subscription of a topic with listeners.

        Raises LockUnreachableError if it does not.
        """
        await self._topics[topic].confirmed()


class _Topic:
    """One subscription. To make it may take a moment, and it may be stopped before.

    Its confirmation is tracked from the beginning: after a lost connection the
    integration sends its subscriptions one by one, and for a while it reports one as
    confirmed that it has not sent yet.
    """

    def __init__(
        self, hass: HomeAssistant, topic: str, decode: Decode, on_dropped: OnDropped
    ) -> None:
        """Subscribe in a background task."""
        self.listeners: list[OnMessage] = []
        self.before: PublishedState | None = None
        self._hass = hass
        self._topic = topic
        self._decode = decode
        self._on_dropped = on_dropped
        self._confirmation = asyncio.Event()
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []
        self._failure: LockUnreachableError | None = None
        self._task = hass.async_create_background_task(
            self._subscribe(), f"keyholder subscribes to {topic}"
        )

    async def confirmed(self) -> None:
        """Wait until the subscription is confirmed; LockUnreachableError if it is not."""
        await asyncio.shield(self._task)
        if self._failure is not None:
            raise self._failure
        if not is_connected(self._hass):
            raise LockUnreachableError("the MQTT broker is not connected")
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._confirmation.wait()
        except TimeoutError:
            raise LockUnreachableError(
                "the MQTT broker confirms no subscription"
            ) from None

    @callback
    def stop(self) -> None:
        """End the subscription."""
        self._is_stopped = True
        while self._unsubscribes:
            self._unsubscribes.pop()()

    async def _subscribe(self) -> None:
        try:
            unsubscribe = await async_subscribe(
                self._hass, self._topic, self._on_message
            )
            self._unsubscribes = [
                unsubscribe,
                async_on_confirmed(self._hass, self._topic, self._confirmation.set),
                async_on_connection(self._hass, self._on_connection),
            ]
        except LockUnreachableError as err:
            self._failure = err
        if self._is_stopped:
            self.stop()

    @callback
    def _on_connection(self, connected: bool) -> None:
        if not connected:
            self._confirmation.clear()
            self.before = None

    @callback
    def _on_message(self, raw: RawPayload, retained: bool) -> None:
        try:
            payload = self._decode(raw)
        except MalformedMessageError as err:
            self._on_dropped(self._topic, err)
            return
        for listener in list(self.listeners):
            listener(MqttMessage(payload, retained))
        if self._decode is decode_state and isinstance(payload, Mapping):
            self.before = PublishedState.from_payload(payload)
