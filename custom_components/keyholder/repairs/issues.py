"""What waits for a person: a pure function of what the engine shows of a site."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.issue_registry import IssueSeverity

from ..model.credential import LockId
from ..model.slot import DesiredState, Reason, SlotState
from ..model.snapshot import LockSnapshot, SlotView
from ..runtime.membership import locks_from_entry
from ..runtime.site import Site

SUSPENDED: Final = {
    Reason.NOT_STORED: "slot_not_stored",
    Reason.DUPLICATE: "slot_duplicate",
    Reason.REJECTED: "slot_rejected",
    Reason.SLOT_UNAVAILABLE: "slot_unavailable",
    Reason.NOT_SUPPORTED: "slot_not_supported",
    Reason.LIMITS_REFUSED: "slot_limits_refused",
    Reason.LOCK_FULL: "slot_lock_full",
    Reason.LOCK_BUSY: "slot_lock_busy",
    Reason.LOCK_REFUSES: "slot_lock_refuses",
    Reason.OCCUPIED: "slot_occupied",
    Reason.UNRECOGNISED: "slot_unrecognised",
    Reason.CHANGED_REPEATEDLY: "slot_changed_repeatedly",
}
"""Why a slot waits for the user's word, by the issue that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing that waits, on a lock, in a slot or of a person. Never holds a code.

    `is_news`: it is to be told. What is no news is only told on: it goes as it should
    by now, and yet what was told before has not come to its end.
    """

    kind: str
    severity: IssueSeverity = IssueSeverity.WARNING
    fixable: bool = False
    lock: str | None = None
    slot: int | None = None
    person: str | None = None
    placeholders: dict[str, str] = field(default_factory=dict)
    show_initially: bool = field(default=True, compare=False)

    @property
    def key(self) -> str:
        """Return what tells this issue from every other one of the site."""
        parts = (self.kind, self.lock, self.slot, self.person)
        return ".".join(str(part) for part in parts if part is not None)


def issues_of_site(site: Site) -> Iterator[Issue]:
    """Return what waits for a person, on whatever lock or none."""
    if site.journal_lost:
        yield Issue(kind="journal_lost", severity=IssueSeverity.ERROR, fixable=True)
    if site.counters_lost:
        yield Issue(kind="counters_lost")
    yield from _people(site)
    yield from _removed_locks(site)


def issues_of_lock(site: Site, lock: LockId) -> Iterator[Issue]:
    """Return what waits for a person on a lock that is managed, or on its way out."""
    if (managed := site.locks.get(lock)) is not None:
        yield from _lock(site, managed.data)
    elif (retired := site.removed_locks.get(lock)) is not None:
        yield from _slots(retired.data)


def _people(site: Site) -> Iterator[Issue]:
    for person in site.people.values():
        if person.enabled and not site.has_pin(person):
            yield Issue(
                kind="pin_missing",
                severity=IssueSeverity.ERROR,
                person=person.person_id,
                placeholders={"person": person.name},
            )


def _lock(site: Site, snapshot: LockSnapshot) -> Iterator[Issue]:
    named = {"lock": snapshot.name}
    if snapshot.storage_failed:
        # the same for all locks: it is told once
        yield Issue(kind="storage_failed", severity=IssueSeverity.ERROR)
    if er.async_get(site.hass).async_get(snapshot.lock) is None:
        yield Issue(
            kind="lock_missing",
            severity=IssueSeverity.ERROR,
            fixable=True,
            lock=snapshot.lock,
            placeholders=named,
        )
    if snapshot.incompatible:
        yield Issue(
            kind="provider_broken",
            severity=IssueSeverity.ERROR,
            lock=snapshot.lock,
            placeholders=named,
        )
    if snapshot.capabilities is not None and (
        advice := snapshot.capabilities.configuration_hint
    ):
        yield Issue(kind=advice.value, lock=snapshot.lock, placeholders=named)
    homeless = sorted(
        site.people[credential.person].name
        for credential, reason in snapshot.unassigned.items()
        if reason is Reason.NO_FREE_SLOT and credential.person in site.people
    )
    if homeless:
        yield Issue(
            kind="no_free_slot",
            fixable=True,
            lock=snapshot.lock,
            placeholders={**named, "people": ", ".join(homeless)},
        )
    yield from _slots(snapshot)


def _slots(snapshot: LockSnapshot) -> Iterator[Issue]:
    for view in snapshot.slots.values():
        kind = _kind(view)
        if kind is not None:
            revocation = kind == "revocation_pending"
            yield Issue(
                kind=kind,
                severity=IssueSeverity.ERROR if revocation else IssueSeverity.WARNING,
                fixable=True,
                lock=snapshot.lock,
                slot=view.slot,
                placeholders={
                    "lock": snapshot.name,
                    "person": view.person_name,
                    "slot": str(view.slot),
                },
                show_initially=not revocation or view.reason is not None,
            )


def _kind(view: SlotView) -> str | None:
    if view.orphaned:
        return "quarantined"
    if view.desired is DesiredState.ABSENT:
        proven = view.state in (SlotState.IN_SYNC, SlotState.ACCEPTED)
        return None if proven else "revocation_pending"
    if view.state is SlotState.SUSPENDED and view.reason is not None:
        return SUSPENDED.get(view.reason)
    return None


def _removed_locks(site: Site) -> Iterator[Issue]:
    managed = locks_from_entry(site.entry)
    for lock, page in site.journal.pages.items():
        if lock in managed or page.clear_requested or page.is_cleared:
            continue
        if not managed.keys().isdisjoint(page.replaces):
            # it is about to be managed
            continue
        held = [
            record.person_name
            for record in page.records.values()
            if not record.is_cleared
        ]
        yield Issue(
            kind="lock_removed",
            fixable=True,
            lock=lock,
            placeholders={"lock": page.name, "people": ", ".join(sorted(held))},
        )
