"""The engine of a site on locks in memory, without Home Assistant's surface.

How to use it: take the fixture `engine` of `tests/engine/runtime` (delays a hundredth of
the real ones) or `engine_with_real_delays`; `engine.add_lock("Front", FakeProvider())`,
`ann = await engine.add_person("Ann", "907153")`, `await engine.until_state(...)`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import (
    CONF_RULE,
    DOMAIN,
    SUBENTRY_LOCK,
    SUBENTRY_PERSON,
)
from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.credential import CredentialRef, LockId, PersonId
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice, UserResumed
from custom_components.keyholder.model.snapshot import LockSnapshot, SlotView
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.providers.base import LockProvider
from custom_components.keyholder.runtime.site.rule_serialization import rule_to_data
from custom_components.keyholder.runtime.site.site import Site
from tests.harness.fakes.provider import FakeProvider
from tests.harness.waiting import wait_for

PLATFORM = "locks_in_memory"
QUICK = replace(
    Timing().scaled(0.01),
    empty_read_max_age=timedelta(seconds=5),
    verification_period=timedelta(seconds=4),
    form_timeout=timedelta(seconds=1),
)
"""A minute is 0.6 seconds here; only what a busy machine may miss is longer."""


def our_log(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines that we wrote to the log."""
    return [
        caplog.handler.format(record)
        for record in caplog.records
        if record.name.startswith("custom_components.keyholder")
    ]


class EngineHarness:
    """The site, its fake locks by name, and what a user does in the interface."""

    def __init__(
        self,
        hass: HomeAssistant,
        timing: Timing = QUICK,
        entry: MockConfigEntry | None = None,
    ) -> None:
        """Take an entry, or make one; `open` starts it."""
        self.hass = hass
        self.timing = timing
        self.entry = entry or MockConfigEntry(domain=DOMAIN, title="Home")
        self.entry.add_to_hass(hass)
        self.providers: dict[LockId, FakeProvider] = {}
        self.site: Site = Site(hass, self.entry, timing)
        self.events: list[AccessEvent] = []
        self._unlisten: Callable[[], None] = lambda: None

    async def load(self, hass: HomeAssistant) -> Callable[..., LockProvider]:
        """Stand in the provider registry."""
        return lambda _hass, lock: self.providers[lock.id]

    async def open(self) -> None:
        """Start the site on what is stored."""
        self.site = Site(self.hass, self.entry, self.timing)
        self.site.access_log.async_listen(self.events.append)
        self._unlisten = self.entry.add_update_listener(self._on_update)
        await self.site.async_start()

    async def close(self) -> None:
        """Stop the site."""
        self._unlisten()
        self._unlisten = lambda: None
        await self.site.async_stop()

    async def reopen(self) -> None:
        """Stop and start again, as a reload does."""
        await self.close()
        await self.open()

    async def _on_update(self, *_: Any) -> None:
        await self.site.async_sync()

    # What the user does

    def add_lock(
        self, name: str, provider: FakeProvider, slots: tuple[int, int] | None = None
    ) -> LockId:
        """Manage a lock."""
        lock = er.async_get(self.hass).async_get_or_create("lock", PLATFORM, name)
        self.providers[lock.id] = provider
        first, last = slots or (None, None)
        self._add(
            SUBENTRY_LOCK,
            name,
            f"lock_{lock.id}",
            {"lock": lock.id, "first_slot": first, "last_slot": last},
        )
        return lock.id

    async def add_person(
        self,
        name: str,
        pin: str,
        *locks: LockId,
        enabled: bool = True,
        rule: AccessRule = UNRESTRICTED_RULE,
    ) -> PersonId:
        """Add a keyholder: on all locks if none is named."""
        person = f"person-{name}"
        await self.site.async_set_pin(person, Pin(pin))
        data = {"all_locks": not locks, "locks": list(locks), "enabled": enabled}
        self._add(
            SUBENTRY_PERSON, name, person, {**data, CONF_RULE: rule_to_data(rule)}
        )
        return person

    def set_rule(self, person: PersonId, rule: AccessRule) -> None:
        """Give a person another rule."""
        self.set_data(person, **{CONF_RULE: rule_to_data(rule)})

    async def set_pin(self, person: PersonId, pin: str) -> None:
        """Give a person another PIN."""
        await self.site.async_set_pin(person, Pin(pin))

    def set_enabled(self, person: PersonId, enabled: bool) -> None:
        """Turn the person's switch."""
        self.set_data(person, enabled=enabled)

    def set_data(self, unique_id: str, **changes: Any) -> None:
        """Change a person or (lock_<id>) a lock."""
        subentry = self._subentry(unique_id)
        self.hass.config_entries.async_update_subentry(
            self.entry, subentry, data={**subentry.data, **changes}
        )

    def resume(self, lock: LockId, person: PersonId, choice: ResumeChoice) -> None:
        """Answer the repair of a slot."""
        view = self.view(lock, person)
        assert view is not None
        self.site.locks[lock].slots.async_dispatch(view.slot, UserResumed(choice))

    def remove(self, unique_id: str) -> None:
        """Delete a person or (lock_<id>) a lock, as the interface does."""
        self.hass.config_entries.async_remove_subentry(
            self.entry, self._subentry(unique_id).subentry_id
        )

    def _add(self, kind: str, title: str, unique_id: str, data: dict[str, Any]) -> None:
        self.hass.config_entries.async_add_subentry(
            self.entry,
            ConfigSubentry(
                data=MappingProxyType(data),
                subentry_type=kind,
                title=title,
                unique_id=unique_id,
            ),
        )

    def _subentry(self, unique_id: str) -> ConfigSubentry:
        return next(
            subentry
            for subentry in self.entry.subentries.values()
            if subentry.unique_id == unique_id
        )

    # What is shown

    def snapshot(self, lock: LockId) -> LockSnapshot:
        """Return what is shown of a lock."""
        return self.site.locks[lock].data

    def view(self, lock: LockId, person: PersonId) -> SlotView | None:
        """Return what is shown of a person's slot on a lock."""
        if lock not in self.site.locks:
            return None
        return self.snapshot(lock).slot_of(CredentialRef(person))

    def slot_of(self, lock: LockId, person: PersonId) -> int:
        """Return the slot of a person's code on a lock."""
        view = self.view(lock, person)
        assert view is not None
        return view.slot

    def state(self, lock: LockId, person: PersonId) -> SlotState | None:
        """Return the state of a person's slot on a lock."""
        view = self.view(lock, person)
        return None if view is None else view.state

    async def until_state(
        self, lock: LockId, person: PersonId, state: SlotState, seconds: float = 10
    ) -> SlotView:
        """Wait until a person's slot on a lock is in a state."""
        await wait_for(lambda: self.state(lock, person) is state, seconds)
        view = self.view(lock, person)
        assert view is not None
        return view

    def published(self, *kinds: AccessType) -> list[tuple[AccessType, int | None]]:
        """Return the events of these kinds with their slots, in order."""
        return [
            (event.type, event.slot) for event in self.events if event.type in kinds
        ]

    async def until_echoes_are_over(self, lock: LockId) -> None:
        """Wait until a change that the lock reports cannot be our own any more."""

        def is_over() -> bool:
            expected = self.site.locks[lock].expected_reports.values()
            return all(until < dt_util.utcnow() for until in expected)

        await wait_for(is_over)

    async def until_idle(self) -> None:
        """Wait until nothing is queued on any lock."""
        await wait_for(lambda: all(lock.is_idle for lock in self.site.locks.values()))
        await asyncio.sleep(0)
