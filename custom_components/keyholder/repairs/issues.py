"""Repair issues of a site, computed from its state and its locks' snapshots."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.util import dt as dt_util

from ..logic.lock_identity import shown_address
from ..logic.use_reports import unlimited_uses
from ..model.credential import CredentialRef, LockId
from ..model.provider_io import UNKNOWN_ADDRESS
from ..model.slot import DesiredState, Reason, SlotState
from ..model.snapshot import LockSnapshot, SlotView
from ..runtime.site.site import Site
from .pin_length_hint import pin_length_hint

FORGERY_HELP: Final = (
    "https://github.com/keyholder/keyholder/blob/main/docs/locks/zigbee.md"
    "#what-somebody-on-the-broker-can-forge"
)
"""Where it is documented what others on an MQTT broker can do, and how to prevent it."""
DUPLICATE: Final = "slot_duplicate"

SUSPENDED: Final = {
    Reason.NOT_STORED: "slot_not_stored",
    Reason.DUPLICATE: DUPLICATE,
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
    Reason.CHANGE_REPORTED: "slot_change_reported",
}
"""The kind of issue for each reason why a slot is suspended."""
_MAY_BE_LENGTH: Final = (Reason.NOT_STORED, Reason.REJECTED)
"""The reasons that the length of the PIN may explain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One repair issue of a site, lock, slot or person. Never holds a code.

    `text` is the translation key where it is not the kind. Without `show_initially` the
    issue is not created, but kept if it exists already: the problem is being solved, but
    is not over yet. `continues` is the kind of the issue in whose place this one is, and
    whose key it has.
    """

    kind: str
    severity: IssueSeverity = IssueSeverity.WARNING
    fixable: bool = False
    lock: str | None = None
    slot: int | None = None
    person: str | None = None
    placeholders: dict[str, str] = field(default_factory=dict)
    help_url: str | None = None
    text: str | None = None
    show_initially: bool = field(default=True, compare=False)
    continues: str | None = None

    @property
    def key(self) -> str:
        """Return the key of the issue, unique within the site."""
        parts = (self.continues or self.kind, self.lock, self.slot, self.person)
        return ".".join(str(part) for part in parts if part is not None)


def issues_of_site(site: Site) -> Iterator[Issue]:
    """Yield the issues that do not belong to a managed lock."""
    if site.journal_lost:
        yield Issue(kind="journal_lost", severity=IssueSeverity.ERROR, fixable=True)
    if site.counters_lost:
        yield Issue(kind="counters_lost")
    yield from _people(site)
    yield from _removed_locks(site)


def issues_of_lock(site: Site, lock: LockId) -> Iterator[Issue]:
    """Yield the issues of a managed lock, or of a lock that is being removed."""
    if (managed := site.locks.get(lock)) is not None:
        yield from _lock(site, managed.data)
    elif (retired := site.removed_locks.get(lock)) is not None:
        yield from _slots(site, retired.data)


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
        # the same key for all locks, so that there is one issue
        yield Issue(kind="storage_failed", severity=IssueSeverity.ERROR)
    is_missing = er.async_get(site.hass).async_get(snapshot.lock) is None
    if is_missing:
        yield Issue(
            kind="lock_missing",
            severity=IssueSeverity.ERROR,
            fixable=True,
            lock=snapshot.lock,
            placeholders=named,
        )
    if snapshot.changed_address is not None:
        accepted = site.locks[snapshot.lock].settings.address or UNKNOWN_ADDRESS
        yield Issue(
            kind="address_changed",
            severity=IssueSeverity.ERROR,
            fixable=True,
            lock=snapshot.lock,
            placeholders={
                **named,
                "accepted": shown_address(accepted),
                "found": shown_address(snapshot.changed_address),
                "help": FORGERY_HELP,
            },
            help_url=FORGERY_HELP,
        )
    if snapshot.incompatible:
        yield Issue(
            kind="provider_broken",
            severity=IssueSeverity.ERROR,
            lock=snapshot.lock,
            placeholders=named,
        )
    if not is_missing and not snapshot.incompatible:
        yield from _unanswered(site, snapshot)
    if snapshot.clock_wrong:
        yield Issue(kind="lock_clock_wrong", lock=snapshot.lock, placeholders=named)
    if snapshot.capabilities is not None and (
        advice := snapshot.capabilities.configuration_hint
    ):
        yield Issue(
            kind=advice.value,
            lock=snapshot.lock,
            placeholders={**named, "help": FORGERY_HELP},
            help_url=FORGERY_HELP,
        )
    yield from _no_free_slot(site, snapshot)
    if unlimited := unlimited_uses(snapshot, site.people.values()):
        yield Issue(
            kind="uses_not_counted",
            lock=snapshot.lock,
            placeholders={**named, "people": ", ".join(unlimited)},
        )
    yield from _duplicates(site, snapshot)
    yield from _slots(site, snapshot)


def _no_free_slot(site: Site, snapshot: LockSnapshot) -> Iterator[Issue]:
    """Yield that a lock is full; while it is read again, until the lock shows the codes."""
    unassigned = snapshot.unassigned
    waiting = {ref for ref in unassigned if unassigned[ref] is Reason.NO_FREE_SLOT}
    is_full = bool(waiting)
    if not is_full:
        waiting = {ref for ref in unassigned if unassigned[ref] is None} | {
            view.credential
            for view in snapshot.slots.values()
            if view.is_on_its_way and not view.is_completed
        }
    people = sorted(
        site.people[ref.person].name for ref in waiting if ref.person in site.people
    )
    placeholders = {"lock": snapshot.name, "people": ", ".join(people)}
    if not_usable := snapshot.not_usable_slots:
        placeholders["not_usable"] = str(not_usable)
    if people:
        yield Issue(
            kind="no_free_slot",
            fixable=True,
            lock=snapshot.lock,
            placeholders=placeholders,
            text="no_usable_slot" if not_usable else None,
            show_initially=is_full,
        )


def _duplicates(site: Site, snapshot: LockSnapshot) -> Iterator[Issue]:
    """Yield the codes that are not ours and have the digits of somebody."""
    for credential, slot in snapshot.duplicates.items():
        person, view = site.people.get(credential.person), snapshot.slot_of(credential)
        if person is None and view is None:
            continue
        name = person.name if person is not None else view.person_name if view else ""
        yield Issue(
            kind=DUPLICATE,
            fixable=True,
            lock=snapshot.lock,
            slot=slot,
            person=credential.person,
            placeholders={
                "lock": snapshot.name,
                "person": name,
                "slot": str(slot),
                "other": str(slot),
            },
        )


def _unanswered(site: Site, snapshot: LockSnapshot) -> Iterator[Issue]:
    """Yield what a lock has not answered, or not shown, for too long."""
    named = {"lock": snapshot.name}
    if snapshot.outdated and snapshot.unanswered_since is not None:
        yield Issue(
            kind="lock_unanswered",
            lock=snapshot.lock,
            placeholders={**named, "since": as_local_text(snapshot.unanswered_since)},
        )
    people = sorted(
        site.people[credential.person].name
        for credential in snapshot.overdue
        if credential.person in site.people and not _has_own_issue(snapshot, credential)
    )
    if people:
        yield Issue(
            kind="codes_overdue" if snapshot.reachable else "codes_unreachable",
            lock=snapshot.lock,
            placeholders={**named, "people": ", ".join(people)},
        )


def _has_own_issue(snapshot: LockSnapshot, credential: CredentialRef) -> bool:
    """Return whether another issue says why a code is not on the lock."""
    if snapshot.storage_failed:
        return True
    if (view := snapshot.slot_of(credential)) is not None:
        return _kind(view) is not None or view.resumed is not None
    return snapshot.unassigned.get(credential) is Reason.NO_FREE_SLOT


def as_local_text(moment: datetime) -> str:
    """Return a moment as text in Home Assistant's time zone, to the minute."""
    return dt_util.as_local(moment).strftime("%Y-%m-%d %H:%M")


