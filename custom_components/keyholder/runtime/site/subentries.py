"""Parse config subentries into people and lock settings."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_ENABLED

from ...const import (
    CONF_ADDRESS,
    CONF_ALL_LOCKS,
    CONF_ANSWERS_READS,
    CONF_CHECKS,
    CONF_DAYS_AHEAD,
    CONF_FIRST_SLOT,
    CONF_LAST_SLOT,
    CONF_LOCK,
    CONF_LOCKS,
    CONF_PIN_LENGTHS,
    CONF_REMOVING,
    CONF_UNANSWERED_HOURS,
    SUBENTRY_LOCK,
    SUBENTRY_PERSON,
)
from ...logic.pin_rules import parse_lengths
from ...logic.text import as_storable
from ...model.credential import LockId, Person, PersonId
from ...model.pin_lengths import PinLengths
from ...model.provider_io import UNKNOWN_ADDRESS, LockAddress
from ...model.settings import DEFAULT_DAYS_AHEAD, DEFAULT_UNANSWERED_HOURS, LockSettings
from .rule_serialization import notification_from_data, rule_from_data


def people_from_entry(entry: ConfigEntry[Any]) -> Mapping[PersonId, Person]:
    """Return the people of a site. The unique id of a person's subentry is the person id."""
    people = (
        person_from_subentry(subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_PERSON
    )
    return MappingProxyType({person.person_id: person for person in people})


def locks_from_entry(entry: ConfigEntry[Any]) -> Mapping[LockId, LockSettings]:
    """Return the managed locks of a site by entity registry id."""
    locks = (
        _lock(subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_LOCK
    )
    return MappingProxyType({lock.lock: lock for lock in locks})


def is_being_removed(subentry: ConfigSubentry | None) -> bool:
    """Return whether a person or lock is removed as soon as its codes are cleared."""
    return subentry is not None and bool(subentry.data.get(CONF_REMOVING, False))


def person_from_subentry(subentry: ConfigSubentry) -> Person:
    """Return the person of a subentry; one that is being removed is not enabled."""
    data, name = subentry.data, as_storable(subentry.title)
    return Person(
        person_id=subentry.unique_id or subentry.subentry_id,
        subentry_id=subentry.subentry_id,
        name=name,
        locks=None if data[CONF_ALL_LOCKS] else frozenset(data[CONF_LOCKS]),
        enabled=data[CONF_ENABLED] and not is_being_removed(subentry),
        rule=rule_from_data(data, name),
        notify=notification_from_data(data),
    )


def _lock(subentry: ConfigSubentry) -> LockSettings:
    data = subentry.data
    first, last = data.get(CONF_FIRST_SLOT), data.get(CONF_LAST_SLOT)
    slots = None
    if first is not None and last is not None:
        slots = range(int(first), int(last) + 1)
    checks = data.get(CONF_CHECKS)
    hours, days = data.get(CONF_UNANSWERED_HOURS), data.get(CONF_DAYS_AHEAD)
    return LockSettings(
        lock=data[CONF_LOCK],
        subentry_id=subentry.subentry_id,
        name=as_storable(subentry.title),
        slots=slots,
        checks_per_hour=None if checks is None else int(checks),
        unanswered_limit=timedelta(
            hours=DEFAULT_UNANSWERED_HOURS if hours is None else int(hours)
        ),
        ahead=timedelta(days=DEFAULT_DAYS_AHEAD if days is None else int(days)),
        pin_lengths=_pin_lengths(data.get(CONF_PIN_LENGTHS)),
        address=address_from_data(data.get(CONF_ADDRESS)),
        answers_reads=bool(data.get(CONF_ANSWERS_READS, True)),
    )


def _pin_lengths(stored: object) -> PinLengths | None:
    """Return the stored lengths of PINs; what is not understood counts as not set."""
    if not isinstance(stored, str):
        return None
    try:
        return parse_lengths(stored)
    except ValueError:
        return None


def address_from_data(data: object) -> LockAddress | None:
    """Return a stored address, None if none was stored.

    Anything that is not understood is an address that no lock has: damage accepts none.
    """
    if data is None:
        return None
    if not isinstance(data, Mapping):
        return UNKNOWN_ADDRESS
    names = [field.name for field in fields(LockAddress)]
    values = [data.get(name) for name in names]
    if not all(isinstance(value, str) for value in values):
        return UNKNOWN_ADDRESS
    return LockAddress(*(str(value) for value in values))


def data_from_address(address: LockAddress | None) -> dict[str, dict[str, str]]:
    """Return the part of a lock's subentry that holds its address; empty without one."""
    return {} if address is None else {CONF_ADDRESS: asdict(address)}
