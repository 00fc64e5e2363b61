"""Signals about people and locks being added, removed or edited, and about people.

What a lock publishes goes through the listeners of its coordinator.
"""

from collections.abc import Callable
from functools import partial
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback

from ...model.credential import PersonId

_LOGGER: Final = logging.getLogger(__name__)


class Listeners[**P]:
    """Callbacks of one signal. An exception in one does not affect the others."""

    def __init__(self) -> None:
        """Begin with no listeners."""
        self._listeners: list[Callable[P, None]] = []

    @callback
    def async_add(self, listener: Callable[P, None]) -> CALLBACK_TYPE:
        """Add a listener; return its removal, which may be called twice."""
        self._listeners.append(listener)
        # each entity holds one: a partial takes a third of a closure
        return partial(self._async_remove, listener)

    @callback
    def _async_remove(self, listener: Callable[P, None]) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    @property
    def is_empty(self) -> bool:
        """Return whether there is no listener."""
        return not self._listeners

    @callback
    def async_notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener that is present now."""
        for listener in list(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception:
                _LOGGER.exception("A listener failed on a site change")


class ChangeSignals:
    """Signals of one site: its members, which are its people and locks, and each person."""

    def __init__(self) -> None:
        """Begin with no listeners."""
        self._members = Listeners[[]]()
        self._people: dict[PersonId, Listeners[[]]] = {}

    @callback
    def async_subscribe_members(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Subscribe to people and locks being added, removed or edited."""
        return self._members.async_add(listener)

    @callback
    def async_subscribe_person(
        self, person: PersonId, listener: Callable[[], None]
    ) -> CALLBACK_TYPE:
        """Subscribe to the uses of a person, and the state of their codes on all locks."""
        listeners = self._people.setdefault(person, Listeners())
        stop = listeners.async_add(listener)

        @callback
        def remove() -> None:
            stop()
            if listeners.is_empty and self._people.get(person) is listeners:
                del self._people[person]

        return remove

    @callback
    def async_notify_members(self) -> None:
        """Notify the listeners of the members."""
        self._members.async_notify()

    @callback
    def async_notify_person(self, person: PersonId) -> None:
        """Notify the listeners of a person."""
        if person in self._people:
            self._people[person].async_notify()
