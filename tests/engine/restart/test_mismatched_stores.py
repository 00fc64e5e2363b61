"""Our stores and Home Assistant's registries are of different ages.

We save at once, Home Assistant a second later or more; a backup may hold one of them
only. A record notes whether its owner was seen in the saved registry: who is missing
there with that note was removed, who is missing without it was never finished.
"""

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.keyholder.const import DOMAIN
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.fakes.provider import Call, Profile
from tests.harness.restart.crash_harness import CrashHarness, PowerCut
from tests.harness.restart.crash_scenarios import CRASH_SCENARIOS
from tests.harness.restart.instances import (
    FOREIGN,
    OLD,
    Storage,
    running_instance,
    site_of,
)
from tests.harness.restart.power_cuts import power_cuts_of

WHILE = 600.0
"""Seconds that an instance is given to do something wrong."""

each_profile = pytest.mark.parametrize(
    "profile", list(Profile), ids=lambda each: each.name.lower()
)
both_scenarios = pytest.mark.parametrize("scenario", ["added", "deleted"])

type After = Callable[[HomeAssistant], Awaitable[None]]


def ages(scenario: str, profile: Profile) -> tuple[PowerCut, PowerCut]:
    """Return the instants before anything happened, and after all was saved."""
    name = f"a person is {scenario}"
    cuts = power_cuts_of(
        next(each for each in CRASH_SCENARIOS if each.name == name), profile
    )
    return cuts[0], cuts[-1]


def mixed(ours: PowerCut, theirs: PowerCut, lock: PowerCut) -> PowerCut:
    """Return the latest instant with the stores of two, and the lock of a third."""
    stored = {key: value for key, value in theirs.stored.items() if not _is_ours(key)}
    stored |= {key: value for key, value in ours.stored.items() if _is_ours(key)}
    latest = max(ours.at, theirs.at)
    return replace(lock, at=latest, stored=deepcopy(stored), calls=[])


def _is_ours(key: str) -> bool:
    return key.startswith(f"{DOMAIN}.")


def without_note(cut: PowerCut) -> PowerCut:
    """Return the instant with records of owners that were not seen in the registry."""
    stored: Storage = deepcopy(cut.stored)
    (key,) = (key for key in stored if _is_ours(key) and key.endswith(".slots"))
    for page in stored[key]["data"]["locks"]:
        for record in page["records"].values():
            record["owner_saved"] = False
    return replace(cut, stored=stored)


def open_on(
    profile: Profile, cut: PowerCut, after: After | None = None
) -> CrashHarness:
    """Let an instance go on from there for long, then return what has become of the lock."""
    harness = CrashHarness(profile)
    harness.become(cut)

    async def live() -> None:
        async with running_instance() as hass:
            await asyncio.sleep(WHILE)
            if after is not None:
                await after(hass)

    with harness.live():
        run_on_virtual_clock(live(), elapsed=cut.at)
    assert harness.lock.codes[1] == FOREIGN
    return harness


def kinds(hass: HomeAssistant) -> list[str | None]:
    """Return what waits for a person."""
    issues = ir.async_get(hass).issues.values()
    return [each.translation_key for each in issues if each.domain == DOMAIN]


def commands(harness: CrashHarness) -> list[tuple[Call, int | None]]:
    """Return the commands that the lock received."""
    return [call for call in harness.lock.calls if call[0] in (Call.WRITE, Call.CLEAR)]


@each_profile
def test_who_is_back_without_a_pin_gets_no_code_and_a_repair_says_so(
    profile: Profile,
) -> None:
    before, after = ages("added", profile)

    async def look(hass: HomeAssistant) -> None:
        assert kinds(hass) == ["pin_missing"]

    harness = open_on(profile, mixed(ours=before, theirs=after, lock=before), look)
    assert commands(harness) == []


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_a_removal_that_only_we_have_saved_leaves_nobody_with_a_code(
    profile: Profile,
) -> None:
    before, after = ages("deleted", profile)

    async def look(hass: HomeAssistant) -> None:
        assert kinds(hass) == ["pin_missing"]

    harness = open_on(profile, mixed(ours=after, theirs=before, lock=after), look)
    assert commands(harness) == []


@both_scenarios
@each_profile
def test_who_was_in_the_registry_and_is_missing_is_taken_off_the_lock(
    scenario: str, profile: Profile
) -> None:
    before, after = ages(scenario, profile)
    if scenario == "added":
        cut = mixed(ours=after, theirs=before, lock=after)
    else:
        cut = mixed(ours=before, theirs=after, lock=before)
    assert OLD in [held.code for held in cut.held.values()]

    async def look(hass: HomeAssistant) -> None:
        site = site_of(hass)
        assert kinds(hass) == []
        assert not any(page.records for page in site.journal.entries.values())
        assert not {ref.person for ref in site.vault.credentials}

    harness = open_on(profile, cut, look)
    assert harness.lock.codes == {1: FOREIGN}
    assert (Call.CLEAR, 2) in commands(harness)


@pytest.mark.parametrize("answer", ["nothing", "clear", "leave"])
@both_scenarios
@each_profile
def test_a_person_never_seen_in_the_registry_waits_for_the_user(
    scenario: str, profile: Profile, answer: str
) -> None:
    before, after = ages(scenario, profile)
    if scenario == "added":
        cut = mixed(ours=without_note(after), theirs=before, lock=after)
    else:
        cut = mixed(ours=without_note(before), theirs=after, lock=before)

    async def decide(hass: HomeAssistant) -> None:
        site = site_of(hass)
        (lock,) = site.locks
        assert kinds(hass) == ["quarantined"]
        decisions = site.decisions(lock, 2)
        if answer == "clear":
            assert await decisions.async_clear_quarantined() is None
        elif answer == "leave":
            assert await decisions.async_forget_orphaned() is None
        await asyncio.sleep(WHILE)
        assert kinds(hass) == (["quarantined"] if answer == "nothing" else [])

    harness = open_on(profile, cut, decide)
    if answer == "clear":
        assert harness.lock.codes == {1: FOREIGN}
    else:
        assert harness.lock.codes == {1: FOREIGN, 2: OLD}
        assert commands(harness) == []
