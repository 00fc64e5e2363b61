"""The power goes at any instant of a story, and the next home ends it right.

An instant is told from another by what is on disk and what is in the lock, so a cut is
made after every change of either.
"""

from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import mock_storage

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.reading import CodeTarget, WriteResult
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.providers.registry import LOADERS
from tests.fakes.provider import Call, FakeProvider, Held, Profile
from tests.integration.engine.house import PLATFORM, QUICK, until

from .homes import (
    ANN,
    FOREIGN,
    NEW,
    OLD,
    Storage,
    home,
    move_in,
    no_write_twice_without_a_read,
    set_enabled,
    site_of,
)

CODES = (AccessType.CODE_ADDED, AccessType.CODE_CHANGED, AccessType.CODE_REMOVED)
"""What is told of somebody else's doing, and there is nobody else."""


class Disk(dict[str, Any]):
    """What is stored; tells of every change."""

    def __init__(self) -> None:
        super().__init__()
        self.on_change: Callable[[], None] = lambda: None

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self.on_change()

    def become(self, stored: Storage) -> None:
        """Hold this and nothing else."""
        self.clear()
        self.update(deepcopy(stored))


class Lock(FakeProvider):
    """A lock that tells when it has carried something out."""

    on_change: Callable[[], None] = staticmethod(lambda: None)

    @override
    async def async_write(self, slot: int, target: CodeTarget) -> WriteResult:
        result = await super().async_write(slot, target)
        self.on_change()
        return result

    @override
    async def async_clear(self, slot: int) -> WriteResult:
        result = await super().async_clear(slot)
        self.on_change()
        return result


@dataclass
class Cut:
    """One instant: what is on disk, what is in the lock, and what it was asked."""

    stored: Storage
    held: dict[int, Held]
    calls: list[tuple[Call, int | None]]


@dataclass
class World:
    """The disk, and the lock that is there now."""

    disk: Disk
    profile: Profile
    lock: Lock = field(init=False)

    def __post_init__(self) -> None:
        self.new_lock({1: Held(FOREIGN)})

    def new_lock(self, held: dict[int, Held]) -> None:
        """Put a lock that holds these in the place of the former."""
        self.lock = Lock(self.profile, slots=9)
        self.lock.held.update(deepcopy(held))

    async def cuts(self, part: Callable[[], Awaitable[None]]) -> list[Cut]:
        """Return all the instants of a part of the story."""
        cuts: list[Cut] = []

        def cut() -> None:
            stored = deepcopy(dict(self.disk))
            held = deepcopy(self.lock.held)
            if not cuts or (stored, held) != (cuts[-1].stored, cuts[-1].held):
                cuts.append(Cut(stored, held, list(self.lock.calls)))

        cut()
        self.disk.on_change = cut
        self.lock.on_change = cut
        await part()
        self.disk.on_change = lambda: None
        self.lock.on_change = lambda: None
        return cuts


@pytest.fixture
def hass_storage() -> Iterator[Disk]:
    disk = Disk()
    with mock_storage(disk):
        yield disk


