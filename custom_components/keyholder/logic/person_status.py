"""The status of a person, from all locks together."""

from collections.abc import Iterable
from typing import Final

from ..model.access_rules import Hold, Verdict
from ..model.credential import CredentialRef, Person
from ..model.person_status import PersonStatus
from ..model.snapshot import LockSnapshot

_HELD: Final = {
    Hold.USED_UP: PersonStatus.USED_UP,
    Hold.EXPIRED: PersonStatus.EXPIRED,
    Hold.NOT_YET: PersonStatus.SCHEDULED,
    Hold.SCHEDULE: PersonStatus.SCHEDULED,
    Hold.CONDITION: PersonStatus.BLOCKED,
}


def person_status(
    person: Person,
    locks: Iterable[LockSnapshot],
    verdict: Verdict,
    *,
    has_pin: bool,
) -> PersonStatus:
    """Return the status of a person on the managed locks of a site.

    A code that cannot be taken away is told before the switch or the rule that asked
    for it.
    """
    credential = CredentialRef(person.person_id)
    assigned = False
    waits = not has_pin
    for lock in locks:
        view = lock.slot_of(credential)
        if view is not None and view.needs_attention:
            return PersonStatus.ATTENTION
        if person.is_assigned(lock.lock):
            assigned = True
            if view is None and lock.waiting.get(credential) is not None:
                waits = True
    if not person.enabled:
        return PersonStatus.DISABLED
    if verdict.hold is not None and assigned:
        return _HELD[verdict.hold]
    if waits:
        return PersonStatus.ATTENTION
    return PersonStatus.ACTIVE if assigned else PersonStatus.INACTIVE
