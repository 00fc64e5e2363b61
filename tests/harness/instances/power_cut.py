"""Homes on virtual time whose power can be cut: what is on disk is all that stays."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from copy import deepcopy
from typing import Any, Final
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    RegistryEntryWithDefaults,
    mock_registry,
    mock_storage,
)

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.timing import Timing
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.engine.delayed_lock import SLOTS, DelayedFakeLock
from tests.harness.engine.engine_harness import PLATFORM, EngineHarness
from tests.harness.engine.fake_disk import ENTRY, FakeDisk
from tests.harness.engine.provider_proxy import ProviderProxy
from tests.harness.instances.ha_instances import running_home_assistant

CONFIG_ENTRIES: Final = "core.config_entries"


class Instance:
    """One run of a Home Assistant with our site in it, on one disk."""

    def __init__(self, disk: FakeDisk, locks: Mapping[str, DelayedFakeLock]) -> None:
        """The locks by name; their entities have been there for long."""
        self.disk = disk
        self.wires = {
            name: ProviderProxy(lock, disk, f"id-{name}")
            for name, lock in locks.items()
        }
        self.engine: EngineHarness
        self.tasks: set[asyncio.Task[Any]] = set()
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Start on what is stored."""
        enter = self._stack.enter_context
        hass = await self._stack.enter_async_context(running_home_assistant())
        enter(mock_storage(self.disk.stored))
        enter(self.disk.patched())
        mock_registry(
            hass,
            {
                f"lock.{name}": RegistryEntryWithDefaults(
                    entity_id=f"lock.{name}",
                    unique_id=name,
                    platform=PLATFORM,
                    id=f"id-{name}",
                )
                for name in self.wires
            },
        )
        saved = self.disk.stored.get(CONFIG_ENTRIES)
        subentries = saved["data"]["entries"][0]["subentries"] if saved else ()
        entry = MockConfigEntry(
            domain=DOMAIN, title="New", entry_id=ENTRY, subentries_data=subentries
        )
        self.engine = EngineHarness(hass, Timing(), entry)
        self.engine.providers.update(
            {wire.lock_id: wire for wire in self.wires.values()}  # type: ignore[misc]
        )
        enter(patch.dict(LOADERS, {PLATFORM: self.engine.load}))
        # an update saves it
        hass.config_entries.async_update_entry(entry, title="Home")
        await self.engine.open()

    async def close(self) -> None:
        """Stop in good order."""
        for task in self.tasks:
            task.cancel()
        try:
            await self.engine.close()
        finally:
            await self._shut()

    async def _shut(self) -> None:
        try:
            await self.engine.hass.async_stop(force=True)
        finally:
            await self._stack.aclose()

    async def cut(self) -> FakeDisk:
        """Let the power go now; return what is on disk."""
        disk = FakeDisk(deepcopy(self.disk.stored))
        disk.is_full = self.disk.is_full
        disk.journal_at = self.disk.journal_at
        for wire in self.wires.values():
            wire.cut()
        # what it does from now on reaches neither the locks nor that disk
        self.disk.is_full = False
        await self.close()
        return disk


def forget(disk: FakeDisk, locks: Mapping[str, DelayedFakeLock]) -> None:
    """Let the ledgers know that what is not on disk is not known any more."""
    for name, lock in locks.items():
        for slot in range(1, SLOTS + 1):
            record = disk.record(f"id-{name}", slot)
            if record is not None:
                lock.oracle.forgotten(
                    slot,
                    occupied=record["observed"]["occupancy"] in ("masked", "present"),
                    awaited=_awaits_a_write(record),
                    settled=record["evidence"] != "none" and record["pending"] is None,
                    saved_at=disk.journal_at,
                    is_full=disk.is_full,
                )


def _awaits_a_write(record: Mapping[str, Any]) -> bool:
    """Return whether by its stored record a write may be about to show in a slot."""
    operations = [record["pending"], *record["unresolved_commands"]]
    return any(
        each is not None
        and each["operation"] == "write"
        and not each.get("assumed_after_power_loss")
        for each in operations
    )
