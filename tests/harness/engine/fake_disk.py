"""A disk in memory, for stores that shall survive a cut of the power.

How to use it: make one `FakeDisk` for all runs of an instance (`power_cut.Instance`).
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.runtime.storage.durable_store import DurableStore
from tests.harness.disk_faults import disk_that, write_through

ENTRY: Final = "home"
"""The id of the config entry whose files are on the disk."""

type Stored = dict[str, Any]


class FakeDisk:
    """What is stored, and whether our files can be."""

    def __init__(self, stored: Stored | None = None) -> None:
        """Begin with what is stored already."""
        self.stored: Stored = stored if stored is not None else {}
        self.is_full = False
        self.journal_at = 0.0
        """Since when nothing new has come into the journal."""

    def patched(self) -> Any:
        """Let our stores take a moment, and fail while the disk is full."""

        async def write(store: DurableStore, data: Stored) -> None:
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(0.01)
            if self.is_full:
                raise OSError("no space left")
            await write_through(store, data)
            if store.key.endswith(".slots"):
                self.journal_at = began

        return disk_that(write)

    def page(self, lock: str) -> Mapping[str, Any] | None:
        """Return a lock's page of the journal."""
        journal = self.stored.get(f"{DOMAIN}.{ENTRY}.slots")
        pages = journal["data"]["locks"] if journal else ()
        return next((page for page in pages if page["lock"] == lock), None)

    def record(self, lock: str, slot: int) -> Mapping[str, Any] | None:
        """Return the record of a slot."""
        page = self.page(lock)
        records = page["records"] if page else {}
        return records.get(str(slot)) or records.get(slot)

    def pins(self, person: str) -> dict[int, str]:
        """Return the PINs of a person by revision; the current one is number 0 too."""
        vault = self.stored.get(f"{DOMAIN}.{ENTRY}.secrets")
        for item in vault["data"]["credentials"] if vault else ():
            if item["person"] == person:
                pins = {int(key): pin for key, pin in item["revisions"].items()}
                return {**pins, 0: pins[item["current"]]}
        return {}
