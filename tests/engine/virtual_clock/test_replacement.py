"""A lock that took the place of another: whenever the power goes, all of it moves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import mock_storage

from custom_components.keyholder.const import DOMAIN, SUBENTRY_LOCK, SUBENTRY_PERSON
from custom_components.keyholder.data import KeyholderData
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.clock.virtual_loop import VirtualLoop
from tests.harness.engine.engine_harness import PLATFORM
from tests.harness.fakes.provider import FakeProvider, Held, Profile
from tests.harness.restart.instances import (
    no_write_twice_without_a_read,
    running_instance,
)

PEOPLE = {"ann": "907153", "bob": "904862"}
CODES = {1: "907153", 2: "904862"}
BOTH = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])

type Stored = dict[str, Any]
type Look = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a power cut leaves behind `at` seconds from the start."""

    at: float
    stored: Stored = field(repr=False)
    held: dict[int, Held]


class LocksAndDisk:
    """The disk, and what stands behind each lock entity, over all power cuts."""

    def __init__(self, profile: Profile) -> None:
        self.disk: Stored = {}
        self.locks = {name: FakeProvider(profile) for name in ("front", "again")}

    @asynccontextmanager
    async def run_instance(self, *, new: bool = False) -> AsyncIterator[HomeAssistant]:
        async def load(_hass: HomeAssistant) -> Callable[..., FakeProvider]:
            return lambda _hass, lock: self.locks[lock.unique_id]

        with patch.dict(LOADERS, {PLATFORM: load}), mock_storage(self.disk):
            async with running_instance(new=new) as hass:
                yield hass


def _entry(hass: HomeAssistant) -> ConfigEntry[KeyholderData]:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


def _lock_id(hass: HomeAssistant, name: str) -> str:
    lock = er.async_get(hass).async_get(f"lock.{name}")
    assert lock is not None
    return lock.id


def _add(hass: HomeAssistant, kind: str, unique_id: str, data: dict[str, Any]) -> None:
    hass.config_entries.async_add_subentry(
        _entry(hass),
        ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=kind,
            title=unique_id.split("_", maxsplit=1)[0].title(),
            unique_id=unique_id,
        ),
    )


async def rest(minutes: float) -> None:
    await asyncio.sleep(timedelta(minutes=minutes).total_seconds())


async def _build(
    locks_and_disk: LocksAndDisk, **limits: int
) -> tuple[str, dict[str, str]]:
    """Leave an instance whose lock was taken out of the network and is in it again.

    Return the id that its entity had, and our entities by registry id.
    """
    async with locks_and_disk.run_instance(new=True) as hass:
        registry = er.async_get(hass)
        registry.async_get_or_create(
            "lock", PLATFORM, "front", suggested_object_id="front"
        )
        front = _lock_id(hass, "front")
        _add(hass, SUBENTRY_LOCK, f"lock_{front}", {"lock": front, **limits})
        for person, pin in PEOPLE.items():
            await _entry(hass).runtime_data.site.async_set_pin(person, Pin(pin))
            on = {"all_locks": person == "ann", "locks": [front], "enabled": True}
            _add(hass, SUBENTRY_PERSON, person, on)
            await rest(1)
        assert locks_and_disk.locks["front"].codes == CODES
        locks_and_disk.locks["front"].disconnect()
        registry.async_remove("lock.front")
        registry.async_get_or_create(
            "lock", PLATFORM, "again", suggested_object_id="again"
        )
        await rest(10)
        ours = er.async_entries_for_config_entry(registry, _entry(hass).entry_id)
        return front, {each.id: each.entity_id for each in ours}


async def _move(locks_and_disk: LocksAndDisk, hass: HomeAssistant, front: str) -> None:
    """Do what the dialog does."""
    entry = _entry(hass)
    capabilities = await locks_and_disk.locks["again"].async_probe()
    again = _lock_id(hass, "again")
    assert (
        await entry.runtime_data.site.async_replace_lock(front, again, capabilities)
        is None
    )
    assert await hass.config_entries.async_reload(entry.entry_id)


