"""Every lock or only these: one choice, of which nothing is dropped quietly."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from homeassistant.helpers import config_validation as cv, entity_registry as er
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    choose,
    start,
    start_reconfigure,
    submit,
    suggested,
)
from tests.harness.site.person_flow import people
from tests.harness.waiting import wait_for

type Locks = tuple[ConfigSubentry, ConfigSubentry]


@pytest.fixture
async def locks(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> Locks:
    """A front and a back door."""
    front = await add_lock(hass, site, fake_locks.add("Front door"))
    return front, await add_lock(hass, site, fake_locks.add("Back door"))


async def add(
    hass: HomeAssistant, site: MockConfigEntry, choice: Any
) -> SubentryFlowResult:
    form = await start(hass, site, "person")
    values = {"name": "Ann", "pin": "907153", "locks": choice, "enabled": True}
    return await submit(hass, form, **values)


async def open_edit(
    hass: HomeAssistant, site: MockConfigEntry, person: ConfigSubentry
) -> SubentryFlowResult:
    return await choose(hass, await start_reconfigure(hass, site, person), "edit")


async def test_the_form_asks_for_one_of_two(
    hass: HomeAssistant, site: MockConfigEntry, locks: Locks
) -> None:
    """Clause 16.33: no list beside a switch that makes it count for nothing."""
    form = await start(hass, site, "person")

    fields: Any = probatio.to_field_list(
        form["data_schema"], custom_serializer=cv.custom_serializer
    )
    (field,) = [each for each in fields if "lock" in each["name"]]
    assert field["default"] == "all"
    choices = field["selector"]["choose"]["choices"]
    assert list(choices) == ["all", "chosen"]
    options = choices["chosen"]["selector"]["select"]["options"]
    assert [each["label"] for each in options] == ["Back door", "Front door"]


async def test_what_is_chosen_counts_whatever_was_chosen_before(
    hass: HomeAssistant, site: MockConfigEntry, locks: Locks
) -> None:
    """Clause 16.33: the frontend keeps the other choice, which is not the active one."""
    front = locks[0].data["lock"]
    both = {"all": "all", "chosen": [front]}

    await add(hass, site, {**both, "active_choice": "chosen"})
    (ann,) = (each for each in site.subentries.values() if each.title == "Ann")
    assert (ann.data["all_locks"], ann.data["locks"]) == (False, [front])

    form = await open_edit(hass, site, ann)
    shown = suggested(form)["locks"]
    assert shown == {"active_choice": "chosen", "chosen": [front]}
    values = {"name": "Ann", "generate": False, "enabled": True}
    await submit(hass, form, **values, locks={**shown, **both, "active_choice": "all"})
    assert (ann.data["all_locks"], ann.data["locks"]) == (True, [])
    assert suggested(await open_edit(hass, site, ann))["locks"] == "all"


@pytest.mark.parametrize(
    "choice",
    [
        [],
        {"active_choice": "chosen"},
        {"active_choice": "chosen", "all": "all"},
        {"active_choice": "chosen", "chosen": None},
        {"active_choice": "chosen", "chosen": []},
    ],
)
async def test_only_these_without_any_is_refused_at_the_field(
    hass: HomeAssistant, site: MockConfigEntry, locks: Locks, choice: Any
) -> None:
    """Clause 16.33: nothing chosen is not everything."""
    refused = await add(hass, site, choice)

    assert refused["errors"] == {"locks": "locks_needed"}
    assert suggested(refused)["locks"] == {"active_choice": "chosen", "chosen": []}
    assert people(site) == []


@pytest.mark.parametrize("choice", [["all"], "chosen", True, {"chosen": []}])
async def test_what_the_form_does_not_offer_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, locks: Locks, choice: Any
) -> None:
    with pytest.raises(InvalidData):
        await add(hass, site, choice)


async def test_a_chosen_lock_that_is_removed_meanwhile_is_not_left_out_quietly(
    hass: HomeAssistant, site: MockConfigEntry, locks: Locks
) -> None:
    """Clause 16.33: the person would have a code on fewer locks than were chosen."""
    front, back = locks
    form = await start(hass, site, "person")
    hass.config_entries.async_update_subentry(
        site, back, data={**back.data, "leaving": True}
    )

    refused = await submit(
        hass,
        form,
        name="Ann",
        pin="907153",
        locks=[front.data["lock"], back.data["lock"]],
        enabled=True,
    )

    assert refused["errors"] == {"locks": "locks_gone"}
    assert people(site) == []


async def test_who_has_a_lock_that_is_being_removed_keeps_it_in_case_it_stays(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, locks: Locks
) -> None:
    """Clause 16.33: the form does not offer it, so nobody has taken it away."""
    front, back = (each.data["lock"] for each in locks)
    registered = [er.async_get(hass).async_get(lock) for lock in (front, back)]
    entries = [each for each in registered if each is not None]
    ann = await add_person(hass, site, "Ann", "907153", entries)
    provider = fake_locks.provider(entries[1])
    await wait_for(lambda: provider.codes)
    provider.disconnect()
    site.runtime_data.site.removals.async_begin(locks[1].subentry_id)
    await hass.async_block_till_done()

    form = await open_edit(hass, site, ann)
    shown = suggested(form)
    assert shown["locks"]["chosen"] == [front]
    values = {"generate": False, "enabled": True, "locks": shown["locks"]}
    saved = await submit(hass, form, name="Anna", **values)

    assert saved["reason"] == "reconfigure_successful"
    assert ann.data["locks"] == sorted([front, back])
