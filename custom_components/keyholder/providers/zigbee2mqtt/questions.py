"""Questions to a lock, and which publications are the answers to them.

Zigbee2MQTT answers a question by publishing the lock's state, as it does for everything
that a lock says. Nothing in there tells what it was published for. So a question is asked
only when the subscription is known to be in force, and what mentions the user after that
is the answer, unless it is known to be about something else. Where users are kept out of
its cache, nothing else mentions them, but for one time after that was set.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from time import monotonic
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ...model.reading import Reading
from ..base import LockUnreachable
from .answers import is_about_something_else, read_user, user_in
from .ear import Ear
from .library import Heard, on_connection, publish
from .link import Way

ANSWER_SECONDS: Final = 15.0
"""How long a lock may take. Zigbee2MQTT itself waits 10 seconds, and tells no failure."""
TELL_SECONDS: Final = 10.0
"""How long the broker may take to say again what is retained."""
OWED_SECONDS: Final = 60.0
"""How late an answer may come that nobody waits for any more."""
_MOST_OWED: Final = 2


class Questions:
    """What is asked of one lock."""

    def __init__(self, hass: HomeAssistant, ear: Ear) -> None:
        """Begin with nothing asked."""
        self._hass = hass
        self._ear = ear
        self._asked_at: defaultdict[int, list[float]] = defaultdict(list)

    async def read(self, way: Way, slot: int) -> Reading | None:
        """Ask for a user; None if there is no answer. 1 read.

        An answer that was owed is thrown away, as it tells how the slot was: then 2.
        """
        since = monotonic() - OWED_SECONDS
        owed = [asked for asked in self._asked_at.pop(slot, []) if asked > since]
        while True:
            asked_at = monotonic()
            reading = await self._ask(way, slot)
            if reading is None:
                self._asked_at[slot] = [*owed, asked_at][-_MOST_OWED:]
                return None
            if not owed:
                return reading
            owed.pop(0)

    async def send(self, way: Way, command: Mapping[str, object]) -> None:
        """Send a command. What the lock reports of it will be heard by who listens."""
        stop = self._ear.hear(way.state, lambda _: None)
        try:
            await self._ear.confirmed(way.state)
            await publish(self._hass, way.set, command)
        finally:
            stop()

    async def told(self, topic: str) -> object:
        """Return what is retained at a topic; LockUnreachable if nothing is."""
        waiting: asyncio.Future[object] = self._hass.loop.create_future()

        @callback
        def on_heard(heard: Heard) -> None:
            if not waiting.done():
                waiting.set_result(heard.payload)

        stop = self._ear.hear(topic, on_heard)
        try:
            async with asyncio.timeout(TELL_SECONDS):
                return await waiting
        except TimeoutError:
            raise LockUnreachable("Zigbee2MQTT has told nothing of itself") from None
        finally:
            stop()

    async def _ask(self, way: Way, slot: int) -> Reading | None:
        waiting: asyncio.Future[Reading | None] = self._hass.loop.create_future()
        is_asked = False

        @callback
        def on_heard(heard: Heard) -> None:
            if not is_asked or heard.retained or waiting.done():
                return
            user = user_in(heard.payload, slot)
            before = self._ear.before(way.state)
            if user is not None and not is_about_something_else(heard.payload, before):
                waiting.set_result(read_user(user))

        @callback
        def on_connected(_: bool) -> None:
            if not waiting.done():
                waiting.set_result(None)

        stops = [self._ear.hear(way.state, on_heard)]
        try:
            await self._ear.confirmed(way.state)
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
