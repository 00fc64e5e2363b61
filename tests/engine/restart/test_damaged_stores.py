"""A store is damaged on a real disk: nothing is lost that was not, nothing is guessed.

Whatever is in the file, Keyholder starts, says so, keeps the file, and leaves the lock
as it is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from itertools import product
import json
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.access import Use
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.doc_tables import assert_documented, render_table
from tests.harness.engine.engine_harness import PLATFORM
from tests.harness.fakes.provider import Call, Profile
from tests.harness.restart.crash_scenarios import SLOTS
from tests.harness.restart.delayed_radio import DelayedRadioLock
from tests.harness.restart.instances import (
    ANN,
    BOB,
    BOBS,
    FOREIGN,
    NEW,
    OLD,
    add_lock,
    add_person,
    running_instance,
    site_of,
)
from tests.harness.sampling import sample

type Stored = dict[str, Any]
type Damage = Callable[[str], str]

CODES = {1: FOREIGN, 2: OLD, 3: BOBS}
DAY = 86400.0


def changed(change: Callable[[Stored], Any]) -> Damage:
    """Return a damage that changes what is stored and leaves it JSON."""

    def damage(text: str) -> str:
        stored = json.loads(text)
        changed = change(stored)
        return json.dumps(stored if changed is None else changed)

    return damage


def _items(stored: Stored) -> list[Stored]:
    """Return the pages, credentials or people of a store."""
    content = next(iter(stored["data"].values()))
    return list(content.values()) if isinstance(content, dict) else content


def _last(stored: Stored) -> Stored:
    """Return one record among others: a slot, a credential, a person."""
    last = _items(stored)[-1]
    return last["records"]["3"] if "records" in last else last


def _without_a_field(stored: Stored) -> None:
    last = _last(stored)
    # what is counted has no field that has to be there
    last.pop("target", last.pop("current", None))
    if "uses" in last:
        last["uses"] = None


def _damaged_record(stored: Stored) -> None:
    last = _last(stored)
    key = next(key for key in ("target", "current", "uses") if key in last)
    last[key] = [7]


DAMAGES: dict[str, Damage] = {
    "no JSON": lambda text: text.replace(":", ";"),
    "cut off": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "zeros": lambda text: "\0" * len(text),
    "a list": lambda text: f"[{text}]",
    "a number": lambda _: "7",
    "a list of data": changed(lambda stored: stored.update(data=[])),
    "no data": changed(lambda stored: stored.update(data={})),
    "of the next version": changed(lambda stored: stored.update(version=2)),
    "of the next minor version": changed(lambda stored: stored.update(minor_version=2)),
    "one record lacks a field": changed(_without_a_field),
    "one record is damaged": changed(_damaged_record),
}


class Disk:
    """A real folder, and a lock that outlives every home on it."""

    def __init__(self, folder: Path, profile: Profile) -> None:
        self.folder = folder
        self.profile = profile
        self.storage = folder / ".storage"
        self.storage.mkdir(parents=True, exist_ok=True)
        self.lock = DelayedRadioLock(profile, slots=9, codes={1: FOREIGN})

    def run[T](
        self, happens: Callable[[HomeAssistant], Awaitable[T]], *, new: bool = False
    ) -> T:
        """Let something happen in an instance on this disk."""

        async def load(_hass: HomeAssistant) -> Callable[..., DelayedRadioLock]:
            return lambda *_: self.lock

        async def live() -> T:
            async with running_instance(new=new, folder=str(self.folder)) as hass:
                result = await happens(hass)
                await hass.async_stop(force=True)
                return result

        with patch.dict(LOADERS, {PLATFORM: load}):
            return run_on_virtual_clock(live())

    def copied(self, folder: Path) -> Disk:
        """Return another folder with the same in it, and another lock."""
        shutil.copytree(self.folder, folder)
        disk = Disk(folder, self.profile)
        disk.lock.held.update(deepcopy(self.lock.held))
        return disk

    @property
    def commands(self) -> list[tuple[Call, int | None]]:
        """Return the commands that the lock received."""
        return [each for each in self.lock.calls if each[0] in (Call.WRITE, Call.CLEAR)]

    def file(self, store: str) -> Path:
        """Return one of our files."""
        (registry,) = self.storage.glob("core.config_entries")
        entries = json.loads(registry.read_text())["data"]["entries"]
        (entry,) = (each["entry_id"] for each in entries if each["domain"] == DOMAIN)
        return self.storage / f"{DOMAIN}.{entry}.{store}"

    def keeps(self, content: str) -> bool:
        """Return whether any file holds this still."""
        return any(
            path.read_text() == content for path in self.storage.glob(f"{DOMAIN}.*")
        )


async def live_in(hass: HomeAssistant) -> None:
    """Let two people have codes, and use them."""
    er.async_get(hass).async_get_or_create(
        "lock", PLATFORM, "front", suggested_object_id="front"
    )
    add_lock(hass, **SLOTS)
    await add_person(hass, ANN, OLD)
    await asyncio.sleep(60)
    await add_person(hass, BOB, BOBS)
    await asyncio.sleep(60)
    for _ in range(2):
        for person in (ANN, BOB):
            await site_of(hass).counters.async_count(
                person, Use("a lock", dt_util.utcnow())
            )
    await asyncio.sleep(60)


@pytest.fixture(
    scope="module", params=list(Profile), ids=lambda each: each.name.lower()
)
def lived_in(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Disk:
    """A disk on which all is well."""
    disk = Disk(tmp_path_factory.mktemp("home"), request.param)
    disk.run(live_in, new=True)
    assert disk.lock.codes == CODES
    return disk


@pytest.fixture
def disk(lived_in: Disk, tmp_path: Path) -> Disk:
    """A copy of it, and of the lock."""
    return lived_in.copied(tmp_path / "home")


def issues(hass: HomeAssistant) -> set[str]:
    """Return what waits for a person, with what Home Assistant itself says of us."""
    return {
        str(issue.translation_key)
        for issue in ir.async_get(hass).issues.values()
        if DOMAIN in (issue.domain, issue.issue_domain) and issue.active
    }


def shown(hass: HomeAssistant) -> set[str]:
    """Return what is shown of all slots."""
    slots = ("sensor.ann_code_on_front", "sensor.bob_code_on_front")
    return {state.state for slot in slots if (state := hass.states.get(slot))}


SAID = {
    "slots": {"journal_lost"},
    "secrets": {"pin_missing"},
    "counters": {"counters_lost"},
}
HOME_ASSISTANT_SAYS = {"storage_corruption"}
"""It moves a file away that is no JSON, and tells of it in a repair of its own."""


DAMAGED = sample(list(product(SAID, DAMAGES, Profile)), len(SAID) * len(DAMAGES))
"""In a sample each store has each damage, on one kind of lock or another."""


async def use_anyway(hass: HomeAssistant, store: str) -> None:
    """Go on without what was in the store."""
    site = site_of(hass)
    match store:
        case "slots":
            await site.async_reset_journal()
        case "secrets":
            await site.async_set_pin(ANN, Pin(NEW))
        case "counters":
            await site.counters.async_count(ANN, Use("a lock", dt_util.utcnow()))
    await asyncio.sleep(DAY)


@pytest.mark.parametrize(
    ("lived_in", "store", "damage"),
    [
        pytest.param(
            profile, store, DAMAGES[name], id=f"{store}-{name}-{profile.name.lower()}"
        )
        for store, name, profile in DAMAGED
    ],
    indirect=["lived_in"],
)
def test_a_damaged_store_is_an_issue_and_kept_and_the_lock_left_alone(
    disk: Disk, store: str, damage: Damage
) -> None:
    path = disk.file(store)
    good = path.read_text()
    bad = damage(good)
    path.write_text(bad)

    async def look(hass: HomeAssistant) -> None:
        await asyncio.sleep(DAY)
        waiting = issues(hass)
        assert waiting - HOME_ASSISTANT_SAYS == SAID[store]
        if store == "slots":
            assert shown(hass) == {"unknown"}

    for _ in range(2):
        # it stays so, however often we start
        disk.run(look)
        assert disk.keeps(bad)
    assert disk.commands == []
    assert disk.lock.codes == CODES

    # a backup makes it good, with nothing to be done at the lock
    backup = disk.copied(disk.folder.with_name("backup"))
    backup.file(store).write_text(good)

    async def look_again(hass: HomeAssistant) -> None:
        await asyncio.sleep(DAY)
        assert issues(hass) <= HOME_ASSISTANT_SAYS
        assert shown(hass) <= {"in_sync", "accepted"}

    backup.run(look_again)
    assert backup.commands == []

    # whoever goes on without it keeps what there was
    disk.run(lambda hass: use_anyway(hass, store))
    assert disk.keeps(bad)
    assert disk.lock.codes[1] == FOREIGN


LOST: dict[str, Damage | None] = {
    **DAMAGES,
    "missing": None,
    "no content": lambda _: "{}",
}


async def live_with_a_code_that_is_used_up(hass: HomeAssistant) -> None:
    """Let Ann have a code that works once, and Bob one that works twice; each is used."""
    er.async_get(hass).async_get_or_create(
        "lock", PLATFORM, "front", suggested_object_id="front"
    )
    add_lock(hass, **SLOTS)
    site = site_of(hass)
    for person, pin, limit in ((ANN, OLD, 1), (BOB, BOBS, 2)):
        await add_person(hass, person, pin, AccessRule(use_limit=limit))
        await asyncio.sleep(60)
        await site.counters.async_count(person, Use("a lock", dt_util.utcnow()))
        site.rules.async_reevaluate()
        await asyncio.sleep(60)


@pytest.mark.parametrize("name", LOST)
def test_a_code_that_is_used_up_stays_so_whatever_becomes_of_the_counters(
    tmp_path: Path, name: str
) -> None:
    """Clause 16.20: counters that are missing, or are no JSON, count as used up."""
    disk = Disk(tmp_path, Profile.READABLE)
    disk.run(live_with_a_code_that_is_used_up, new=True)
    assert disk.lock.codes == {1: FOREIGN, 3: BOBS}
    before = len(disk.commands)
    path, damage = disk.file("counters"), LOST[name]
    if damage is None:
        path.unlink()
    else:
        path.write_text(damage(path.read_text()))

    async def look(hass: HomeAssistant) -> None:
        await asyncio.sleep(DAY)
        assert issues(hass) - HOME_ASSISTANT_SAYS == {"counters_lost"}
        usage = site_of(hass).usage
        assert (usage(ANN).limited_uses, usage(BOB).limited_uses) == (1, 1)

    for _ in range(2):
        # it is told until the next use, however often we start
        disk.run(look)
        assert len(disk.commands) == before

    async def use(hass: HomeAssistant) -> None:
        await site_of(hass).counters.async_count(BOB, Use("a lock", dt_util.utcnow()))

    disk.run(use)

    async def look_again(hass: HomeAssistant) -> None:
        await asyncio.sleep(DAY)
        assert issues(hass) <= HOME_ASSISTANT_SAYS
        assert site_of(hass).usage(ANN).limited_uses == 1

    disk.run(look_again)
    assert disk.lock.codes == {1: FOREIGN}
    assert [call for call, _ in disk.commands[before:]] == [Call.CLEAR]


def test_a_site_that_has_just_been_made_has_lost_nothing(tmp_path: Path) -> None:
    """Clause 16.20: its counters are created with its journal."""
    disk = Disk(tmp_path, Profile.READABLE)

    async def look(hass: HomeAssistant) -> None:
        assert issues(hass) == set()

    disk.run(look, new=True)
    assert disk.file("counters").exists()
    assert disk.file("slots").exists()
    disk.run(look)


def test_what_a_later_version_adds_to_a_record_is_no_damage(disk: Disk) -> None:
    path = disk.file("slots")
    stored = json.loads(path.read_text())
    for page in stored["data"]["locks"]:
        page["mood"] = "fine"
        for record in page["records"].values():
            record["mood"] = {"of": ["a", "slot"]}
    path.write_text(json.dumps(stored))

    async def look(hass: HomeAssistant) -> None:
        await asyncio.sleep(DAY)
        assert issues(hass) == set()
        assert shown(hass) <= {"in_sync", "accepted"}

    disk.run(look)
    assert disk.commands == []
    assert disk.lock.codes == CODES


def test_the_documentation_shows_what_is_said(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    well = Disk(tmp_path_factory.mktemp("home"), Profile.READABLE)
    well.run(live_in, new=True)

    async def look(hass: HomeAssistant) -> str:
        return ", ".join(f"`{kind}`" for kind in sorted(issues(hass)))

    rows = []
    for name, damage in DAMAGES.items():
        row = [name]
        for store in SAID:
            disk = well.copied(tmp_path / name / store)
            disk.file(store).write_text(damage(disk.file(store).read_text()))
            row.append(disk.run(look))
            assert disk.commands == []
        rows.append(row)
    table = render_table(["in the file", *SAID], rows)
    assert_documented("reliability.md", "damaged-stores", table)
