"""A code is sent only for who is in Home Assistant's own file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.keyholder.runtime.site.saved_subentries import (
    SavedSubentriesWatcher,
)
from tests.harness.engine.leak_checks import live_timers
from tests.harness.waiting import wait_for

POLL = timedelta(milliseconds=5)
KEY = "core.config_entries"


class Registry:
    """Home Assistant's saved config entries."""

    def __init__(self, storage: dict[str, Any]) -> None:
        self._storage = storage
        self.save()

    def save(self, *subentries: str) -> None:
        entries = [
            {"entry_id": "other", "subentries": [{"subentry_id": "x"}]},
            {
                "entry_id": "entry",
                "subentries": [{"subentry_id": each} for each in subentries],
            },
        ]
        self._storage[KEY] = {
            "version": 1,
            "minor_version": 5,
            "key": KEY,
            "data": {"entries": entries},
        }


@pytest.fixture
def registry(hass: HomeAssistant, hass_storage: dict[str, Any]) -> Registry:
    return Registry(hass_storage)


@pytest.fixture
def reported() -> list[frozenset[str]]:
    return []


@pytest.fixture
async def watch(
    hass: HomeAssistant, registry: Registry, reported: list[frozenset[str]]
) -> AsyncIterator[SavedSubentriesWatcher]:
    owners = SavedSubentriesWatcher(
        hass, "entry", POLL, lambda: reported.append(owners.saved)
    )
    yield owners
    owners.async_close()


async def test_owners_are_notified_as_they_reach_the_disk(
    hass: HomeAssistant,
    registry: Registry,
    watch: SavedSubentriesWatcher,
    reported: list[frozenset[str]],
) -> None:
    watch.async_set_expected(frozenset({"a", "b"}))
    registry.save("a")
    await wait_for(lambda: reported)
    registry.save("a", "b")
    await wait_for(lambda: len(reported) == 2)
    assert reported == [{"a"}, {"a", "b"}]
    assert live_timers(hass) == []


async def test_who_is_known_to_be_saved_is_not_looked_for(
    hass: HomeAssistant, registry: Registry, watch: SavedSubentriesWatcher
) -> None:
    registry.save("a")
    await watch.async_refresh()
    watch.async_set_expected(frozenset({"a"}))
    assert watch.saved == {"a"}
    assert live_timers(hass) == []


async def test_who_is_gone_is_forgotten(
    registry: Registry, watch: SavedSubentriesWatcher
) -> None:
    registry.save("a", "b")
    await watch.async_refresh()
    watch.async_set_expected(frozenset({"b"}))
    assert watch.saved == {"b"}


async def test_a_registry_that_cannot_be_read_says_nothing_about_anybody(
    registry: Registry,
    watch: SavedSubentriesWatcher,
    reported: list[frozenset[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry.save("a")
    await watch.async_refresh()
    failures = 0

    async def fail(*_: object) -> None:
        nonlocal failures
        failures += 1
        raise HomeAssistantError

    with monkeypatch.context() as patched:
        patched.setattr("homeassistant.helpers.storage.Store.async_load", fail)
        watch.async_set_expected(frozenset({"a", "b"}))
        await wait_for(lambda: failures >= 2)
    assert watch.saved == {"a"}
    assert not reported

    registry.save("a", "b")
    await wait_for(lambda: reported == [{"a", "b"}])


async def test_a_check_under_way_at_the_end_notifies_nobody(
    hass: HomeAssistant,
    watch: SavedSubentriesWatcher,
    reported: list[frozenset[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = asyncio.Event()
    looking = asyncio.Event()

    async def slow(*_: object) -> dict[str, Any]:
        looking.set()
        await gate.wait()
        return {
            "entries": [{"entry_id": "entry", "subentries": [{"subentry_id": "a"}]}]
        }

    monkeypatch.setattr("homeassistant.helpers.storage.Store.async_load", slow)
    watch.async_set_expected(frozenset({"a", "b"}))
    await asyncio.wait_for(looking.wait(), 1)
    watch.async_close()
    gate.set()
    await hass.async_block_till_done()
    assert not reported
    assert live_timers(hass) == []


async def test_a_removed_person_is_departing_until_the_registry_is_saved(
    hass: HomeAssistant,
    registry: Registry,
    watch: SavedSubentriesWatcher,
    reported: list[frozenset[str]],
) -> None:
    # their PIN was forgotten at once, and a power cut brought them back without one
    registry.save("a", "b")
    await watch.async_refresh()
    watch.async_set_expected(frozenset({"a", "b"}))
    assert not watch.pending_removal
    watch.async_set_expected(frozenset({"b"}))
    assert watch.pending_removal == {"a"}
    await asyncio.sleep(5 * POLL.total_seconds())
    assert watch.pending_removal == {"a"}
    assert not reported

    registry.save("b")
    await wait_for(lambda: reported)
    assert not watch.pending_removal
    assert live_timers(hass) == []


async def test_who_was_removed_and_is_back_is_not_departing(
    hass: HomeAssistant, registry: Registry, watch: SavedSubentriesWatcher
) -> None:
    registry.save("a")
    await watch.async_refresh()
    watch.async_set_expected(frozenset())
    watch.async_set_expected(frozenset({"a"}))
    assert not watch.pending_removal
    await wait_for(lambda: watch.saved == {"a"})
    await wait_for(lambda: live_timers(hass) == [])


async def test_who_was_removed_before_they_were_seen_on_disk_departs_too(
    registry: Registry, watch: SavedSubentriesWatcher
) -> None:
    watch.async_set_expected(frozenset({"a"}))
    registry.save("a")
    watch.async_set_expected(frozenset())
    assert watch.pending_removal == {"a"}
    registry.save()
    await wait_for(lambda: not watch.pending_removal)
