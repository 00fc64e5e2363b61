"""Listeners of a websocket subscription: a list of events, or all current states."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from .errors import ConnectionLost
from .websocket import Event, Unsubscribe

_WAIT_SECONDS = 10.0


class _Subscription:
    """Waits for a condition on what a subscription has brought so far."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._is_disconnected = False

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def disconnected(self) -> None:
        """Note that the connection is closed: no more will come."""
        self._is_disconnected = True
        await self._notify()

    async def _wait[T](self, find: Callable[[], T | None], seconds: float) -> T:
        """Return what is found, as soon as it is neither None nor False.

        Raises:
            TimeoutError: it was not in time.
            ConnectionLost: it will not be.
        """
        async with asyncio.timeout(seconds), self._changed:
            while not (found := find()):
                if self._is_disconnected:
                    raise ConnectionLost
                await self._changed.wait()
            return found


class Events(_Subscription):
    """All events of one subscription, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Event] = []
        self.unsubscribe: Unsubscribe

    async def add(self, event: Event) -> None:
        """Keep an event."""
        self.received.append(event)
        await self._notify()

    async def wait_for(
        self,
        predicate: Callable[[Event], bool] = lambda _: True,
        seconds: float = _WAIT_SECONDS,
    ) -> Event:
        """Return the first event, past ones included, that the predicate accepts."""
        return await self._wait(
            lambda: next(filter(predicate, self.received), None), seconds
        )


@dataclass(frozen=True, slots=True)
class State:
    """The state of an entity."""

    entity_id: str
    state: str
    attributes: Mapping[str, Any]
    last_changed: datetime


class States(_Subscription):
    """The states of all entities that the user may see, as they change."""

    def __init__(self) -> None:
        super().__init__()
        self._states: dict[str, State] = {}
        self._is_filled = False

    @property
    def all(self) -> Mapping[str, State]:
        """The states by entity id."""
        return MappingProxyType(self._states)

    async def add(self, event: Event) -> None:
        """Take one change of Home Assistant's compressed states."""
        for entity_id, new in event.get("a", {}).items():
            self._states[entity_id] = State(
                entity_id, new["s"], new["a"], _time(new["lc"])
            )
        for entity_id, change in event.get("c", {}).items():
            self._change(entity_id, change)
        for entity_id in event.get("r", []):
            self._states.pop(entity_id, None)
        self._is_filled = True
        await self._notify()

    async def wait_filled(self) -> None:
        """Return when the states are as they were when the subscription began."""
        await self._wait(lambda: self._is_filled, _WAIT_SECONDS)

    def _change(self, entity_id: str, change: dict[str, Any]) -> None:
        old = self._states[entity_id]
        added = change.get("+", {})
        removed = change.get("-", {}).get("a", [])
        kept = {name: old.attributes[name] for name in old.attributes.keys() - removed}
        self._states[entity_id] = State(
            entity_id,
            added.get("s", old.state),
            kept | added.get("a", {}),
            _time(added["lc"]) if "lc" in added else old.last_changed,
        )

    async def wait_for[T](
        self,
        find: Callable[[Mapping[str, State]], T | None],
        seconds: float = _WAIT_SECONDS,
    ) -> T:
        """Return what is found in the states, once it is neither None nor False."""
        return await self._wait(lambda: find(self.all), seconds)


def _time(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
