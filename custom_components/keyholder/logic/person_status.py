"""The status of a person, derived from all locks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from ..model.access_rules import DenialCause, RuleResult
from ..model.credential import CredentialRef, LockId, Person, PersonStatus
from ..model.slot import Reason
from ..model.snapshot import LockSnapshot, SlotView

_STATUS_OF_CAUSE: Final = {
    DenialCause.USED_UP: PersonStatus.USED_UP,
    DenialCause.EXPIRED: PersonStatus.EXPIRED,
    DenialCause.NOT_YET: PersonStatus.SCHEDULED,
    DenialCause.SCHEDULE: PersonStatus.SCHEDULED,
    DenialCause.CONDITION: PersonStatus.BLOCKED,
}
_WAITS_FOR_ANSWER: Final = {None, Reason.NO_ANSWER, Reason.LOCK_UNREACHABLE}


@dataclass(frozen=True, slots=True)
class PersonCodes:
    """The status of a person, and where their code is.

    `shown_on` and `missing_on` are the names of the locks that have shown the code and of
    those that have not, while there are both.
    """

    status: PersonStatus
    shown_on: tuple[str, ...] = ()
    missing_on: tuple[str, ...] = ()


def person_codes(
    person: Person,
    locks: Iterable[LockSnapshot],
    verdict: RuleResult,
    *,
    has_pin: bool,
    leaving: Collection[LockId] = (),
) -> PersonCodes:
    """Return the status of a person on the managed locks of a site.

    A code that cannot be cleared takes precedence over the switch or the rule that
    revoked it. A code that only waits for an answer of its lock is on its way. `leaving`
    are locks that are being removed: nobody is to have a code there.
    """
    credential = CredentialRef(person.person_id)
    shown: list[str] = []
    missing: list[str] = []
    waits = not has_pin
    assigned = False
    for lock in locks:
        view = lock.slot_of(credential)
        if _needs_user(view) or credential in lock.duplicates:
            return PersonCodes(PersonStatus.ATTENTION)
        if not person.is_assigned(lock.lock):
            continue
        assigned = True
        if view is None and lock.unassigned.get(credential) not in _WAITS_FOR_ANSWER:
            waits = True
        if view is not None and view.is_shown_present:
            shown.append(lock.name)
        elif lock.lock not in leaving:
            missing.append(lock.name)
    if not person.enabled:
        return PersonCodes(PersonStatus.DISABLED)
    if verdict.denied_by is not None and assigned:
        return PersonCodes(_STATUS_OF_CAUSE[verdict.denied_by])
    if waits:
        return PersonCodes(PersonStatus.ATTENTION)
    if not missing:
        return PersonCodes(PersonStatus.ACTIVE if shown else PersonStatus.INACTIVE)
    if not shown:
        return PersonCodes(PersonStatus.SETTING_UP)
    return PersonCodes(PersonStatus.PARTLY, tuple(shown), tuple(missing))


def _needs_user(view: SlotView | None) -> bool:
    """Return whether a code does not proceed without the user."""
    return view is not None and view.needs_attention and not view.is_on_its_way
