"""Decide whether a change of a person gives them more, or only takes away."""

from datetime import UTC, datetime
from math import inf
from typing import Final

from ..model.access_rules import AccessRule
from ..model.credential import LockId, Person
from .names import clean_name

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def needs_administrator(before: Person, after: Person) -> bool:
    """Return whether a change may only be made by an administrator.

    It may if the person is renamed, enabled, gets a lock, or is allowed at any moment at
    which they were not. What cannot be compared counts as that.
    """
    return (
        before.name != after.name
        or (after.enabled and not before.enabled)
        or adds_locks(after.locks, before.locks)
        or widens_rule(before.rule, after.rule)
    )


def is_renamed(before: Person, name: str) -> bool:
    """Return whether a person would get another name by this one, as it is entered."""
    return clean_name(name) != before.name


def adds_locks(locks: frozenset[LockId] | None, than: frozenset[LockId] | None) -> bool:
    """Return whether `locks` has a lock that `than` has not; None is every lock."""
    if locks is None or than is None:
        return locks is None and than is not None
    return not locks <= than


def widens_rule(before: AccessRule, after: AccessRule) -> bool:
    """Return whether a rule may allow where another one denies.

    Schedules and conditions are not compared: one that is changed may allow more.
    """
    return (
        _instant(after.valid_from, _ALWAYS) < _instant(before.valid_from, _ALWAYS)
        or _instant(after.valid_until, _NEVER) > _instant(before.valid_until, _NEVER)
        or (after.use_limit or inf) > (before.use_limit or inf)
        or before.weekly not in (None, after.weekly)
        or before.source not in (None, after.source)
        or not set(before.conditions) <= set(after.conditions)
    )


def _instant(moment: datetime | None, otherwise: datetime) -> datetime:
    """Return a moment in UTC: Python compares two moments of one zone by their wall clock."""
    return otherwise if moment is None else moment.astimezone(UTC)
