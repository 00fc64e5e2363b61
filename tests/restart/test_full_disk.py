"""The disk is full from any instant of a story on, and works again later."""

import asyncio
from contextlib import suppress
from functools import cache

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.runtime.storage.durable_store import StorageError
from tests.effort import PATIENCE, share
from tests.fakes.provider import Profile
from tests.virtual.run import run_virtually

from .cuts import cuts_of, part_of
from .endings import settle, wrong
from .homes import ANN, FOREIGN, OLD, entry_of, home, set_enabled, site_of
from .stories import (
    HOME,
    STORIES,
    Story,
    pin_is_changed,
    removed_lock_is_cleared,
    tell,
)
from .world import World

pytestmark = pytest.mark.timeout(PATIENCE)

FULL_FOR = 1200.0
CHECKED = 3 * 3600.0
"""Seconds until every slot was looked at, and what was missing was put back."""

MANAGED = [story for story in STORIES if story.happens is not removed_lock_is_cleared]
"""Nobody looks at a lock that is not managed; its repair offers to clear once more."""

each_profile = pytest.mark.parametrize(
    "profile", list(Profile), ids=lambda each: each.name.lower()
)
each_story = pytest.mark.parametrize(
    "story", STORIES, ids=[each.name for each in STORIES]
)


@cache
def moments(story: Story, profile: Profile) -> list[float]:
    """Return when something happens in a story, in seconds."""
    return share(sorted({cut.at for cut in cuts_of(story, profile)}), part_of(profile))


def unbacked(world: World) -> list[str]:
    """Return codes that are on their way to the lock and that the disk knows nothing of.

    The secret has to be there, and that it is wanted in that slot.
    """
    kept = {key.rsplit(".")[-1]: value["data"] for key, value in world.disk.items()}
    wanted = {
        (record["slot"], record["credential"]["person"], record["target"]["revision"])
        for page in kept.get("slots", {"locks": []})["locks"]
        for record in page["records"].values()
        if record["target"]["desired"] == "present"
    }
    known = {
        (slot, secret["revisions"].get(str(revision)))
        for secret in kept.get("secrets", {"credentials": []})["credentials"]
        for slot, person, revision in wanted
        if secret["person"] == person
    }
    return [
        f"slot {sent.slot}"
        for sent in world.lock.in_flight
        if sent.code is not None
        and sent.on is not False
        and (sent.slot, sent.code) not in known
    ]


async def happen(hass: HomeAssistant, world: World, story: Story, at: float) -> None:
    """Let a story happen while the disk gets full."""
    found: list[str] = []
    world.lock.on_change = lambda: found.extend(unbacked(world))
    loop = asyncio.get_running_loop()
    filling = loop.call_at(at, lambda: setattr(world.disk, "full", True))
    with suppress(StorageError):  # as its dialog would say
        await story.happens(hass, world)
    await asyncio.sleep(FULL_FOR)
    filling.cancel()
    world.lock.on_change = lambda: None
    assert found == []
    assert not unwelcome(hass, world)


def unwelcome(hass: HomeAssistant, world: World) -> set[str]:
    """Return codes that nobody wants on the lock any more, whatever the disk says."""
    site = site_of(hass)
    if not site.locks:
        return set()
    vault = site.vault
    wanted = {
        pin.reveal()
        for ref in vault.revisions
        if (person := site.people.get(ref.person)) and site.rules.allows(person)
        for pin in vault.pins(ref).values()
    }
    return set(world.lock.live.values()) - wanted - {FOREIGN}


@each_profile
@each_story
def test_codes_are_taken_away_none_is_written_and_all_comes_right_afterwards(
    story: Story, profile: Profile
) -> None:
    for at in moments(story, profile):
        world = World(profile, switches=story.switches)

        async def live(at: float = at, world: World = world) -> None:
            await world.build()
            async with home() as hass:
                await tell(hass, world, story.before)
                await happen(hass, world, story, at)
                world.disk.full = False
                # Home Assistant does not try again before something else changes
                hass.config_entries.async_update_entry(entry_of(hass), title="Again")
                await settle(hass, world.lock)

        with world.live():
            run_virtually(live())


@pytest.mark.parametrize(
    "profile", [Profile.READABLE, Profile.MASKING], ids=["readable", "masking"]
)
@pytest.mark.parametrize("story", MANAGED, ids=[each.name for each in MANAGED])
def test_what_was_done_and_is_on_no_disk_is_found_after_a_stop(
    story: Story, profile: Profile
) -> None:
    """Codes were taken away, and nobody could note it: the checks find that."""
    for at in moments(story, profile):
        world = World(profile, switches=story.switches)

        async def live(at: float = at, world: World = world) -> None:
            await world.build()
            async with home() as hass:
                await tell(hass, world, story.before)
                await happen(hass, world, story, at)
                world.disk.full = True
                await hass.async_stop(force=True)
            world.disk.full = False
            async with home() as second:
                await asyncio.sleep(CHECKED)
                assert wrong(second, world.lock) == []

        with world.live():
            run_virtually(live())


@each_profile
def test_a_repair_says_that_the_disk_is_full_until_it_works(profile: Profile) -> None:
    world = World(profile)

    def kinds(hass: HomeAssistant) -> set[str | None]:
        issues = ir.async_get(hass).issues.values()
        return {each.translation_key for each in issues if each.domain == DOMAIN}

    async def live() -> None:
        await world.build()
        async with home() as hass:
            await tell(hass, world, HOME)
            world.disk.full = True
            with pytest.raises(StorageError):
                await pin_is_changed(hass, world)
            set_enabled(hass, enabled=False)
            await asyncio.sleep(60)
            assert world.lock.codes == {1: FOREIGN}
            assert kinds(hass) == {"storage_failed"}
            # the disk says of old that Ann is to have this code in this slot
            set_enabled(hass, enabled=True)
            await asyncio.sleep(FULL_FOR)
            assert world.lock.codes == {1: FOREIGN, 2: OLD}
            assert kinds(hass) == {"storage_failed"}
            world.disk.full = False
            await asyncio.sleep(90)
            assert kinds(hass) == set()
            assert world.lock.codes == {1: FOREIGN, 2: OLD}
            assert site_of(hass).people[ANN].enabled

    with world.live():
        run_virtually(live())
