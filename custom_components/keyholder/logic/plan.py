"""What each slot of one lock should hold, from who may open it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..model.credential import CredentialRef, LockId, Person, PersonId
from ..model.lifecycle import DesiredChanged
from ..model.limits import LockSchedule
from ..model.slot import DesiredState, SlotRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCredential:
    """One credential that a lock should hold. `revision` is that of its PIN.

    `limits` are what the lock itself is to enforce, None if it enforces nothing.
    """

    credential: CredentialRef
    person_name: str
    revision: int
    schedule: LockSchedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """What is to change on one lock. Revocations come first in `changes`.

    `unassigned` are credentials that need a slot, in the order in which their people were
    added; `finished` are slots whose owner is gone and whose code is proven to be off the
    lock; `quarantined` are slots whose owner was never finished being set up: they are
    left alone.
    """

    changes: tuple[tuple[int, DesiredChanged], ...]
    person_names: Mapping[int, str]
    unassigned: tuple[WantedCredential, ...]
    removable: tuple[int, ...]
    quarantined: tuple[int, ...]


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
    """Return what is to change on a lock.

    `allowed` are those who may come in now, `schedule` what the lock itself is to enforce
    for a person: whoever is missing there is not limited by this lock at all.
    `temporarily_denied` are those whom only the time keeps away, if the lock can switch codes off:
    whose PIN is a new one is not among them, as theirs never comes back.
    `revisions` holds the current PIN revision of each credential; one that is missing
    there has lost its secret, so nothing is newly wanted and nothing taken away.
    `known_owners` were seen in Home Assistant's saved registry, so a code for them may
    be sent.
    """
    changes: list[tuple[int, DesiredChanged]] = []
    labels: dict[int, str] = {}
    finished: list[int] = []
    quarantined: list[int] = []
    placed: set[CredentialRef] = set()
    for record in records:
        person = people.get(record.credential.person)
        if person is None and not record.owner_saved:
            quarantined.append(record.slot)
            continue
        placed.add(record.credential)
        assigned = person is not None and person.is_assigned(lock)
        if not assigned and record.is_cleared:
            finished.append(record.slot)
            continue
        if person is not None and person.name != record.person_name:
            labels[record.slot] = person.name
        wanted = assigned and record.credential.person in allowed
        desired = DesiredState.PRESENT if wanted else DesiredState.ABSENT
        revision = record.revision
        if desired is DesiredState.PRESENT:
            if record.credential not in revisions:
                continue
            revision = revisions[record.credential]
        limited = schedule.get(record.credential.person)
        is_current = revisions.get(record.credential, revision) == revision
        waits = (
            assigned and not wanted and record.credential.person in temporarily_denied
        )
        now_only = waits and is_current
        if (desired, revision, now_only) != (
            record.desired,
            record.revision,
            record.temporarily_denied,
        ) or (desired is DesiredState.PRESENT and limited != record.schedule.requested):
            change = DesiredChanged(desired, revision, limited, now_only)
            changes.append((record.slot, change))
    changes.sort(key=lambda change: change[1].desired is DesiredState.PRESENT)
    place = {person: number for number, person in enumerate(people)}
    unassigned = [
        credential
        for credential in revisions
        if credential not in placed
        and credential.person in people
        and credential.person in known_owners
        and credential.person in allowed
        and people[credential.person].is_assigned(lock)
    ]
    unassigned.sort(key=lambda each: (place[each.person], each))
    return LockPlan(
        changes=tuple(changes),
        person_names=labels,
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
        quarantined=tuple(quarantined),
    )


def plan_removal(records: Mapping[int, SlotRecord]) -> LockPlan:
    """Return what is to change on a lock that every code of ours is to leave."""
    return LockPlan(
        changes=tuple(
            (slot, DesiredChanged(DesiredState.ABSENT, record.revision))
            for slot, record in records.items()
            if record.desired is DesiredState.PRESENT or record.temporarily_denied
        ),
        person_names={},
        unassigned=(),
        removable=(),
        quarantined=(),
    )
