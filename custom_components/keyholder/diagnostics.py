"""Diagnostics of a site, built from an allowlist of fields.

No object is copied whole: the download holds no PIN, no name of a person and no text
that a user entered. People are numbered, the same way in every download.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .autolock_manager import AutolockManager
from .data import KeyholderConfigEntry
from .model.credential import CredentialRef, LockId, PersonId
from .model.journal import LockJournalEntry
from .model.lock_schedule import LockSchedule
from .model.provider_io import Capabilities
from .model.slot import Observation, PendingCommand, SlotRecord
from .model.snapshot import LockSnapshot
from .model.timing import Timing
from .runtime.lock.coordinator import LockCoordinator
from .runtime.site.subentries import locks_from_entry
from .runtime.site.views import PersonView, SiteDiagnostics

type _Names = Mapping[PersonId, str]


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: KeyholderConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of a site."""
    data = entry.runtime_data
    site = data.site.diagnostics()
    names = _numbered(site)
    managed = locks_from_entry(entry)
    return {
        "journal": {"lost": site.journal_lost, "commits": site.journal_commits},
        "timing": _timing(site.timing),
        "people": {
            names[view.person.person_id]: {
                **_person(view),
                "pin_revision": site.pin_revisions.get(
                    CredentialRef(view.person.person_id)
                ),
            }
            for view in site.people
        },
        "locks": [
            {
                **_entity(hass, lock.settings.lock),
                "autolock": _autolock(data.autolock, lock.settings.lock),
                **_lock(lock, names),
            }
            for lock in data.site.locks.values()
        ],
        "retired_locks": [
            _journal_entry(journal_entry, names)
            for journal_entry in site.journal_entries
            if journal_entry.lock not in managed
        ],
    }


def _person(view: PersonView) -> dict[str, Any]:
    person = view.person
    return {
        "enabled": person.enabled,
        "has_pin": view.has_pin,
        "locks": "all" if person.locks is None else len(person.locks),
        "status": view.codes.status,
        "rule": _rule(view),
        "uses": view.usage.uses,
    }


def _rule(view: PersonView) -> dict[str, Any]:
    """Return the parts and the result of an access rule, without entered text."""
    rule, result = view.person.rule, view.rule_result
    return {
        "weekly_windows": None if rule.weekly is None else len(rule.weekly.windows),
        "has_source": rule.source is not None,
        "valid_from": _at(rule.valid_from),
        "valid_until": _at(rule.valid_until),
        "use_limit": rule.use_limit,
        "uses": view.usage.limited_uses,
        "conditions": len(rule.conditions),
        "holds": result.denied_by,
        "next_change": _at(result.next_change),
    }


def _numbered(site: SiteDiagnostics) -> _Names:
    """Return a number for each person, in order of addition; removed people last."""
    people = [view.person.person_id for view in site.people]
    removed = {
        record.credential.person
        for journal_entry in site.journal_entries
        for record in journal_entry.records.values()
    }.difference(people)
    people += sorted(removed)
    return {person: f"person {number}" for number, person in enumerate(people, 1)}


def _entity(hass: HomeAssistant, lock: LockId) -> dict[str, Any]:
    entity = er.async_get(hass).async_get(lock)
    if entity is None:
        return {"entity": None}
    return {"entity": {"platform": entity.platform, "disabled": entity.disabled}}


def _lock(lock: LockCoordinator, names: _Names) -> dict[str, Any]:
    return {
        "slot_limits": _range(lock.settings.slots),
        "idle": lock.is_idle,
        **_snapshot(lock.data, names),
        **_journal_entry(lock.journal_entry, names),
        "expected_reports": {
            str(slot): _at(until) for slot, until in lock.expected_reports.items()
        },
    }


def _autolock(manager: AutolockManager, lock: LockId) -> dict[str, Any] | None:
    """Return the configuration, inputs and timer of a lock's autolock, None without it."""
    if (controller := manager.controller(lock)) is None:
        return None
    config, now, entry = (
        manager.config(lock),
        controller.context(),
        controller.entry,
    )
    return {
        "enabled": config.enabled,
        "day": config.day.total_seconds(),
        "night": config.night.total_seconds(),
        "night_hours": config.night_hours is not None,
        "per_person": len(config.per_person),
        "per_method": {
            method: duration.total_seconds()
            for method, duration in config.per_method.items()
        },
        "door_sensor": config.door is not None,
        "unknown_door": config.unknown_door,
        "close_delay": config.close_delay.total_seconds(),
        "lock_when_closed": config.lock_when_closed,
        "position": now.position,
        "door": now.door,
        "timer": None
        if entry is None
        else {
            "reason": entry.reason,
            "deadline": _at(entry.deadline),
            "duration": entry.duration.total_seconds(),
            "attempt": entry.attempt,
            "operated_at": _at(entry.operated_at),
            "running": controller.is_running,
        },
    }


