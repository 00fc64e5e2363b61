"""A site as large as you like on locks in memory, run by a real Home Assistant."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from homeassistant.bootstrap import DATA_REGISTRIES_LOADED
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
    restore_state as rs,
)
from homeassistant.helpers.storage import get_internal_store_manager
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.keyholder.const import (
    CONF_RULE,
    DOMAIN,
    SUBENTRY_LOCK,
    SUBENTRY_PERSON,
)
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.credential import CredentialRef, LockId
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.providers.base import LockProvider
from custom_components.keyholder.providers.registry import LOADERS, ProviderFactory
from custom_components.keyholder.runtime.site.rule_serialization import rule_to_data
from custom_components.keyholder.runtime.site.saved_subentries import (
    SavedSubentriesWatcher,
)
from custom_components.keyholder.runtime.site.site import Site
from custom_components.keyholder.runtime.storage.stores import Journal, Vault
from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.waiting import wait_for

PLATFORM: Final = "bench_lock"
TIMING: Final = replace(Timing(), command_spacing=timedelta(0))
"""Everything as in a real site, but for the pause between two radio operations."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many locks, and how many people; everybody is on every lock."""

    locks: int
    people: int

    @property
    def slots(self) -> int:
        """Return how many codes there are in all."""
        return self.locks * self.people

    def __str__(self) -> str:
        """Return it as the tables show it."""
        return f"{self.locks}×{self.people}"