async def _is_moved(
    locks_and_disk: LocksAndDisk, hass: HomeAssistant, front: str, ours: dict[str, str]
) -> None:
    """See everything be where it belongs, within minutes."""
    again = _lock_id(hass, "again")
    entry = _entry(hass)
    site = entry.runtime_data.site
    assert list(site.locks) == [again]
    assert list(site.journal.entries) == [again]
    locks = [each.data for each in entry.subentries.values() if "lock" in each.data]
    assert [data["lock"] for data in locks] == [again]
    assert {each.unique_id for each in entry.subentries.values()} == {
        f"lock_{again}",
        *PEOPLE,
    }
    for each in site.people.values():
        assert each.is_assigned(again)
        assert each.locks in (None, {again})
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {each.id: each.entity_id for each in registered} == ours
    assert not [each for each in registered if front in each.unique_id]
    for person in PEOPLE:
        view = site.locks[again].data.slot_of(CredentialRef(person))
        assert view is not None
        assert view.state is SlotState.IN_SYNC
        shown = hass.states.get(f"sensor.{person}_code_on_lock")
        assert shown is not None
        assert shown.state == "in_sync"
    issues = ir.async_get(hass).issues.values()
    assert not [issue for issue in issues if issue.active]
    assert locks_and_disk.locks["again"].codes == CODES
    assert no_write_twice_without_a_read(locks_and_disk.locks["again"])


def _cuts(profile: Profile) -> tuple[str, dict[str, str], list[Cut]]:
    """Move, and return every instant of it that differs from the one before."""
    locks_and_disk = LocksAndDisk(profile)
    cuts: list[Cut] = []

    async def scenario() -> tuple[str, dict[str, str]]:
        front, ours = await _build(locks_and_disk)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)

        def look() -> None:
            now = Cut(
                loop.time(),
                dict(locks_and_disk.disk),
                dict(locks_and_disk.locks["again"].held),
            )
            if not cuts or (now.stored, now.held) != (cuts[-1].stored, cuts[-1].held):
                cuts.append(now)

        async with locks_and_disk.run_instance() as hass:
            await rest(1)
            loop.on_turn = look
            await _move(locks_and_disk, hass, front)
            await rest(1)
            loop.on_turn = lambda: None
            await _is_moved(locks_and_disk, hass, front, ours)
        return front, ours

    front, ours = run_on_virtual_clock(scenario())
    return front, ours, cuts


@BOTH
def test_a_move_is_finished_whenever_the_power_goes(profile: Profile) -> None:
    front, ours, cuts = _cuts(profile)
    begun = 0
    for cut in cuts:
        locks_and_disk = LocksAndDisk(profile)
        locks_and_disk.disk.update(deepcopy(cut.stored))
        locks_and_disk.locks["front"].disconnect()
        locks_and_disk.locks["again"].held = dict(cut.held)

        async def go_on(locks_and_disk: LocksAndDisk = locks_and_disk) -> bool:
            async with locks_and_disk.run_instance() as hass:
                await rest(3)
                if front in _entry(hass).runtime_data.site.locks:
                    # it was not on disk that somebody wants it
                    assert locks_and_disk.locks["again"].calls == []
                    return False
                await _is_moved(locks_and_disk, hass, front, ours)
            return True

        begun += run_on_virtual_clock(go_on(), elapsed=cut.at)
    assert begun > 4
    assert len(cuts) - begun <= 3


@BOTH
def test_a_second_cut_right_after_the_first_start_changes_nothing(
    profile: Profile,
) -> None:
    """The registries are saved seconds after the start that tells them."""
    front, ours, cuts = _cuts(profile)
    for cut in cuts[1:]:
        disk: Stored = deepcopy(cut.stored)
        held = dict(cut.held)
        at = cut.at
        for seconds in (0.5, 4, 180):
            locks_and_disk = LocksAndDisk(profile)
            locks_and_disk.disk.update(deepcopy(disk))
            locks_and_disk.locks["front"].disconnect()
            locks_and_disk.locks["again"].held = dict(held)

            async def go_on(
                locks_and_disk: LocksAndDisk = locks_and_disk, seconds: float = seconds
            ) -> bool:
                nonlocal disk, held, at
                async with locks_and_disk.run_instance() as hass:
                    await asyncio.sleep(seconds)
                    disk, held = (
                        deepcopy(locks_and_disk.disk),
                        dict(locks_and_disk.locks["again"].held),
                    )
                    at = asyncio.get_running_loop().time()
                    if front in _entry(hass).runtime_data.site.locks:
                        return False
                    if seconds == 180:
                        await _is_moved(locks_and_disk, hass, front, ours)
                return True

            if not run_on_virtual_clock(go_on(), elapsed=at):
                break