def _snapshot(snapshot: LockSnapshot, names: _Names) -> dict[str, Any]:
    return {
        "reachable": snapshot.reachable,
        "incompatible": snapshot.incompatible,
        "storage_failed": snapshot.storage_failed,
        "state": snapshot.state,
        "states": {
            str(slot): {
                "state": view.state,
                "reason": view.reason,
                "disabled": view.disabled,
            }
            for slot, view in snapshot.slots.items()
        },
        "unassigned": {
            names[credential.person]: reason
            for credential, reason in snapshot.unassigned.items()
            if credential.person in names
        },
    }


def _journal_entry(journal_entry: LockJournalEntry, names: _Names) -> dict[str, Any]:
    return {
        "capabilities": _capabilities(journal_entry.capabilities),
        "clear_requested": journal_entry.clear_requested,
        "dropped_pin_lengths": {
            str(length): count
            for length, count in journal_entry.pin_lengths.dropped.items()
        },
        "kept_pin_lengths": list(journal_entry.pin_lengths.kept),
        "records": {
            str(slot): _record(record, names)
            for slot, record in journal_entry.records.items()
        },
    }


def _capabilities(capabilities: Capabilities | None) -> dict[str, Any] | None:
    if capabilities is None:
        return None
    return {
        "slots": _range(capabilities.slots),
        "pin_lengths": [capabilities.pin_min_length, capabilities.pin_max_length],
        "best_evidence": capabilities.best_evidence,
        "schedules": None
        if capabilities.schedules is None
        else asdict(capabilities.schedules),
        "reports_changes": capabilities.reports_changes,
        "can_disable_codes": capabilities.can_disable_codes,
        "configuration_hint": capabilities.configuration_hint,
    }


def _record(record: SlotRecord, names: _Names) -> dict[str, Any]:
    return {
        "person": names[record.credential.person],
        "desired": record.desired,
        "revision": record.revision,
        "origin": record.origin,
        "observed": _observation(record.observed),
        "evidence": record.evidence,
        "verified_at": _at(record.verified_at),
        "pending": _pending(record.pending),
        "unresolved_commands": [
            {
                "operation": command.operation,
                "revision": command.revision,
                "started_at": _at(command.started_at),
                "may_land_until": _at(command.may_land_until),
                "followed_by_clear": command.followed_by_clear,
                "effect_seen": command.effect_seen,
            }
            for command in record.unresolved_commands
        ],
        "failed_attempts": record.retry.failed_attempts,
        "unanswered_commands": record.retry.unanswered_commands,
        "failed_reads": record.retry.failed_reads,
        "slot_not_usable": record.retry.slot_not_usable,
        "suspended_reason": record.retry.suspended_reason,
        "blocked": record.blocked,
        "restored_at": [_at(moment) for moment in record.restored_at],
        "retry_at": _at(record.retry.at),
        "needs_read": record.needs_read,
        "changed_externally": record.changed_externally,
        "owner_saved": record.owner_saved,
        "temporarily_denied": record.target.temporarily_denied,
        "disabled_code": record.disabled_code
        and {
            "revision": record.disabled_code.revision,
            "disabled_since": _at(record.disabled_code.disabled_since),
        },
        "disable_unsupported": record.disable_unsupported,
        "absent_since": _at(record.absent_since),
        "reread_at": _at(record.reread_at),
        "writes": {
            "uncleared": list(record.writes.uncleared),
            "acknowledged": record.writes.acknowledged,
            "reads_empty": record.writes.reads_empty,
            "used": record.writes.used,
        },
        "unexpected_use": _at(record.unexpected_use),
        "schedule": {
            "requested": _schedule(record.target.schedule),
            "in_force": _schedule(record.schedule.in_force),
            "rejected": _schedule(record.schedule.rejected),
        },
    }


def _schedule(schedule: LockSchedule | None) -> dict[str, int] | None:
    """Return the number of entries of each kind in a schedule, None without one."""
    if schedule is None:
        return None
    return {each.name: len(getattr(schedule, each.name)) for each in fields(schedule)}


def _observation(observed: Observation) -> dict[str, Any]:
    return {
        "occupancy": observed.occupancy,
        "revision": observed.revision,
        "enabled": observed.enabled,
        "made_by_us": observed.made_by_us,
        "observed_at": _at(observed.observed_at),
    }


def _pending(pending: PendingCommand | None) -> dict[str, Any] | None:
    if pending is None:
        return None
    return {
        "operation": pending.operation,
        "revision": pending.revision,
        "started_at": _at(pending.started_at),
        "deadline": _at(pending.deadline),
        "returned_at": _at(pending.returned_at),
        "read_backs": pending.read_backs,
        "slot_was_empty": pending.slot_was_empty,
        "counts_as_failure": pending.counts_as_failure,
    }


def _timing(timing: Timing) -> dict[str, Any]:
    """Return all timing fields, which are durations, in seconds."""
    return {
        each.name: (
            value.total_seconds()
            if isinstance(value := getattr(timing, each.name), timedelta)
            else [part.total_seconds() for part in value]
        )
        for each in fields(timing)
    }


def _range(slots: range | None) -> list[int] | None:
    return None if slots is None else [slots.start, slots.stop - 1]


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