def _slots(site: Site, snapshot: LockSnapshot) -> Iterator[Issue]:
    for view in snapshot.slots.values():
        placeholders = {
            "lock": snapshot.name,
            "person": view.person_name,
            "slot": str(view.slot),
        }
        if view.slot in snapshot.failing_slots:
            yield Issue(
                kind="slot_failing",
                severity=IssueSeverity.ERROR,
                lock=snapshot.lock,
                slot=view.slot,
                placeholders=placeholders,
            )
        if view.unexpected_use is not None:
            yield Issue(
                kind="unexpected_use",
                severity=IssueSeverity.ERROR,
                fixable=True,
                lock=snapshot.lock,
                slot=view.slot,
                placeholders={
                    **placeholders,
                    "time": as_local_text(view.unexpected_use),
                },
            )
        kind = _kind(view)
        if kind == DUPLICATE and view.credential in snapshot.duplicates:
            continue
        if kind is not None:
            revocation = kind in ("revocation_pending", "revocation_unrecognised")
            if view.reason in _MAY_BE_LENGTH:
                hint = pin_length_hint(site, snapshot, view)
                placeholders = {**placeholders, "hint": hint}
            if kind == DUPLICATE:
                # the lock says so, and not which slot it is
                placeholders = {**placeholders, "other": "?"}
            forgeable = view.reason is Reason.CHANGE_REPORTED
            if forgeable:
                placeholders = {**placeholders, "help": FORGERY_HELP}
            yield Issue(
                kind=kind,
                severity=IssueSeverity.ERROR if revocation else IssueSeverity.WARNING,
                fixable=True,
                lock=snapshot.lock,
                slot=view.slot,
                placeholders=placeholders,
                help_url=FORGERY_HELP if forgeable else None,
                show_initially=not revocation or view.reason is not None,
            )
        elif view.resumed is not None and view.resumed[0] in SUSPENDED:
            reason, since = view.resumed
            yield Issue(
                kind="slot_trying",
                continues=SUSPENDED[reason],
                fixable=True,
                lock=snapshot.lock,
                slot=view.slot,
                placeholders={**placeholders, "since": as_local_text(since)},
            )


def _kind(view: SlotView) -> str | None:
    if view.orphaned:
        return "quarantined"
    if view.desired is DesiredState.ABSENT:
        if view.outdated:
            # it was cleared: the lock has an issue of its own
            return None
        if view.reason is Reason.DUPLICATE:
            # ours was cleared: the other code has an issue of its own
            return None
        cleared = view.state in (SlotState.IN_SYNC, SlotState.ACCEPTED)
        if cleared:
            return None
        is_unrecognised = view.reason is Reason.UNRECOGNISED
        return "revocation_unrecognised" if is_unrecognised else "revocation_pending"
    if view.state is SlotState.SUSPENDED and view.reason is not None:
        return SUSPENDED.get(view.reason)
    return None


def _removed_locks(site: Site) -> Iterator[Issue]:
    for page in site.abandoned_locks():
        held = [
            record.person_name
            for record in page.records.values()
            if not record.is_cleared
        ]
        yield Issue(
            kind="lock_removed",
            fixable=True,
            lock=page.lock,
            placeholders={"lock": page.name, "people": ", ".join(sorted(held))},
        )
