"""Send requests to a lock and match the payloads that answer them.

Zigbee2MQTT answers a read by publishing the lock's state, as it does for every report
of the lock, and a payload does not say what it was published for. So a request is sent
only after the subscription is confirmed, and the next payload with the user is the
answer, unless it is known to be unrelated. Where users are excluded from the cache, no
other payload has them, but for one after that option was set. Otherwise a payload
without new values may come from the cache: it counts when a second request returns it
again.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ...model.provider_io import SlotReading
from ..base import LockUnreachableError
from ..stale_responses import StaleResponseFilter
from .client import async_on_connection, async_publish
from .decoder import (
    has_position,
    is_new_for_user,
    is_unrelated,
    read_user,
    user_in,
)
from .target import LockTopics
from .topics import MqttMessage, TopicSubscriptions

ANSWER_SECONDS: Final = 15.0
"""Seconds for an answer. Zigbee2MQTT itself waits 10, and does not publish a
failure."""
RETAINED_TIMEOUT: Final = 10.0
"""Seconds that the broker may take to send a retained message."""
LATE_RESPONSE_WINDOW: Final = 60.0
"""Seconds after its request in which an answer that timed out may still arrive."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was published after a request. `is_new`: it cannot come from the cache."""

    reading: SlotReading
    is_new: bool


class LockRequests:
    """The requests to one lock."""

    def __init__(self, hass: HomeAssistant, subscriptions: TopicSubscriptions) -> None:
        """Begin without outstanding answers."""
        self._hass = hass
        self._subscriptions = subscriptions
        self._late = StaleResponseFilter[int, _Answer | None](
            LATE_RESPONSE_WINDOW, lambda answer: answer is None
        )

    async def async_read(
        self, topics: LockTopics, slot: int, *, users_cached: bool
    ) -> SlotReading | None:
        """Read a user; None if there is no answer. 1 read.

        `users_cached`: an answer may come from the cache, and is then confirmed by 1
        more. An answer that was outstanding is dropped, as it says how the slot was: 1
        more.
        """
        request = partial(self._request, topics, slot, users_cached=users_cached)
        answer = await self._late.async_read(slot, request)
        if answer is not None and not answer.is_new:
            answer = await self._late.async_read(slot, request)
        return None if answer is None else answer.reading

    async def async_answers(self, topics: LockTopics, slots: Collection[int]) -> bool:
        """Return whether a read of one of these users is answered; 1 read each."""
        loop = self._hass.loop
        pending = {
            loop.create_task(self._request(topics, slot, users_cached=False))
            for slot in slots
        }
        try:
            while pending:
                done, pending = await asyncio.wait(
                    pending, return_when=asyncio.FIRST_COMPLETED
                )
                answers = await asyncio.gather(*done)
                if any(answer is not None for answer in answers):
                    return True
            return False
        finally:
            for request in pending:
                request.cancel()

    async def async_answers_state(self, topics: LockTopics) -> bool:
        """Return whether a read of the lock's position is answered; 1 read."""
        answered = asyncio.Event()

        @callback
        def on_message(message: MqttMessage) -> None:
            if not message.retained and has_position(message.payload):
                answered.set()

        stop = self._subscriptions.async_subscribe_state(topics.state, on_message)
        try:
            await self._subscriptions.async_wait_subscribed(topics.state)
            await async_publish(self._hass, topics.get, {"state": ""})
            async with asyncio.timeout(ANSWER_SECONDS):
                await answered.wait()
        except TimeoutError:
            return False
        finally:
            stop()
        return True

    async def async_send(
        self, topics: LockTopics, command: Mapping[str, object]
    ) -> None:
        """Publish a command. Subscribers receive what the lock reports of it."""
        async with self._subscriptions.async_subscribed(topics.state):
            await async_publish(self._hass, topics.set, command)

    async def async_read_retained(self, topic: str) -> object:
        """Return the retained payload of a topic; LockUnreachableError if there is none."""
        waiting: asyncio.Future[object] = self._hass.loop.create_future()

        @callback
        def on_message(message: MqttMessage) -> None:
            if not waiting.done():
                waiting.set_result(message.payload)

        stop = self._subscriptions.async_subscribe(topic, on_message)
        try:
            async with asyncio.timeout(RETAINED_TIMEOUT):
                return await waiting
        except TimeoutError:
            raise LockUnreachableError(
                "Zigbee2MQTT has published nothing about itself"
            ) from None
        finally:
            stop()

    async def _request(
        self, topics: LockTopics, slot: int, *, users_cached: bool
    ) -> _Answer | None:
        waiting: asyncio.Future[_Answer | None] = self._hass.loop.create_future()
        is_requested = False

        @callback
        def on_message(message: MqttMessage) -> None:
            if not is_requested or message.retained or waiting.done():
                return
            payload, before = (
                message.payload,
                self._subscriptions.previous(topics.state),
            )
            user = user_in(payload, slot)
            if user is not None and not is_unrelated(payload, before):
                is_new = is_new_for_user(
                    payload, slot, before, users_cached=users_cached
                )
                waiting.set_result(_Answer(read_user(user), is_new))

        @callback
        def on_connected(_: bool) -> None:
            if not waiting.done():
                waiting.set_result(None)

        stops = [self._subscriptions.async_subscribe_state(topics.state, on_message)]
        try:
            await self._subscriptions.async_wait_subscribed(topics.state)
            stops.append(async_on_connection(self._hass, on_connected))
            is_requested = True
            await async_publish(self._hass, topics.get, {"pin_code": {"user": slot}})
            async with asyncio.timeout(ANSWER_SECONDS):
                return await waiting
        except TimeoutError:
            return None
        finally:
            for stop in stops:
                stop()