@pytest.fixture(params=list(Profile), ids=[profile.name.lower() for profile in Profile])
async def world(
    hass_storage: Disk,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """A home that has had its lock, and Keyholder, for long."""
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    monkeypatch.setattr("custom_components.keyholder.TIMING", QUICK)
    world = World(hass_storage, request.param)

    async def load(_hass: HomeAssistant) -> Callable[..., FakeProvider]:
        return lambda *_: world.lock

    monkeypatch.setitem(LOADERS, PLATFORM, load)
    async with home(new=True) as hass:
        er.async_get(hass).async_get_or_create(
            "lock", PLATFORM, "front", suggested_object_id="front"
        )
    return world


# What is so, and what should be


def wanted(hass: HomeAssistant) -> str | None:
    """Return the code that Ann is meant to have, as this home knows her."""
    site = site_of(hass)
    person = site.people.get(ANN)
    if person is None or not person.enabled or not site.locks:
        return None
    pins = [site.vault.current_pin(ref) for ref in site.vault.revisions]
    return None if not pins or pins[0] is None else pins[0].reveal()


def ends_right(hass: HomeAssistant, lock: Lock) -> bool:
    """Return whether the lock holds what is wanted, and all of it is proven."""
    site = site_of(hass)
    code = wanted(hass)
    if sorted(lock.codes.values()) != sorted({FOREIGN} | ({code} if code else set())):
        return False
    if any(record for page in _strays(hass) for record in page):
        return False
    views = [view for each in site.locks.values() for view in each.data.slots.values()]
    settled = {SlotState.IN_SYNC, SlotState.ACCEPTED}
    return (
        all(view.state in settled for view in views)
        and all(each.is_idle for each in site.locks.values())
        and bool(views) >= bool(code)
    )


def _strays(hass: HomeAssistant) -> list[list[int]]:
    """Return slots of locks that have never been finished being set up."""
    site = site_of(hass)
    return [
        list(page.records)
        for lock, page in site.journal.pages.items()
        if lock not in site.locks
    ]


async def settle(hass: HomeAssistant, lock: Lock) -> None:
    """Wait until all is as it should be."""
    await until(lambda: ends_right(hass, lock))


# The story


async def moves_in(hass: HomeAssistant) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await move_in(hass)
    (lock,) = (each for each in entry.subentries.values() if "lock" in each.data)
    hass.config_entries.async_update_subentry(
        entry, lock, data={**lock.data, "first_slot": 2, "last_slot": 9}
    )


async def gets_a_new_pin(hass: HomeAssistant) -> None:
    await site_of(hass).async_set_pin(ANN, Pin(NEW))


async def is_switched_off(hass: HomeAssistant) -> None:
    set_enabled(hass, enabled=False)


async def is_switched_on(hass: HomeAssistant) -> None:
    set_enabled(hass, enabled=True)


async def leaves(hass: HomeAssistant) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    ann = next(each for each in entry.subentries.values() if each.unique_id == ANN)
    hass.config_entries.async_remove_subentry(entry, ann.subentry_id)


STORY = (moves_in, gets_a_new_pin, is_switched_off, is_switched_on, leaves)
ENDS_WITH = {
    moves_in: OLD,
    gets_a_new_pin: NEW,
    is_switched_off: None,
    is_switched_on: NEW,
    leaves: None,
}
each_part = pytest.mark.parametrize(
    "number", range(len(STORY)), ids=[part.__name__ for part in STORY]
)


async def tell(world: World, hass: HomeAssistant, number: int) -> None:
    """Let one part of the story happen to its end."""
    part = STORY[number]
    await part(hass)
    await until(lambda: wanted(hass) == ENDS_WITH[part])
    await settle(hass, world.lock)


@each_part
async def test_whenever_the_power_goes_the_next_home_ends_it_right(
    world: World, number: int
) -> None:
    async with home() as first:
        for earlier in range(number):
            await tell(world, first, earlier)
        cuts = await world.cuts(lambda: tell(world, first, number))
    await make(world, cuts)


@each_part
async def test_whenever_the_power_goes_in_the_home_that_finishes_it_too(
    world: World, number: int
) -> None:
    """The lock was away, so an orderly stop left the work to the next start."""
    async with home() as first:
        for earlier in range(number):
            await tell(world, first, earlier)
        world.lock.disconnect()
        await STORY[number](first)
        await until(lambda: wanted(first) == ENDS_WITH[STORY[number]])
        await first.async_stop(force=True)

    async def finish() -> None:
        async with home() as second:
            world.lock.connect()
            await settle(second, world.lock)

    await make(world, await world.cuts(finish))


async def make(world: World, cuts: list[Cut]) -> None:
    """Start a home from each of the cuts, and see it end right."""
    for cut in cuts:
        world.disk.become(cut.stored)
        world.new_lock(cut.held)
        world.lock.calls[:] = cut.calls
        told: list[AccessEvent] = []
        async with home() as second:
            site_of(second).access_log.async_listen(told.append)
            await settle(second, world.lock)
        assert not [event for event in told if event.type in CODES]
        assert world.lock.codes[1] == FOREIGN
        assert not {(Call.WRITE, 1), (Call.CLEAR, 1)} & set(world.lock.calls)
        if world.profile is not Profile.WRITE_ONLY:
            assert no_write_twice_without_a_read(world.lock)
