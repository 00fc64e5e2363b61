"""Signals that notify entities about changes of people, locks and codes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
import logging
from typing import Final

from homeassistant.core import callback

from ...model.credential import LockId, PersonId

_LOGGER: Final = logging.getLogger(__name__)

type Listener = Callable[[], None]
type Stop = Callable[[], None]


class ChangeSignals:
    """Notifies only the listeners that a change affects: most changes affect few.

    When people or locks are added, removed or edited, all listeners are notified. An
    exception in one listener does not affect the others.
    """

    def __init__(self) -> None:
        """Begin with no listeners."""
        self._members = _Listeners[None]()
        self._any_lock: list[Callable[[LockId], None]] = []
        self._locks = _Listeners[LockId]()
        self._people = _Listeners[PersonId]()
        self._codes = _Listeners[tuple[PersonId, LockId]]()

    @callback
    def subscribe_members(self, listener: Listener) -> Stop:
        """Subscribe to people and locks being added, removed or edited."""
        return self._members.add(None, listener)

    @callback
    def subscribe_all_locks(self, listener: Callable[[LockId], None]) -> Stop:
        """Subscribe to the state of every lock, including locks that are added later."""
        self._any_lock.append(listener)
        return lambda: _drop(self._any_lock, listener)

    @callback
    def on_lock(self, lock: LockId, listener: Listener) -> Stop:
        """Subscribe to the state of one lock, by id, across replaced coordinators."""
        return self._locks.add(lock, listener)

    @callback
    def subscribe_person(self, person: PersonId, listener: Listener) -> Stop:
        """Subscribe to the state of a person's codes on all locks."""
        return self._people.add(person, listener)

    @callback
    def on_code(self, person: PersonId, lock: LockId, listener: Listener) -> Stop:
        """Subscribe to the state of a person's code on one lock."""
        return self._codes.add((person, lock), listener)

    @callback
    def notify_members(self) -> None:
        """Notify all listeners but those of `subscribe_all_locks`."""
        for listeners in (self._members, self._locks, self._people, self._codes):
            listeners.notify_all()

    @callback
    def notify_person(self, person: PersonId) -> None:
        """Notify the listeners of a person."""
        self._people.notify(person)

    @callback
    def notify_lock(self, lock: LockId, people: Iterable[PersonId]) -> None:
        """Notify the listeners of a lock and of the codes of these people on it."""
        self._locks.notify(lock)
        for person in people:
            self._codes.notify((person, lock))
            self._people.notify(person)
        for listener in list(self._any_lock):
            _call(listener, lock)


class _Listeners[K]:
    """Callbacks by key."""

    def __init__(self) -> None:
        self._listeners: defaultdict[K, list[Listener]] = defaultdict(list)

    def add(self, key: K, listener: Listener) -> Stop:
        self._listeners[key].append(listener)
        return lambda: self._drop(key, listener)

    def notify(self, key: K) -> None:
        for listener in list(self._listeners.get(key, ())):
            _call(listener)

    def notify_all(self) -> None:
        for key in list(self._listeners):
            self.notify(key)

    def _drop(self, key: K, listener: Listener) -> None:
        if key in self._listeners:
            _drop(self._listeners[key], listener)
            if not self._listeners[key]:
                del self._listeners[key]


def _drop[T](listeners: list[T], listener: T) -> None:
    if listener in listeners:
        listeners.remove(listener)


def _call[**P](listener: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    try:
        listener(*args, **kwargs)
    except Exception:
        _LOGGER.exception("A listener failed on a site change")
