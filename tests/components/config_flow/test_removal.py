"""Clear, prove, then remove: for people and for locks."""

import asyncio
from dataclasses import replace
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.expected_texts import check_texts
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    choose,
    start_reconfigure,
    submit,
)
from tests.harness.waiting import wait_for

KINDS = pytest.mark.parametrize("kind", ["lock", "person"])


class Household:
    """One lock with an unmanaged code, and two people on it."""

    def __init__(self, hass: HomeAssistant, site: MockConfigEntry) -> None:
        self.hass = hass
        self.site = site
        self.provider = FakeProvider(codes={4: "9044"})
        self.lock: ConfigSubentry
        self.ann: ConfigSubentry

    async def move_in(self, fake_locks: FakeLocks) -> None:
        front = fake_locks.add("Front door", self.provider)
        self.lock = await add_lock(self.hass, self.site, front)
        self.ann = await add_person(self.hass, self.site, "Ann", "907153")
        await wait_for(lambda: self.provider.codes.get(1))
        await add_person(self.hass, self.site, "Bob", "907154")
        await wait_for(lambda: self.provider.codes.get(2))
        await wait_for(lambda: self.site.runtime_data.site.locks[front.id].is_idle)

    def subentry(self, kind: str) -> ConfigSubentry:
        return {"lock": self.lock, "person": self.ann}[kind]

    def is_there(self, kind: str) -> bool:
        return self.subentry(kind).subentry_id in self.site.subentries

    def is_clear(self, kind: str) -> bool:
        gone = {1} if kind == "person" else {1, 2}
        return not gone & self.provider.codes.keys()

    async def begin(self, kind: str) -> SubentryFlowResult:
        """Ask for the removal, up to the step that watches it."""
        menu = await start_reconfigure(self.hass, self.site, self.subentry(kind))
        form = await choose(self.hass, menu, "remove")
        assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "remove")
        return await submit(self.hass, form)

    async def watch(self, progress: SubentryFlowResult) -> SubentryFlowResult:
        """Do as the browser does: look again when the progress has ended."""
        assert progress["type"] is FlowResultType.SHOW_PROGRESS
        flows = self.hass.config_entries.subentries
        result = progress
        while result["type"] is FlowResultType.SHOW_PROGRESS:
            await self.hass.async_block_till_done()
            result = await flows.async_configure(progress["flow_id"])
        check_texts(result)
        return result


@pytest.fixture
async def household(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> Household:
    household = Household(hass, site)
    await household.move_in(fake_locks)
    return household


@KINDS
async def test_codes_are_cleared_and_proven_gone_before_the_subentry_goes(
    household: Household, kind: str
) -> None:
    household.provider.faults.drop_clears = 2
    progress = await household.begin(kind)

    result = await household.watch(progress)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "removed")
    assert not household.is_there(kind)
    assert household.is_clear(kind)
    assert household.provider.codes[4] == "9044"


async def test_a_removed_lock_leaves_no_trace_and_can_come_back(
    hass: HomeAssistant, household: Household, fake_locks: FakeLocks
) -> None:
    await household.watch(await household.begin("lock"))
    site = household.site.runtime_data.site
    await hass.async_block_till_done()
    assert not site.journal.entries
    assert not site.locks
    assert not site.removed_locks

    form = await hass.config_entries.subentries.async_init(
        (household.site.entry_id, "lock"), context={"source": "user"}
    )
    await submit(hass, form, lock="lock.front_door")

    await wait_for(
        lambda: {"907153", "907154"} <= set(household.provider.codes.values())
    )


async def test_a_removed_persons_secrets_are_forgotten(
    hass: HomeAssistant, household: Household
) -> None:
    await household.watch(await household.begin("person"))
    await hass.async_block_till_done()

    site = household.site.runtime_data.site
    # kept until Home Assistant has saved the removal
    await wait_for(
        lambda: (
            household.ann.unique_id
            not in {ref.person for ref in site.vault.credentials}
        )
    )
    assert [each.name for each in site.people.values()] == ["Bob"]
    assert household.provider.codes == {2: "907154", 4: "9044"}