def test_nothing_of_a_move_is_kept_once_all_is_saved() -> None:
    locks_and_disk = LocksAndDisk(Profile.READABLE)

    async def scenario() -> None:
        front, ours = await _build(locks_and_disk)
        async with locks_and_disk.run_instance() as hass:
            await _move(locks_and_disk, hass, front)
            await rest(5)
        async with locks_and_disk.run_instance() as hass:
            entry = _entry(hass)
            assert await hass.config_entries.async_unload(entry.entry_id)
            # as it is while Home Assistant starts, with all of it just read from disk
            hass.set_state(CoreState.starting)
            assert await hass.config_entries.async_setup(entry.entry_id)
            hass.set_state(CoreState.running)
            await rest(1)
            pages = entry.runtime_data.site.journal.entries
            assert [page.replaces for page in pages.values()] == [()]
            await _is_moved(locks_and_disk, hass, front, ours)

    run_on_virtual_clock(scenario())


def test_codes_are_written_again_in_their_slots_on_a_write_only_lock() -> None:
    locks_and_disk = LocksAndDisk(Profile.WRITE_ONLY)

    async def scenario() -> None:
        front, _ = await _build(locks_and_disk, first_slot=1, last_slot=5)
        async with locks_and_disk.run_instance() as hass:
            await _move(locks_and_disk, hass, front)
            await rest(5)
            site = _entry(hass).runtime_data.site
            views = site.locks[_lock_id(hass, "again")].data.slots.values()
            assert [view.state for view in views] == [SlotState.ACCEPTED] * 2
        assert locks_and_disk.locks["again"].codes == CODES
        assert locks_and_disk.locks["again"].counts.writes == 2

    run_on_virtual_clock(scenario())


def test_a_code_in_a_slot_that_was_cleared_is_not_ours() -> None:
    locks_and_disk = LocksAndDisk(Profile.MASKING)

    async def scenario() -> None:
        front, _ = await _build(locks_and_disk)
        foreign = {1: Held("905555")}
        async with locks_and_disk.run_instance() as hass:
            entry = _entry(hass)
            ann = next(
                each for each in entry.subentries.values() if each.unique_id == "ann"
            )
            locks_and_disk.locks["front"].connect()
            er.async_get(hass).async_get_or_create("lock", PLATFORM, "front")
            hass.config_entries.async_update_subentry(
                entry, ann, data={**ann.data, "enabled": False}
            )
            await rest(5)
            assert list(locks_and_disk.locks["front"].codes) == [2]
            locks_and_disk.locks["front"].disconnect()
            er.async_get(hass).async_remove("lock.front")
            locks_and_disk.locks["again"].held.update(foreign)
            await _move(locks_and_disk, hass, front)
            await rest(5)
            site = entry.runtime_data.site
            data = site.locks[_lock_id(hass, "again")].data
            assert [view.state for view in data.slots.values()] == [
                SlotState.IN_SYNC
            ] * 2
        assert locks_and_disk.locks["again"].codes == {1: "905555", 2: CODES[2]}

    run_on_virtual_clock(scenario())


def test_the_old_lock_can_be_managed_again_beside_the_new_one() -> None:
    locks_and_disk = LocksAndDisk(Profile.READABLE)

    async def scenario() -> None:
        front, _ = await _build(locks_and_disk)
        async with locks_and_disk.run_instance() as hass:
            await _move(locks_and_disk, hass, front)
            await rest(1)
            locks_and_disk.locks["front"].connect()
            er.async_get(hass).async_get_or_create(
                "lock", PLATFORM, "front", suggested_object_id="front"
            )
            assert _lock_id(hass, "front") == front
            _add(hass, SUBENTRY_LOCK, f"lock_{front}", {"lock": front})
            await rest(10)
        async with locks_and_disk.run_instance() as hass:
            await rest(10)
            assert _entry(hass).runtime_data.site.locks.keys() == {
                front,
                _lock_id(hass, "again"),
            }
            # Bob has the new one only
            assert locks_and_disk.locks["again"].codes == CODES
            assert set(locks_and_disk.locks["front"].codes.values()) >= {"907153"}
            entry = _entry(hass)
            again = f"lock_{_lock_id(hass, 'again')}"
            subentry_id = next(
                each.subentry_id
                for each in entry.subentries.values()
                if each.unique_id == again
            )
            hass.config_entries.async_remove_subentry(entry, subentry_id)
            await rest(10)
        async with locks_and_disk.run_instance() as hass:
            await rest(10)
            assert list(_entry(hass).runtime_data.site.locks) == [front]

    run_on_virtual_clock(scenario())