@dataclass
class BenchLocks:
    """The locks and people of one measurement; they outlive every Home Assistant."""

    size: Size
    folder: Path
    profile: Profile = Profile.READABLE
    checks_per_hour: int | None = None
    rule: AccessRule = UNRESTRICTED_RULE
    providers: dict[str, FakeProvider] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make locks that cannot be reached yet."""
        self.providers = {
            f"door_{number}": FakeProvider(
                self.profile, slots=self.size.people + 10, connected=False
            )
            for number in range(1, self.size.locks + 1)
        }

    @property
    def people(self) -> list[str]:
        """Return the ids of the people."""
        return [f"person-{number}" for number in range(1, self.size.people + 1)]

    @staticmethod
    def pin(number: int) -> str:
        """Return a made-up PIN, another one for each number."""
        return f"9{number:05}"

    @property
    def is_converged(self) -> bool:
        """Return whether every lock really holds a code for everybody."""
        people = self.size.people
        return all(len(lock.held) == people for lock in self.providers.values())

    def connect(self) -> None:
        """Open the way to every lock."""
        for provider in self.providers.values():
            provider.connect()

    def reset_counts(self) -> None:
        """Count the operations anew."""
        for provider in self.providers.values():
            counts = provider.counts
            counts.reads = counts.writes = counts.clears = 0
            provider.calls.clear()

    @property
    def operations(self) -> Operations:
        """Return what all locks were asked to do since the last reset."""
        counts = [provider.counts for provider in self.providers.values()]
        return Operations(
            writes=sum(each.writes for each in counts),
            clears=sum(each.clears for each in counts),
            reads=sum(each.reads for each in counts),
        )

    async def _load(self, _hass: HomeAssistant) -> ProviderFactory:
        """Stand in the provider registry."""

        def create(_hass: HomeAssistant, lock: er.RegistryEntry) -> LockProvider:
            return self.providers[lock.unique_id]

        return create

    @contextmanager
    def _at_hand(self) -> Iterator[None]:
        with (
            patch.dict(LOADERS, {PLATFORM: self._load}),
            patch("custom_components.keyholder.TIMING", TIMING),
            # Home Assistant saves its registry a second late; the engine waits for that
            patch("homeassistant.config_entries.SAVE_DELAY", 0),
        ):
            yield

    @asynccontextmanager
    async def bench_site(self) -> AsyncIterator[BenchSite]:
        """Run a Home Assistant on what is stored; the entry is not set up yet."""
        with self._at_hand():
            async with async_test_home_assistant(
                load_registries=False,
                config_dir=str(self.folder),
                initial_state=CoreState.not_running,
            ) as hass:
                hass.data.pop(DATA_CUSTOM_COMPONENTS)
                (self.folder / ".storage").mkdir(exist_ok=True)
                if any((self.folder / ".storage").iterdir()):
                    await get_internal_store_manager(hass).async_initialize()
                # the plugin would load them empty
                dr.async_setup(hass)
                for registry in (ar, cr, dr, er, fr, ir, lr, rs):
                    await registry.async_load(hass)
                hass.data[DATA_REGISTRIES_LOADED] = None
                hass.set_state(CoreState.running)
                await hass.config_entries.async_initialize()
                try:
                    yield BenchSite(self, hass)
                finally:
                    await hass.async_stop(force=True)

    async def move_in(self, hass: HomeAssistant) -> None:
        """Store all that a user would have set up, before the first setup."""
        locks = self._add_locks(hass)
        entry = MockConfigEntry(
            domain=DOMAIN, title="Home", subentries_data=[*self._subentries(locks)]
        )
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(entry, title="House")  # saves it
        watch = SavedSubentriesWatcher(hass, entry.entry_id, timedelta(1), lambda: None)
        while not entry.subentries.keys() <= watch.saved:
            await asyncio.sleep(0.001)  # Home Assistant saves in its own time
            await watch.async_refresh()
        vault = Vault(hass, entry.entry_id)
        for number, person in enumerate(self.people):
            await vault.async_set_pin(CredentialRef(person), Pin(self.pin(number)))
        await Journal(hass, entry.entry_id).async_commit()

    def _add_locks(self, hass: HomeAssistant) -> list[LockId]:
        owner = MockConfigEntry(domain=PLATFORM, title="Locks in memory")
        owner.add_to_hass(hass)
        locks = []
        for name in self.providers:
            device = dr.async_get(hass).async_get_or_create(
                config_entry_id=owner.entry_id,
                identifiers={(PLATFORM, name)},
                name=name,
            )
            lock = er.async_get(hass).async_get_or_create(
                "lock", PLATFORM, name, config_entry=owner, device_id=device.id
            )
            locks.append(lock.id)
        return locks

    def _subentries(self, locks: list[LockId]) -> Iterator[ConfigSubentryData]:
        settings: dict[str, Any]
        for number, lock in enumerate(locks, 1):
            settings = {
                "lock": lock,
                "first_slot": None,
                "last_slot": None,
                "checks_per_hour": self.checks_per_hour,
            }
            yield ConfigSubentryData(
                data=settings,
                subentry_type=SUBENTRY_LOCK,
                title=f"Door {number}",
                unique_id=f"lock_{lock}",
            )
        for number, person in enumerate(self.people, 1):
            settings = {
                "all_locks": True,
                "locks": [],
                "enabled": True,
                CONF_RULE: rule_to_data(self.rule),
            }
            yield ConfigSubentryData(
                data=settings,
                subentry_type=SUBENTRY_PERSON,
                title=f"Person {number}",
                unique_id=person,
            )


@dataclass(frozen=True, slots=True)
class Operations:
    """What a provider was asked to do. A read is that of a single slot."""

    writes: int
    reads: int
    clears: int = 0


@dataclass
class BenchSite:
    """One run of Home Assistant on these locks."""

    bench_locks: BenchLocks
    hass: HomeAssistant

    @property
    def site(self) -> Site:
        """Return the run time of the entry, once it is set up."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        site: Site = entry.runtime_data.site
        return site

    async def set_up(self) -> None:
        """Set the entry up; return when all its entities are there."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        assert await self.hass.config_entries.async_setup(entry.entry_id)

    async def reload(self) -> None:
        """Unload the entry and set it up again."""
        (entry,) = self.hass.config_entries.async_entries(DOMAIN)
        assert await self.hass.config_entries.async_reload(entry.entry_id)

    async def until_settled(self) -> None:
        """Return when every lock has shown every code and nothing is to be done."""
        people = self.bench_locks.size.people

        def is_settled() -> bool:
            return all(
                lock.is_idle
                and len(lock.data.slots) == people
                and lock.data.state == "in_sync"
                for lock in self.site.locks.values()
            )

        await wait_for(is_settled, seconds=60)