@KINDS
async def test_a_lock_out_of_reach_is_not_waited_for_for_ever(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    household.provider.disconnect()

    result = await household.watch(await household.begin(kind))

    assert result["reason"] == "removal_goes_on"
    assert household.is_there(kind)
    assert not household.is_clear(kind)

    household.provider.connect()
    await wait_for(lambda: not household.is_there(kind))
    assert household.is_clear(kind)


@pytest.mark.parametrize("lost", ["disconnected", "hanging"])
async def test_a_removal_says_soon_which_locks_are_clear_and_which_gives_no_answer(
    hass: HomeAssistant, household: Household, fake_locks: FakeLocks, lost: str
) -> None:
    """Clause 16.40: within 5 seconds, and that it goes on."""
    site = household.site.runtime_data.site
    garage = fake_locks.add("Garage")
    await add_lock(hass, household.site, garage)
    dead = fake_locks.provider(garage)
    await wait_for(lambda: len(dead.codes) == 2)
    await wait_for(lambda: site.locks[garage.id].is_idle)
    if lost == "disconnected":
        dead.disconnect()
    else:
        dead.hang()
    named = {
        "name": "Ann",
        "cleared": "Front door",
        "waiting": "–",
        "unanswered": "Garage",
    }

    result = await household.begin("person")
    flows = hass.config_entries.subentries
    async with asyncio.timeout(5):
        while result["description_placeholders"] != named:
            assert result["type"] is FlowResultType.SHOW_PROGRESS
            check_texts(result)
            await asyncio.sleep(0.01)
            result = await flows.async_configure(result["flow_id"])

    if lost == "hanging":
        flows.async_abort(result["flow_id"])
        dead.release()
    else:
        result = await household.watch(result)
        assert result["reason"] == "removal_goes_on"
        assert result["description_placeholders"] == named
        assert household.is_clear("person")
        dead.connect()
    await wait_for(lambda: not household.is_there("person"))
    await hass.async_block_till_done()


@KINDS
async def test_a_removal_outlives_a_restart(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    household.provider.disconnect()
    await household.watch(await household.begin(kind))
    await hass.config_entries.async_reload(household.site.entry_id)
    assert household.is_there(kind)

    household.provider.connect()

    await wait_for(lambda: not household.is_there(kind))
    assert household.is_clear(kind)
    await hass.async_block_till_done()


@KINDS
async def test_a_removal_that_was_proven_just_before_a_restart_ends_with_it(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    household.provider.disconnect()
    await household.watch(await household.begin(kind))
    site = household.site.runtime_data.site
    with patch.object(site.removals, "async_complete"):
        household.provider.connect()
        await wait_for(lambda: household.is_clear(kind))
        await wait_for(lambda: all(lock.is_idle for lock in site.locks.values()))
        household.provider.disconnect()
        assert household.is_there(kind)

        await hass.config_entries.async_reload(household.site.entry_id)

    await wait_for(lambda: not household.is_there(kind))
    await hass.async_block_till_done()
    assert list(household.site.runtime_data.site.locks) == (
        [household.lock.data["lock"]] if kind == "person" else []
    )


@KINDS
async def test_a_removal_that_is_found_proven_twice_is_done_once(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    site = household.site.runtime_data.site
    with patch.object(site.removals, "async_complete"):
        progress = await household.begin(kind)
        await wait_for(lambda: household.is_clear(kind))
        await wait_for(lambda: all(lock.is_idle for lock in site.locks.values()))

    site.removals.async_complete()
    site.removals.async_complete()

    assert (await household.watch(progress))["reason"] == "removed"


@KINDS
async def test_closing_the_dialog_does_not_stop_the_removal(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    household.provider.disconnect()
    progress = await household.begin(kind)
    hass.config_entries.subentries.async_abort(progress["flow_id"])
    await hass.async_block_till_done()

    household.provider.connect()

    await wait_for(lambda: not household.is_there(kind))
    with pytest.raises(UnknownFlow):
        await hass.config_entries.subentries.async_configure(progress["flow_id"])


@KINDS
async def test_a_removal_under_way_can_be_watched_again(
    household: Household, kind: str
) -> None:
    household.provider.disconnect()
    await household.watch(await household.begin(kind))
    menu = await start_reconfigure(
        household.hass, household.site, household.subentry(kind)
    )
    assert (menu["step_id"], menu["menu_options"]) == ("leaving", ["remove", "keep"])

    form = await choose(household.hass, menu, "remove")
    progress = await submit(household.hass, form)
    household.provider.connect()

    assert (await household.watch(progress))["reason"] == "removed"


@KINDS
async def test_a_removal_can_be_taken_back_and_the_codes_return(
    household: Household, kind: str
) -> None:
    household.provider.disconnect()
    await household.watch(await household.begin(kind))
    menu = await start_reconfigure(
        household.hass, household.site, household.subentry(kind)
    )

    kept = await choose(household.hass, menu, "keep")

    assert kept["reason"] == "kept"
    household.provider.connect()
    await wait_for(
        lambda: household.provider.codes == {1: "907153", 2: "907154", 4: "9044"}
    )
    assert household.is_there(kind)


async def test_who_is_leaving_has_no_code_although_they_are_switched_on(
    hass: HomeAssistant, household: Household
) -> None:
    household.provider.faults.drop_clears = True
    progress = await household.begin("person")
    hass.config_entries.subentries.async_abort(progress["flow_id"])
    hass.config_entries.async_update_subentry(
        household.site, household.ann, data={**household.ann.data, "enabled": True}
    )
    household.provider.faults.drop_clears = False

    await wait_for(lambda: not household.is_there("person"))
    assert household.is_clear("person")


async def test_a_leaving_lock_takes_nobody_new(
    hass: HomeAssistant, household: Household
) -> None:
    household.provider.disconnect()
    await household.watch(await household.begin("lock"))

    await add_person(hass, household.site, "Cleo", "907155")
    household.provider.connect()

    await wait_for(lambda: not household.is_there("lock"))
    assert household.provider.codes == {4: "9044"}


async def test_a_person_without_any_lock_is_removed_at_once(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ann = await add_person(hass, site, "Ann", "907153")
    menu = await start_reconfigure(hass, site, ann)

    progress = await submit(hass, await choose(hass, menu, "remove"))

    assert progress["type"] is FlowResultType.SHOW_PROGRESS
    await wait_for(lambda: ann.subentry_id not in site.subentries)
    await hass.async_block_till_done()


@KINDS
async def test_nothing_is_called_proven_while_the_journal_is_lost(
    household: Household, kind: str
) -> None:
    household.site.runtime_data.site.journal_lost = True
    menu = await start_reconfigure(
        household.hass, household.site, household.subentry(kind)
    )

    result = await choose(household.hass, menu, "remove")

    assert result["reason"] == "journal_lost"
    assert household.is_there(kind)


@KINDS
async def test_a_removal_waits_for_a_lost_journal_to_be_dealt_with(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    household.provider.disconnect()
    await household.watch(await household.begin(kind))
    site = household.site.runtime_data.site
    site.journal_lost = True
    for page in list(site.journal.entries.values()):
        site.journal.async_save_entry(replace(page, records={}))

    site.removals.async_complete()
    await hass.async_block_till_done()

    assert household.is_there(kind)


@KINDS
async def test_what_was_removed_meanwhile_is_not_removed_again(
    hass: HomeAssistant, household: Household, kind: str
) -> None:
    subentry = household.subentry(kind)
    menu = await start_reconfigure(hass, household.site, subentry)
    form = await choose(hass, menu, "remove")
    hass.config_entries.async_remove_subentry(household.site, subentry.subentry_id)

    assert (await submit(hass, form))["reason"] == "gone"
