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
    snapshots = list(locks)
    views = [lock.slot_of(credential) for lock in snapshots]
    if any(view is not None and needs_attention(view) for view in views):
        return PersonStatus.ATTENTION
    if not person.enabled:
        return PersonStatus.DISABLED
    assigned = [lock for lock in snapshots if person.is_assigned(lock.lock)]
    if not has_pin or any(lock.waiting.get(credential) for lock in assigned):
        return PersonStatus.ATTENTION
    return PersonStatus.ACTIVE if assigned else PersonStatus.INACTIVE
