"""Who is told of which change on a site."""

from collections import defaultdict
from collections.abc import Callable, Iterable
import logging
from typing import Final

from homeassistant.core import callback

from ..model.credential import LockId, PersonId

_LOGGER: Final = logging.getLogger(__name__)

type Listener = Callable[[], None]
type Stop = Callable[[], None]


class ChangeSignals:
    """Tells everybody what concerns them, and nothing else: most changes concern few.

    When members change, which may concern anybody, all are told. A fault of one
    listener stays there.
    """

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._members = _Listeners[None]()
        self._any_lock: list[Callable[[LockId], None]] = []
        self._locks = _Listeners[LockId]()
        self._people = _Listeners[PersonId]()
        self._codes = _Listeners[tuple[PersonId, LockId]]()

    @callback
    def subscribe_members(self, listener: Listener) -> Stop:
        """Listen to people and locks: they come, go, or are to be otherwise."""
        return self._members.add(None, listener)

    @callback
    def subscribe_all_locks(self, listener: Callable[[LockId], None]) -> Stop:
        """Listen to what is shown of every lock, those to come included."""
        self._any_lock.append(listener)
        return lambda: _drop(self._any_lock, listener)

    @callback
    def on_lock(self, lock: LockId, listener: Listener) -> Stop:
        """Listen to what is shown of a lock, whoever stands behind it."""
        return self._locks.add(lock, listener)

    @callback
    def subscribe_person(self, person: PersonId, listener: Listener) -> Stop:
        """Listen to what is shown of a person's codes, on whatever lock."""
        return self._people.add(person, listener)

    @callback
    def on_code(self, person: PersonId, lock: LockId, listener: Listener) -> Stop:
        """Listen to what is shown of a person's code on a lock."""
        return self._codes.add((person, lock), listener)

    @callback
    def notify_members(self) -> None:
        """People or locks have changed."""
        for told in (self._members, self._locks, self._people, self._codes):
            told.tell_all()

    @callback
    def notify_person(self, person: PersonId) -> None:
        """What is shown of a person has changed, besides their codes."""
        self._people.tell(person)

    @callback
    def notify_lock(self, lock: LockId, people: Iterable[PersonId]) -> None:
        """What is shown of a lock has changed, the codes of these people included."""
        self._locks.tell(lock)
        for person in people:
            self._codes.tell((person, lock))
            self._people.tell(person)
        for listener in list(self._any_lock):
            _call(listener, lock)


class _Listeners[K]:
    """Callbacks by what they listen to."""

    def __init__(self) -> None:
        self._listeners: defaultdict[K, list[Listener]] = defaultdict(list)

    def add(self, key: K, listener: Listener) -> Stop:
        self._listeners[key].append(listener)
        return lambda: self._drop(key, listener)

    def tell(self, key: K) -> None:
        for listener in list(self._listeners.get(key, ())):
            _call(listener)

    def tell_all(self) -> None:
        for key in list(self._listeners):
            self.tell(key)

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
        _LOGGER.exception("A listener failed on a change of the site")
