"""Plan the desired state of each slot of one lock, from who may have access."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..model.credential import CredentialRef, LockId, Person, PersonId
from ..model.lock_schedule import LockSchedule
from ..model.slot import DesiredState, SlotRecord, Target
from ..model.slot_events import DesiredChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCredential:
    """A credential that a lock should hold. `revision` is that of its PIN.

    `schedule` is what the lock itself is to enforce, None if it enforces nothing.
    """

    credential: CredentialRef
    person_name: str
    revision: int
    schedule: LockSchedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """The changes for one lock. Revocations come first in `changes`.

    `person_names` are new names of people, by slot. `unassigned` are credentials that
    need a slot, in the order in which their people were added; `removable` are slots
    whose owner is not assigned to the lock any more and whose code is proven to be
    cleared. Orphaned slots, whose owner was never saved, are left alone.
    """

    changes: tuple[tuple[int, DesiredChanged], ...]
    person_names: Mapping[int, str]
    unassigned: tuple[WantedCredential, ...]
    removable: tuple[int, ...]


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
) -> LockPlan:
    """Return the changes for a lock.

    `allowed` are those who may have access now. `schedule` is what the lock itself is
    to enforce for a person: it enforces nothing for those missing there.
    `temporarily_denied` are those whom time alone denies, if the lock can disable
    codes: people with a new PIN do not count, as the code in the slot will not be
    enabled again. `revisions` holds the current PIN revision of each credential; one
    that is missing there has lost its secret, so nothing is written or revoked on its
    account. `known_owners` were seen in Home Assistant's saved registry, so a code for
    them may be sent.
    """
    changes: list[tuple[int, DesiredChanged]] = []
    names: dict[int, str] = {}
    finished: list[int] = []
    placed: set[CredentialRef] = set()
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
        wanted = assigned and record.credential.person in allowed
        desired = DesiredState.PRESENT if wanted else DesiredState.ABSENT
        revision = record.revision
        if desired is DesiredState.PRESENT:
            if record.credential not in revisions:
                continue
            revision = revisions[record.credential]
        requested = schedule.get(record.credential.person)
        is_current = revisions.get(record.credential, revision) == revision
        denied_by_time = (
            assigned and not wanted and record.credential.person in temporarily_denied
        )
        target = Target(
            desired,
            revision,
            requested if wanted else record.target.schedule,
            temporarily_denied=denied_by_time and is_current,
        )
        if target != record.target:
            changes.append((record.slot, DesiredChanged(target)))
    changes.sort(key=lambda change: change[1].target.desired is DesiredState.PRESENT)
    order = {person: number for number, person in enumerate(people)}
    unassigned = [
        credential
        for credential in revisions
        if credential not in placed
        and credential.person in people
        and credential.person in known_owners
        and credential.person in allowed
        and people[credential.person].is_assigned(lock)
    ]
    unassigned.sort(key=lambda each: (order[each.person], each))
    return LockPlan(
        changes=tuple(changes),
        person_names=names,
        unassigned=tuple(
            WantedCredential(
                credential=credential,
                person_name=people[credential.person].name,
                revision=revisions[credential],
                schedule=schedule.get(credential.person),
            )
            for credential in unassigned
        ),
        removable=tuple(finished),
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
