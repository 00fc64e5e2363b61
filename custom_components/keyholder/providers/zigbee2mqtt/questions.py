"""Questions to a lock, and which publications are the answers to them.

Zigbee2MQTT answers a question by publishing the lock's state, as it does for everything
that a lock says. Nothing in there tells what it was published for. So a question is asked
only when the subscription is known to be in force, and what mentions the user after that
is the answer, unless it is known to be about something else. Where users are kept out of
its cache, nothing else mentions them, but for one time after that was set. Otherwise
what says nothing new may be a repetition: it is believed when a second question brings it
again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ...model.reading import SlotReading
from ..base import LockUnreachableError
from .answers import is_new_for_user, is_unrelated, read_user, user_in
from .ear import TopicSubscriptions
from .library import MqttMessage, on_connection, publish
from .link import LockTopics

ANSWER_SECONDS: Final = 15.0
"""How long a lock may take. Zigbee2MQTT itself waits 10 seconds, and tells no failure."""
RETAINED_TIMEOUT: Final = 10.0
"""How long the broker may take to say again what is retained."""
LATE_RESPONSE_WINDOW: Final = 60.0
"""How late an answer may come that nobody waits for any more."""
_MOST_OWED: Final = 2


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was published after a question. `is_news`: it is no repetition."""

    reading: SlotReading
    is_news: bool


class LockRequests:
    """What is asked of one lock."""

    def __init__(self, hass: HomeAssistant, ear: TopicSubscriptions) -> None:
        """Begin with nothing asked."""
        self._hass = hass
        self._ear = ear
        self._asked_at: defaultdict[int, list[float]] = defaultdict(list)

    async def read(
        self, way: LockTopics, slot: int, *, repeats: bool
    ) -> SlotReading | None:
        """Ask for a user; None if there is no answer. 1 read.

        2 for what may be a repetition, where it `repeats` users. An answer that was owed
        is thrown away, as it tells how the slot was: 1 more.
        """
        since = monotonic() - LATE_RESPONSE_WINDOW
        owed = [asked for asked in self._asked_at.pop(slot, []) if asked > since]
        is_repeated = False
        while True:
            asked_at = monotonic()
            answer = await self._ask(way, slot, repeats=repeats)
            if answer is None:
                self._asked_at[slot] = [*owed, asked_at][-_MOST_OWED:]
                return None
            if owed:
                owed.pop(0)
            elif answer.is_news or is_repeated:
                return answer.reading
            else:
                is_repeated = True

    async def send(self, way: LockTopics, command: Mapping[str, object]) -> None:
        """Send a command. What the lock reports of it will be heard by who listens."""
        async with self._ear.subscribed(way.state):
            await publish(self._hass, way.set, command)

    async def read_retained(self, topic: str) -> object:
        """Return what is retained at a topic; LockUnreachable if nothing is."""
        waiting: asyncio.Future[object] = self._hass.loop.create_future()

        @callback
        def on_heard(heard: MqttMessage) -> None:
            if not waiting.done():
                waiting.set_result(heard.payload)

        stop = self._ear.subscribe(topic, on_heard)
        try:
            async with asyncio.timeout(RETAINED_TIMEOUT):
                return await waiting
        except TimeoutError:
            raise LockUnreachableError(
                "Zigbee2MQTT has told nothing of itself"
            ) from None
        finally:
            stop()

    async def _ask(
        self, way: LockTopics, slot: int, *, repeats: bool
    ) -> _Answer | None:
        waiting: asyncio.Future[_Answer | None] = self._hass.loop.create_future()
        is_asked = False

        @callback
        def on_heard(heard: MqttMessage) -> None:
            if not is_asked or heard.retained or waiting.done():
                return
            payload, before = heard.payload, self._ear.previous(way.state)
            user = user_in(payload, slot)
            if user is not None and not is_unrelated(payload, before):
                is_news = is_new_for_user(payload, slot, before, repeats=repeats)
                waiting.set_result(_Answer(read_user(user), is_news))

        @callback
        def on_connected(_: bool) -> None:
            if not waiting.done():
                waiting.set_result(None)

        stops = [self._ear.subscribe(way.state, on_heard)]
        try:
            await self._ear.wait_subscribed(way.state)
            stops.append(on_connection(self._hass, on_connected))
            is_asked = True
            await publish(self._hass, way.get, {"pin_code": {"user": slot}})
            async with asyncio.timeout(ANSWER_SECONDS):
                return await waiting
        except TimeoutError:
            return None
        finally:
            for stop in stops:
                stop()
