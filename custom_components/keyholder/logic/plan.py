"""Plan the desired state of each slot of one lock, from who may have access."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..model.credential import CredentialRef, LockId, Person, PersonId
from ..model.lock_schedule import LockSchedule
from ..model.slot import DesiredState, SlotRecord, Target
from ..model.slot_events import DesiredChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCredential:
    """A credential that a lock should hold. `revision` is that of its PIN.

    `schedule` is what the lock itself is to enforce, None if it enforces nothing.
    `only_scheduled`: its time has not come, so never without that. `reserved`: a slot is
    to be set aside, and nothing written.
    """

    credential: CredentialRef
    person_name: str
    revision: int
    schedule: LockSchedule | None = None
    only_scheduled: bool = False
    reserved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """The changes for one lock. Revocations come first in `changes`.

    `person_names` are new names of people, by slot. `unassigned` are credentials that
    need a slot: those of people who may have access first, in the order in which they
    were added. `removable` are slots whose owner is not assigned to the lock any more and
    whose code is proven to be cleared, and those that are set aside for later where
    somebody needs one now. `reserved` are the slots that are set aside and not needed.
    Orphaned slots, whose owner was never saved, are left alone.
    """

    changes: tuple[tuple[int, DesiredChanged], ...]
    person_names: Mapping[int, str]
    unassigned: tuple[WantedCredential, ...]
    removable: tuple[int, ...]
    reserved: frozenset[int] = frozenset()


def plan_lock(
    lock: LockId,
    people: Mapping[PersonId, Person],
    revisions: Mapping[CredentialRef, int],
    records: Iterable[SlotRecord],
    *,
    known_owners: Collection[PersonId],
    allowed: Collection[PersonId],
    schedule: Mapping[PersonId, LockSchedule],
    temporarily_denied: Collection[PersonId] = (),
    ahead: Collection[PersonId] = (),
    not_begun: Mapping[PersonId, datetime] | None = None,
    slots_needed: int = 0,
) -> LockPlan:
    """Return the changes for a lock.

    `allowed` are those who may have access now. `schedule` is what the lock itself is
    to enforce for a person: it enforces nothing for those missing there.
    `temporarily_denied` are those whom time alone denies, if the lock can disable
    codes: people with a new PIN do not count, as the code in the slot will not be
    enabled again. `revisions` holds the current PIN revision of each credential; one
    that is missing there has lost its secret, so nothing is written or revoked on its
    account. `not_begun` are those whose access begins later, with the time: they get a
    slot set aside; `ahead` are those of them whose code may be on the lock before, under
    the schedule, unless the lock has rejected that. `slots_needed` is how many people
    found no slot: so many of those set aside are given up, the last to begin first.
    `known_owners` were seen in Home Assistant's saved registry, so a code for them may
    be sent.
    """
    changes: list[tuple[int, DesiredChanged]] = []
    names: dict[int, str] = {}
    finished: list[int] = []
    placed: set[CredentialRef] = set()
    begins = not_begun or {}
    set_aside: list[SlotRecord] = []
    for record in records:
        person = people.get(record.credential.person)
        if person is None and not record.owner_saved:
            continue
        placed.add(record.credential)
        assigned = person is not None and person.is_assigned(lock)
        if not assigned and record.is_cleared:
            finished.append(record.slot)
            continue
        if person is not None and person.name != record.person_name:
            names[record.slot] = person.name
        requested = schedule.get(record.credential.person)
        is_ahead = (
            record.credential.person in ahead and record.schedule.rejected != requested
        )
        is_allowed = record.credential.person in allowed
        wanted = assigned and (is_allowed or is_ahead)
        if not wanted and record.is_cleared and record.credential.person in begins:
            set_aside.append(record)
        desired = DesiredState.PRESENT if wanted else DesiredState.ABSENT
        revision = record.revision
        if desired is DesiredState.PRESENT:
            if record.credential not in revisions:
                continue
            revision = revisions[record.credential]
        is_current = revisions.get(record.credential, revision) == revision
        denied_by_time = (
            assigned and not wanted and record.credential.person in temporarily_denied
        )
        target = Target(
            desired,
            revision,
            requested if wanted else record.target.schedule,
            temporarily_denied=denied_by_time and is_current,
            only_scheduled=wanted and not is_allowed,
        )
        if target != record.target:
            changes.append((record.slot, DesiredChanged(target)))
    changes.sort(key=lambda change: change[1].target.desired is DesiredState.PRESENT)
    set_aside.sort(key=lambda record: begins[record.credential.person], reverse=True)
    finished += [record.slot for record in set_aside[:slots_needed]]
    order = {person: number for number, person in enumerate(people)}
    unassigned = [
        credential
        for credential in revisions
        if credential not in placed
        and credential.person in people
        and credential.person in known_owners
        and (credential.person in allowed or credential.person in begins)
        and people[credential.person].is_assigned(lock)
    ]
    unassigned.sort(
        key=lambda each: (
            each.person not in allowed,
            each.person not in ahead,
            order[each.person],
            each,
        )
    )
    return LockPlan(
        changes=tuple(changes),
        person_names=names,
        unassigned=tuple(
            WantedCredential(
                credential=credential,
                person_name=people[credential.person].name,
                revision=revisions[credential],
                schedule=schedule.get(credential.person),
                only_scheduled=credential.person not in allowed
                and credential.person in ahead,
                reserved=credential.person not in allowed
                and credential.person not in ahead,
            )
            for credential in unassigned
        ),
        removable=tuple(finished),
        reserved=frozenset(record.slot for record in set_aside[slots_needed:]),
    )


def plan_removal(records: Mapping[int, SlotRecord]) -> LockPlan:
    """Return the changes for a lock from which every code of ours is to be cleared."""
    return LockPlan(
        changes=tuple(
            (slot, DesiredChanged(target))
            for slot, record in records.items()
            if (target := _cleared_target(record)) != record.target
        ),
        person_names={},
        unassigned=(),
        removable=(),
    )


def _cleared_target(record: SlotRecord) -> Target:
    """Return the target of a slot whose code is to be cleared for good."""
    return replace(record.target, desired=DesiredState.ABSENT, temporarily_denied=False)
