"""The status of a person, derived from all locks."""

from collections.abc import Iterable
from typing import Final

from ..model.access_rules import DenialCause, RuleResult
from ..model.credential import CredentialRef, Person, PersonStatus
from ..model.snapshot import LockSnapshot

_STATUS_OF_CAUSE: Final = {
    DenialCause.USED_UP: PersonStatus.USED_UP,
    DenialCause.EXPIRED: PersonStatus.EXPIRED,
    DenialCause.NOT_YET: PersonStatus.SCHEDULED,
    DenialCause.SCHEDULE: PersonStatus.SCHEDULED,
    DenialCause.CONDITION: PersonStatus.BLOCKED,
}


def person_status(
    person: Person,
    locks: Iterable[LockSnapshot],
    verdict: RuleResult,
    *,
    has_pin: bool,
) -> PersonStatus:
    """Return the status of a person on the managed locks of a site.

    A code that cannot be cleared takes precedence over the switch or the rule that
    revoked it.
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
            if view is None and lock.unassigned.get(credential) is not None:
                waits = True
    if not person.enabled:
        return PersonStatus.DISABLED
    if verdict.denied_by is not None and assigned:
        return _STATUS_OF_CAUSE[verdict.denied_by]
    if waits:
        return PersonStatus.ATTENTION
    return PersonStatus.ACTIVE if assigned else PersonStatus.INACTIVE
