"""The status of a person, from all locks together."""

from collections.abc import Iterable

from ..model.credential import CredentialRef, Person
from ..model.person_status import PersonStatus
from ..model.snapshot import LockSnapshot, needs_attention


def person_status(
    person: Person, locks: Iterable[LockSnapshot], *, has_pin: bool
) -> PersonStatus:
    """Return the status of a person on the managed locks of a site.

    A code that cannot be taken away is told before the switch that asked for it.
    """
    credential = CredentialRef(person.person_id)
    assigned = False
    waits = not has_pin
    for lock in locks:
        view = lock.slot_of(credential)
        if view is not None and needs_attention(view):
            return PersonStatus.ATTENTION
        if person.is_assigned(lock.lock):
            assigned = True
            waits = waits or bool(lock.waiting.get(credential))
    if not person.enabled:
        return PersonStatus.DISABLED
    if waits:
        return PersonStatus.ATTENTION
    return PersonStatus.ACTIVE if assigned else PersonStatus.INACTIVE
