"""Validate the input for a person and build a draft, for the flow and the actions."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_ENABLED, CONF_NAME, CONF_PIN

from ..const import (
    CONF_CONFIRM_TRIVIAL,
    CONF_GENERATE,
    CONF_LIMIT,
    CONF_LOCKS,
    EVERY_LOCK,
    SUBENTRY_PERSON,
)
from ..logic.allocation import SlotCount
from ..logic.person_changes import adds_locks
from ..model.access_rules import UNRESTRICTED_RULE, AccessRule
from ..model.credential import LockId, Person, PersonId
from ..providers.base import ProviderError
from ..runtime.lock.coordinator import LockCoordinator
from ..runtime.lock.timeouts import CallTimeoutError
from ..runtime.site.site import Site
from ..runtime.site.subentries import is_being_removed, people_from_entry
from .duplicate_pins import validate_not_on_locks
from .errors import InvalidInputError
from .names import validate_name
from .person_draft import PersonDraft, entered_pin
from .pins import (
    PinRequirements,
    generated_pin,
    parse_pin,
    pin_needs,
    validate_current_pin,
    validate_new_pin,
)
from .rules import data_with_rule
from .text import validate_text


def active_locks(site: Site) -> list[LockCoordinator]:
    """Return the locks of the site except those being removed."""
    return [
        lock
        for lock in site.locks.values()
        if not is_being_removed(site.entry.subentries.get(lock.settings.subentry_id))
    ]


async def async_build_draft(
    site: Site, user_input: Mapping[str, Any], person: Person | None
) -> PersonDraft:
    """Validate the form input and return it as a draft.

    `person` is the person being edited, None for a new one. Raises InvalidInputError with
    the first error. Reads whether the locks have free slots; a lock without an answer is
    named in the draft and is no error.
    """
    validate_text(user_input)
    draft = PersonDraft(
        person=None if person is None else person.person_id,
        name=validate_person_name(site, user_input[CONF_NAME], person),
        locks=_locks(site, user_input, person),
        enabled=user_input[CONF_ENABLED],
        asks_for_rule=user_input.get(CONF_LIMIT, False),
    )
    draft = await async_with_pin(
        site,
        draft,
        person,
        entered=entered_pin(user_input),
        generate=user_input.get(CONF_GENERATE, False),
    )
    unreachable = await async_unreachable_locks(site, draft)
    if draft.pin is not None:
        # the search for a free slot has just read who else is on the locks
        validate_not_on_locks(draft.pin, _chosen(site, draft), draft.person)
    return replace(draft, unreachable_locks=unreachable)


def confirm_trivial_pin(
    site: Site, draft: PersonDraft, user_input: Mapping[str, Any]
) -> PersonDraft:
    """Return the draft with its trivial PIN confirmed, or with another PIN.

    Raises InvalidInputError if neither was entered or the other PIN is invalid.
    """
    confirmed = user_input[CONF_CONFIRM_TRIVIAL]
    if (entered := entered_pin(user_input)) is not None:
        pin, trivial = parse_pin(entered, _needs(site, draft))
        return replace(draft, pin=pin, trivial=trivial and not confirmed)
    if not confirmed:
        raise InvalidInputError("confirm_or_change", CONF_CONFIRM_TRIVIAL)
    return replace(draft, trivial=False)


def revalidate(site: Site, draft: PersonDraft, person: Person | None) -> None:
    """Validate the draft against what changed since it was built.

    Raises InvalidInputError, for example if its name or PIN was taken meanwhile.
    """
    validate_person_name(site, draft.name, person)
    if draft.pin is not None:
        validate_new_pin(draft.pin, _needs(site, draft))
        validate_not_on_locks(draft.pin, _chosen(site, draft), draft.person)
        return
    assert person is not None, "nobody new is without a PIN"
    _check_present_pin(site, draft, person)


async def async_add_person(
    site: Site, draft: PersonDraft, rule: AccessRule = UNRESTRICTED_RULE
) -> PersonId:
    """Store a new person, their PIN first; hold `people_lock`.

    They are added together with their rule, so that their code is never written without
    it. Raises InvalidInputError if the draft has become invalid, and StorageError.
    """
    revalidate(site, draft, None)
    assert draft.pin is not None
    person = uuid4().hex
    await site.async_set_pin(person, draft.pin)
    site.hass.config_entries.async_add_subentry(
        site.entry,
        ConfigSubentry(
            data=MappingProxyType(data_with_rule(draft.as_data(), rule)),
            subentry_type=SUBENTRY_PERSON,
            title=draft.name,
            unique_id=person,
        ),
    )
    return person


async def async_with_pin(
    site: Site,
    draft: PersonDraft,
    person: Person | None,
    *,
    entered: object | None,
    generate: bool,
) -> PersonDraft:
    """Return the draft with the entered or generated PIN.

    Without either, an existing person keeps their current PIN. Raises InvalidInputError
    if the PIN does not meet the requirements of the locks.
    """
    await _async_learn_lengths(site, draft)
    if entered is not None and generate:
        raise InvalidInputError("pin_or_generate", CONF_PIN)
    if entered is not None:
        pin, trivial = parse_pin(entered, _needs(site, draft))
        return replace(draft, pin=pin, trivial=trivial)
    if person is None or generate:
        pin = generated_pin(_needs(site, draft))
        return replace(draft, pin=pin, generated=True)
    _check_present_pin(site, draft, person)
    return draft


def _check_present_pin(site: Site, draft: PersonDraft, person: Person) -> None:
    """Validate the current PIN if the change adds locks or enables the person.

    A change that only removes access is never rejected. Raises InvalidInputError.
    """
    gains = not person.enabled or adds_locks(draft.locks, person.locks)
    if draft.enabled and gains:
        present = site.current_pin(person.person_id)
        validate_current_pin(present, _needs(site, draft))
        if present is not None:
            locks = _chosen(site, draft)
            validate_not_on_locks(present, locks, person.person_id, is_present=True)


def validate_person_name(site: Site, entered: str, besides: Person | None) -> str:
    """Return the normalised name. Raises InvalidInputError if it is empty or taken.

    `besides` is the person being edited, who may keep the name.
    """
    people = people_from_entry(site.entry).values()
    return validate_name(entered, (each.name for each in people if each != besides))


def _locks(
    site: Site, user_input: Mapping[str, Any], person: Person | None
) -> frozenset[LockId] | None:
    """Return the chosen locks, None for every lock. Raises InvalidInputError.

    A lock that is being removed cannot be chosen; who has it keeps it, in case it stays.
    """
    if user_input[CONF_LOCKS] == EVERY_LOCK:
        return None
    chosen = frozenset(user_input[CONF_LOCKS])
    if not chosen:
        raise InvalidInputError("locks_needed", CONF_LOCKS)
    lasting = {lock.settings.lock for lock in active_locks(site)}
    if not chosen <= lasting:
        raise InvalidInputError("locks_gone", CONF_LOCKS)
    former = frozenset[LockId]() if person is None else person.locks or frozenset()
    return chosen | (former & site.locks.keys() - lasting)


def _needs(site: Site, draft: PersonDraft) -> PinRequirements:
    return pin_needs(
        _chosen(site, draft),
        site.pins_in_use(draft.locks, draft.person),
    )


def _chosen(site: Site, draft: PersonDraft) -> list[LockCoordinator]:
    return [
        lock
        for lock in active_locks(site)
        if draft.locks is None or lock.settings.lock in draft.locks
    ]


async def _async_learn_lengths(site: Site, draft: PersonDraft) -> None:
    """Read the capabilities of locks that were just added, for their PIN lengths."""
    patience = site.timing.form_timeout.total_seconds()
    unknown = [lock for lock in _chosen(site, draft) if lock.capabilities is None]
    for lock in unknown:
        with suppress(ProviderError, CallTimeoutError, TimeoutError):
            async with asyncio.timeout(patience):
                await lock.async_capabilities()


async def async_unreachable_locks(site: Site, draft: PersonDraft) -> tuple[str, ...]:
    """Return the names of the chosen locks that are unreachable now.

    Raises InvalidInputError if a lock has no free slot. A disabled draft needs none.
    """
    if not draft.enabled:
        return ()
    chosen = _chosen(site, draft)
    seeking = [lock for lock in chosen if not _has_slot(lock, draft.person)]
    if site.journal_lost:
        # without the journal, our own codes would count as unmanaged
        seeking = []
    answers = await asyncio.gather(
        *(_async_check_capacity(site, lock) for lock in seeking)
    )
    unreachable = set[str]()
    for lock, answer in zip(seeking, answers, strict=True):
        if isinstance(answer, SlotCount):
            raise _no_free_slot(lock, answer)
        if answer:
            unreachable.add(lock.settings.name)
    if draft.pin is not None:
        unreachable |= {
            lock.settings.name for lock in chosen if not lock.data.reachable
        }
    return tuple(sorted(unreachable))


async def _async_check_capacity(site: Site, lock: LockCoordinator) -> SlotCount | bool:
    """Return the slot count if the lock is full, else whether the read failed."""
    patience = site.timing.form_timeout.total_seconds()
    try:
        async with asyncio.timeout(patience):
            return await lock.requests.async_check_capacity() or False
    except ProviderError, CallTimeoutError, TimeoutError:
        return True


def _has_slot(lock: LockCoordinator, person: PersonId | None) -> bool:
    return any(
        record.credential.person == person
        for record in lock.journal_entry.records.values()
    )


def _no_free_slot(lock: LockCoordinator, count: SlotCount) -> InvalidInputError:
    named = {} if not count.not_usable else {"not_usable": str(count.not_usable)}
    return InvalidInputError(
        "no_usable_slot" if named else "no_free_slot",
        CONF_LOCKS,
        lock=lock.settings.name,
        usable=str(count.usable),
        managed=str(count.managed),
        occupied=str(count.occupied),
        unreadable=str(count.unreadable),
        **named,
    )
