"""Changing a person: name, locks, PIN, enabled. The PIN is never shown back."""

from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    choose,
    shown,
    start_reconfigure,
    submit,
    suggested,
)
from tests.harness.waiting import wait_for

ANN = {"name": "Ann", "all_locks": True, "enabled": True}


async def edit(
    hass: HomeAssistant, site: MockConfigEntry, person: ConfigSubentry, **values: Any
) -> SubentryFlowResult:
    menu = await start_reconfigure(hass, site, person)
    form = await choose(hass, menu, "edit")
    return await submit(hass, form, **{**ANN, **values})


def is_saved(result: SubentryFlowResult) -> bool:
    return (
        result["type"] is FlowResultType.ABORT
        and result["reason"] == "reconfigure_successful"
    )


async def test_the_form_shows_what_there_is_but_not_the_pin(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153", [front])
    menu = await start_reconfigure(hass, site, ann)
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["edit", "rule", "notifications", "remove"]

    form = await choose(hass, menu, "edit")

    assert suggested(form) == {
        "name": "Ann",
        "locks": {"active_choice": "chosen", "chosen": [front.id]},
        "pin": None,
        "generate": None,
        "enabled": True,
    }
    assert "907153" not in shown(form)


async def test_a_new_name_changes_nothing_on_the_locks(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")
    await wait_for(
        lambda: provider.codes and site.runtime_data.site.locks[front.id].is_idle
    )
    used = provider.counts.total

    assert is_saved(await edit(hass, site, ann, name="Anna"))

    assert ann.title == "Anna"
    assert site.runtime_data.site.people[ann.unique_id].name == "Anna"
    await hass.async_block_till_done()
    assert provider.counts.total == used


async def test_a_new_pin_replaces_the_old_one_on_every_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    ann = await add_person(hass, site, "Ann", "907153")
    providers = [fake_locks.provider(lock) for lock in (front, back)]
    await wait_for(lambda: all(each.codes == {1: "907153"} for each in providers))

    assert is_saved(await edit(hass, site, ann, pin="907154"))

    await wait_for(lambda: all(each.codes == {1: "907154"} for each in providers))


async def test_a_generated_pin_is_kept_before_it_is_shown(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.34: closing the window kills no PIN that somebody was told."""
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")
    await wait_for(lambda: provider.codes)

    last = await edit(hass, site, ann, generate=True)

    assert last["step_id"] == "generated"
    pin = (last["description_placeholders"] or {})["pin"]
    await wait_for(lambda: provider.codes == {1: pin})
    assert is_saved(await submit(hass, last))

    last = await edit(hass, site, ann, name="Anna", generate=True)
    pin = (last["description_placeholders"] or {})["pin"]
    hass.config_entries.subentries.async_abort(last["flow_id"])
    await wait_for(lambda: provider.codes == {1: pin})
    assert site.subentries[ann.subentry_id].title == "Anna"


async def test_a_trivial_pin_has_to_be_confirmed_here_too(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ann = await add_person(hass, site, "Ann", "907153")

    ask = await edit(hass, site, ann, pin="9999")

    assert ask["step_id"] == "confirm"
    assert is_saved(await submit(hass, ask, confirm_trivial=True))


async def test_switching_a_person_off_clears_the_code(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")
    await wait_for(lambda: provider.codes)

    assert is_saved(await edit(hass, site, ann, enabled=False))

    await wait_for(lambda: not provider.codes)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": ""}, {"name": "name_empty"}),
        ({"name": "bob"}, {"name": "name_taken"}),
        ({"all_locks": False}, {"locks": "locks_needed"}),
        ({"pin": 907155}, {"pin": "pin_not_digits"}),
        ({"pin": "907"}, {"pin": "pin_too_short"}),
        ({"pin": "9072"}, {"pin": "pin_in_use"}),
        ({"pin": "907155", "generate": True}, {"pin": "pin_or_generate"}),
    ],
)
async def test_what_cannot_be_is_refused_and_can_be_corrected(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    values: dict[str, Any],
    errors: dict[str, str],
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    ann = await add_person(hass, site, "Ann", "907153")
    await add_person(hass, site, "Bob", "9072")

    refused = await edit(hass, site, ann, **values)

    assert refused["errors"] == errors
    assert (refused["description_placeholders"] or {})["name"] == "Ann"
    assert is_saved(await submit(hass, refused, **ANN))


@pytest.mark.parametrize(
    ("lengths", "error"),
    [((8, 10), "present_pin_too_short"), ((4, 5), "present_pin_too_long")],
)
async def test_a_lock_that_the_present_pin_does_not_fit_asks_for_a_new_one(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    lengths: tuple[int, int],
    error: str,
) -> None:
    front = fake_locks.add("Front door", FakeProvider(pin_lengths=(4, 10)))
    odd = fake_locks.add("Odd door", FakeProvider(pin_lengths=lengths))
    await add_lock(hass, site, front)
    await add_lock(hass, site, odd)
    ann = await add_person(hass, site, "Ann", "907153", [front])

    refused = await edit(hass, site, ann)

    assert refused["errors"] == {"pin": error}
    assert (refused["description_placeholders"] or {})["lock"] == "Odd door"
    assert "907153" not in shown(refused)
    last = await submit(hass, refused, **ANN, generate=True)
    assert last["step_id"] == "generated"
    await submit(hass, last)
    await wait_for(lambda: fake_locks.provider(odd).codes)


async def test_a_present_pin_that_somebody_has_on_the_new_lock_is_refused(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    ann = await add_person(hass, site, "Ann", "907153", [front])
    await add_person(hass, site, "Bob", "907153", [back])

    refused = await edit(hass, site, ann, all_locks=False, locks=[front.id, back.id])

    assert refused["errors"] == {"pin": "present_pin_in_use"}


async def test_a_full_new_lock_is_refused_while_the_present_one_is_not_asked(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(slots=1))
    back = fake_locks.add("Back door", FakeProvider(slots=1, codes={1: "9011"}))
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    ann = await add_person(hass, site, "Ann", "907153", [front])
    await wait_for(lambda: fake_locks.provider(front).codes)

    refused = await edit(hass, site, ann)

    assert refused["errors"] == {"locks": "no_free_slot"}
    assert (refused["description_placeholders"] or {})["lock"] == "Back door"


async def test_taking_access_away_is_never_refused_for_the_pin_that_is_there(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    ann = await add_person(hass, site, "Ann", "907153")
    await wait_for(lambda: fake_locks.provider(back).codes)
    odd = fake_locks.add("Odd door", FakeProvider(pin_lengths=(4, 4)))
    await add_lock(hass, site, odd)

    assert is_saved(await edit(hass, site, ann, enabled=False))
    await wait_for(lambda: not fake_locks.provider(back).codes)

    refused = await edit(hass, site, ann)
    assert refused["errors"] == {"pin": "present_pin_too_long"}


async def test_fewer_locks_need_no_new_pin(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    ann = await add_person(hass, site, "Ann", "907153")
    providers = [fake_locks.provider(lock) for lock in (front, back)]
    await wait_for(lambda: all(each.codes for each in providers))

    only_front = {"all_locks": False, "locks": [front.id]}
    assert is_saved(await edit(hass, site, ann, **only_front))
    await wait_for(lambda: not providers[1].codes)
    assert is_saved(await edit(hass, site, ann, **only_front))

    assert providers[0].codes == {1: "907153"}
    assert providers[0].counts.writes == 1


async def test_a_lock_that_left_the_site_is_left_out_of_the_form(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    gone = await add_lock(hass, site, back)
    ann = await add_person(hass, site, "Ann", "907153", [front, back])
    hass.config_entries.async_remove_subentry(site, gone.subentry_id)
    menu = await start_reconfigure(hass, site, ann)

    form = await choose(hass, menu, "edit")

    assert suggested(form)["locks"]["chosen"] == [front.id]


async def test_a_pin_that_was_lost_has_to_be_given_anew(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153", enabled=False)
    assert ann.unique_id is not None
    site.runtime_data.site.vault.async_forget(ann.unique_id)

    refused = await edit(hass, site, ann)

    assert refused["errors"] == {"pin": "pin_missing"}
    assert is_saved(await submit(hass, refused, **ANN, pin="907154"))
    await wait_for(lambda: fake_locks.provider(front).codes == {1: "907154"})


async def test_a_lock_out_of_reach_is_named_when_the_pin_changes(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")
    await wait_for(
        lambda: provider.codes and site.runtime_data.site.locks[front.id].is_idle
    )
    provider.disconnect()
    await wait_for(lambda: not site.runtime_data.site.locks[front.id].data.reachable)

    notice = await edit(hass, site, ann, pin="907154")

    assert notice["step_id"] == "silent"
    assert is_saved(await submit(hass, notice))
    provider.connect()
    await wait_for(lambda: provider.codes == {1: "907154"})


async def test_a_disk_that_fails_leaves_person_and_pin_as_they_were(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")
    await wait_for(lambda: fake_locks.provider(front).codes)

    with patch.object(DurableStore, "async_commit", side_effect=StorageError):
        refused = await edit(hass, site, ann, name="Anna", pin="907154")

    assert refused["errors"] == {"base": "storage_failed"}
    assert ann.title == "Ann"
    assert fake_locks.provider(front).codes == {1: "907153"}
    assert is_saved(await submit(hass, refused, **ANN))


async def test_a_person_who_changed_meanwhile_is_judged_anew_at_the_end(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await wait_for(lambda: site.runtime_data.site.locks[front.id].data.reachable)
    fake_locks.provider(front).disconnect()
    ann = await add_person(hass, site, "Ann", "907153", enabled=False)

    notice = await edit(hass, site, ann)
    assert notice["step_id"] == "silent"
    assert ann.unique_id is not None
    site.runtime_data.site.vault.async_forget(ann.unique_id)

    assert (await submit(hass, notice))["errors"] == {"pin": "pin_missing"}


async def test_a_person_who_is_removed_while_the_pin_is_stored_is_gone(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ann = await add_person(hass, site, "Ann", "907153")

    async def remove(*_: object) -> None:
        hass.config_entries.async_remove_subentry(site, ann.subentry_id)

    with patch.object(site.runtime_data.site, "async_set_pin", side_effect=remove):
        result = await edit(hass, site, ann, pin="907154")

    assert result["reason"] == "gone"


async def test_a_person_who_was_removed_meanwhile_is_not_changed(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ann = await add_person(hass, site, "Ann", "907153")
    ask = await edit(hass, site, ann, pin="9999")
    hass.config_entries.async_remove_subentry(site, ann.subentry_id)

    assert (await submit(hass, ask, confirm_trivial=True))["reason"] == "gone"
    # only once Home Assistant's own file does not name them any more
    await wait_for(
        lambda: (
            {ref.person for ref in site.runtime_data.site.vault.credentials} == set()
        )
    )
