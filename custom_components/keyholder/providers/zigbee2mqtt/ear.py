"""Subscriptions to topics, each made once however many listen to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..base import LockUnreachableError, Unsubscribe
from .answers import PublishedState
from .library import (
    MqttMessage,
    is_connected,
    on_confirmed,
    on_connection,
    subscribe,
)

CONFIRM_SECONDS: Final = 15.0
"""How long a subscription may take. One whose confirmation was lost costs 10 seconds."""

type OnHeard = Callable[[MqttMessage], None]


class TopicSubscriptions:
    """Hears topics for one lock."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen to nothing yet."""
        self._hass = hass
        self._topics: dict[str, _Topic] = {}

    @callback
    def subscribe(self, topic: str, on_heard: OnHeard) -> Unsubscribe:
        """Call back for what is published to a topic, until the returned call."""
        known = self._topics.get(topic)
        if known is None:
            known = self._topics[topic] = _Topic(self._hass, topic)
        known.listeners.append(on_heard)

        @callback
        def stop() -> None:
            if on_heard in known.listeners:
                known.listeners.remove(on_heard)
            if not known.listeners and self._topics.get(topic) is known:
                del self._topics[topic]
                known.stop()

        return stop

    def previous(self, topic: str) -> PublishedState | None:
        """Return what a topic said before the message that listeners are called for.

        None where something may have been said that was not heard.
        """
        return self._topics[topic].before

    @asynccontextmanager
    async def subscribed(self, topic: str) -> AsyncIterator[None]:
        """Hold a subscription that is in force; LockUnreachable if it does not get so."""
        stop = self.subscribe(topic, lambda _: None)
        try:
            await self.wait_subscribed(topic)
            yield
        finally:
            stop()

    async def wait_subscribed(self, topic: str) -> None:
        """Return when the broker has taken the subscription of a topic that is heard.

        Raises LockUnreachable if it does not.
        """
        await self._topics[topic].confirmed()


class _Topic:
    """One subscription. Making it may take a moment, and it may be ended before.

    Whether it is in force is watched from its beginning: after a lost connection the
    integration sends its subscriptions one by one, and for a while it takes one that it
    has not sent yet for one that is in force.
    """

    def __init__(self, hass: HomeAssistant, topic: str) -> None:
        """Subscribe."""
        self.listeners: list[OnHeard] = []
        self.before: PublishedState | None = None
        self._hass = hass
        self._topic = topic
        self._in_force = asyncio.Event()
        self._is_stopped = False
        self._unsubscribes: list[Unsubscribe] = []
        self._failure: LockUnreachableError | None = None
        self._task = hass.async_create_background_task(
            self._begin(), f"keyholder hears {topic}"
        )

    async def confirmed(self) -> None:
        """Return when it is in force; LockUnreachable if it does not get so."""
        await asyncio.shield(self._task)
        if self._failure is not None:
            raise self._failure
        if not is_connected(self._hass):
            raise LockUnreachableError("the MQTT broker is not connected")
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._in_force.wait()
        except TimeoutError:
            raise LockUnreachableError(
                "the MQTT broker confirms no subscription"
            ) from None

    @callback
    def stop(self) -> None:
        """End it."""
        self._is_stopped = True
        while self._unsubscribes:
            self._unsubscribes.pop()()

    async def _begin(self) -> None:
        try:
            heard = await subscribe(self._hass, self._topic, self._on_heard)
            self._unsubscribes = [
                heard,
                on_confirmed(self._hass, self._topic, self._in_force.set),
                on_connection(self._hass, self._on_connection),
            ]
        except LockUnreachableError as err:
            self._failure = err
        if self._is_stopped:
            self.stop()

    @callback
    def _on_connection(self, connected: bool) -> None:
        if not connected:
            self._in_force.clear()
            self.before = None

    @callback
    def _on_heard(self, heard: MqttMessage) -> None:
        for listener in list(self.listeners):
            listener(heard)
        if isinstance(heard.payload, Mapping):
            self.before = PublishedState.from_payload(heard.payload)
