"""Draft of a person: validated input that is not stored yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.const import CONF_ENABLED, CONF_NAME, CONF_PIN

from ..const import CONF_ALL_LOCKS, CONF_LIMIT, CONF_LOCKS, EVERY_LOCK
from ..model.access_rules import UNRESTRICTED_RULE, AccessRule
from ..model.credential import LockId, PersonId
from ..model.pin import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A validated person who is not stored yet.

    It is kept in the memory of a flow, never in its context. `locks` is None for all
    locks. `pin` is the new PIN, None if the current one stays; with `trivial` it still
    has to be confirmed. `unreachable_locks` names locks that gave no answer. With
    `asks_for_rule` the access rule of a new person still has to be entered.
    """

    person: PersonId | None
    name: str
    locks: frozenset[LockId] | None
    enabled: bool
    pin: Pin | None = None
    generated: bool = False
    trivial: bool = False
    unreachable_locks: tuple[str, ...] = ()
    asks_for_rule: bool = False
    rule: AccessRule = UNRESTRICTED_RULE

    def as_data(self) -> dict[str, Any]:
        """Return the subentry data without the access rule."""
        return {
            CONF_ALL_LOCKS: self.locks is None,
            CONF_LOCKS: sorted(self.locks or ()),
            CONF_ENABLED: self.enabled,
        }

    def as_values(self) -> dict[str, Any]:
        """Return the form values without the PIN, to show the form again."""
        limit = self.asks_for_rule or not self.rule.is_unrestricted
        return {
            CONF_NAME: self.name,
            CONF_LIMIT: limit,
            CONF_LOCKS: EVERY_LOCK if self.locks is None else sorted(self.locks),
            CONF_ENABLED: self.enabled,
        }


def entered_pin(user_input: Mapping[str, Any]) -> object | None:
    """Return the PIN input as entered, of any type; None if the field was empty."""
    entered = user_input.get(CONF_PIN)
    return None if entered == "" else entered
