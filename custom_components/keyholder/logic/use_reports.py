"""Where uses can be counted: what locks have reported of the codes that open their doors."""

from collections.abc import Iterable

from ..model.access import AccessEvent, AccessType
from ..model.credential import Person
from ..model.lock_events import Method
from ..model.slot import DesiredState
from ..model.snapshot import LockSnapshot
from ..model.use_reports import UseReports


def use_reports_after(known: UseReports, event: AccessEvent) -> UseReports:
    """Return what a lock has reported of its codes, after one more event at it."""
    opened = event.type is AccessType.UNLOCKED and event.method is Method.KEYPAD
    if not opened or known is UseReports.NAMED:
        return known
    return UseReports.ANONYMOUS if event.slot is None else UseReports.NAMED


def unlimited_uses(snapshot: LockSnapshot, people: Iterable[Person]) -> list[str]:
    """Return whose number of uses does not end their access on this lock, sorted by name.

    They have a code there, and the door was opened by a code that the lock did not name.
    """
    if snapshot.use_reports is not UseReports.ANONYMOUS:
        return []
    present = {
        view.credential.person
        for view in snapshot.slots.values()
        if view.desired is DesiredState.PRESENT
    }
    return sorted(
        person.name
        for person in people
        if person.rule.use_limit is not None and person.person_id in present
    )
