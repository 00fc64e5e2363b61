"""Adding a person: what is kept of them, and what is asked on the way."""

import asyncio
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.logic.pin_rules import is_trivial
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.fakes.provider import Call, FakeProvider
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    submit,
)
from tests.harness.site.person_flow import ANN, people, try_person
from tests.harness.waiting import wait_for


async def test_a_typed_pin_ends_on_every_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)

    ann = await add_person(hass, site, " Ann  Lee ", "907153")

    providers = [fake_locks.provider(lock) for lock in (front, back)]
    await wait_for(lambda: all(each.codes == {1: "907153"} for each in providers))
    assert ann.title == "Ann Lee"
    assert ann.data == {"all_locks": True, "locks": [], "enabled": True}
    assert ann.unique_id in site.runtime_data.site.people


async def test_a_pin_goes_to_the_chosen_locks_only(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)

    ann = await add_person(hass, site, "Ann", "907153", [front])

    await wait_for(lambda: fake_locks.provider(front).codes)
    assert ann.data == {"all_locks": False, "locks": [front.id], "enabled": True}
    assert fake_locks.provider(back).counts.total == 0


async def test_a_disabled_person_gets_no_code_and_needs_no_slot(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    full = FakeProvider(slots=1, codes={1: "9011"})
    await add_lock(hass, site, fake_locks.add("Front door", full))

    ann = await add_person(hass, site, "Ann", "907153", enabled=False)

    assert not ann.data["enabled"]
    assert full.counts.writes == 0


async def test_a_person_may_come_before_the_first_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    form = await start(hass, site, "person")
    refused = await submit(hass, form, **{**ANN, "all_locks": False})
    assert refused["errors"] == {"locks": "locks_needed"}
    await submit(hass, refused, **ANN, pin="907153")

    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)

    await wait_for(lambda: fake_locks.provider(front).codes == {1: "907153"})


async def test_a_generated_pin_is_kept_before_it_is_shown_on_the_last_step(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.34: what is shown is valid, whatever becomes of the window."""
    front = fake_locks.add("Front door", FakeProvider(pin_lengths=(7, 9)))
    await add_lock(hass, site, front)

    last = await try_person(hass, site)

    assert (last["type"], last["step_id"]) == (FlowResultType.FORM, "generated")
    assert last["last_step"]
    pin = (last["description_placeholders"] or {})["pin"]
    assert len(pin) == 7
    assert not is_trivial(pin)
    assert people(site) == ["Ann"]
    await wait_for(lambda: fake_locks.provider(front).codes == {1: pin})

    result = await submit(hass, last)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "added")
    assert pin not in str(result)
    assert people(site) == ["Ann"]


async def test_closing_the_window_of_a_shown_pin_changes_nothing(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.34: also where the window is closed at once, and after a restart."""
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    last = await try_person(hass, site)
    pin = (last["description_placeholders"] or {})["pin"]

    hass.config_entries.subentries.async_abort(last["flow_id"])
    await hass.config_entries.async_reload(site.entry_id)

    await wait_for(lambda: fake_locks.provider(front).codes == {1: pin})
    assert people(site) == ["Ann"]


async def test_a_pin_that_cannot_be_kept_is_not_shown(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    """Clause 16.34: a full disk, and a name that somebody else took meanwhile."""
    with patch.object(DurableStore, "async_commit", side_effect=StorageError):
        refused = await try_person(hass, site)
    assert refused["errors"] == {"base": "storage_failed"}
    assert "pin" not in (refused["description_placeholders"] or {})
    assert people(site) == []


async def test_closing_the_dialog_before_its_end_leaves_nothing_behind(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    step = await try_person(hass, site, limit=True)
    assert step["step_id"] == "rule"

    hass.config_entries.subentries.async_abort(step["flow_id"])

    assert people(site) == []
    assert {ref.person for ref in site.runtime_data.site.vault.credentials} == set()


@pytest.mark.parametrize("trouble", ["away", "mute", "hanging"])
async def test_a_lock_that_does_not_answer_stops_nobody_and_is_named(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, trouble: str
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    await wait_for(lambda: site.runtime_data.site.locks[front.id].data.reachable)
    match trouble:
        case "away":
            provider.disconnect()
        case "mute":
            provider.faults.silent_reads = True
        case "hanging":
            provider.hang(Call.READ)

    notice = await try_person(hass, site, pin="907153")

    assert notice["step_id"] == "silent"
    assert notice["description_placeholders"] == {"name": "Ann", "locks": "Front door"}
    assert people(site) == []
    result = await submit(hass, notice)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert provider.codes == {}

    provider.faults.silent_reads = False
    provider.release()
    provider.connect()
    await wait_for(lambda: provider.codes == {1: "907153"})


async def test_a_lock_that_was_never_reached_since_the_start_is_asked_then(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    provider.disconnect()
    provider.forget()
    await hass.config_entries.async_reload(site.entry_id)

    notice = await try_person(hass, site)
    assert notice["step_id"] == "silent"
    last = await submit(hass, notice)

    assert last["step_id"] == "generated"


@pytest.mark.parametrize("pin", ["9999", "901901", "1234"])
async def test_a_trivial_pin_has_to_be_confirmed(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, pin: str
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ask = await try_person(hass, site, pin=pin)
    assert (ask["step_id"], ask["errors"]) == ("confirm", None)

    again = await submit(hass, ask, confirm_trivial=False)
    assert again["errors"] == {"confirm_trivial": "confirm_or_change"}
    assert people(site) == []

    result = await submit(hass, again, confirm_trivial=True)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await wait_for(lambda: fake_locks.provider(front).codes == {1: pin})


async def test_instead_of_a_trivial_pin_another_can_be_typed(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ask = await try_person(hass, site, pin="9999")

    refused = await submit(hass, ask, confirm_trivial=True, pin="907")
    assert refused["errors"] == {"pin": "pin_too_short"}
    ask = await submit(hass, refused, confirm_trivial=False, pin="901901")
    assert (ask["step_id"], ask["errors"]) == ("confirm", None)
    result = await submit(hass, ask, confirm_trivial=False, pin="907153")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    await wait_for(lambda: fake_locks.provider(front).codes == {1: "907153"})


async def test_a_failing_disk_is_an_error_and_nothing_is_changed(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    with patch.object(DurableStore, "async_commit", side_effect=StorageError):
        refused = await try_person(hass, site, pin="907153")

    assert refused["errors"] == {"base": "storage_failed"}
    assert people(site) == []
    assert {ref.person for ref in site.runtime_data.site.vault.credentials} == set()
    result = await submit(hass, refused, **ANN, pin="907153")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await wait_for(lambda: fake_locks.provider(front).codes == {1: "907153"})


@pytest.mark.parametrize(
    ("second", "errors"),
    [
        ({"name": "ann", "pin": "907154"}, {"name": "name_taken"}),
        ({"name": "Bob", "pin": "907153"}, {"pin": "pin_in_use"}),
    ],
)
async def test_of_two_dialogs_with_the_same_name_or_pin_the_first_wins(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    second: dict[str, str],
    errors: dict[str, str],
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    await wait_for(lambda: site.runtime_data.site.locks[front.id].is_idle)
    provider.hang(Call.READ)
    answers = [
        asyncio.ensure_future(try_person(hass, site, **values))
        for values in ({"pin": "907153"}, second)
    ]
    await wait_for(lambda: any(call is Call.READ for call, _ in provider.calls))

    provider.release()

    done, refused = await asyncio.gather(*answers)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert refused["errors"] == errors
    await wait_for(lambda: provider.codes == {1: "907153"})


async def test_a_site_that_stops_meanwhile_ends_the_dialog(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    ask = await try_person(hass, site, pin="9999")
    await hass.config_entries.async_unload(site.entry_id)

    assert (await submit(hass, ask, confirm_trivial=True))[
        "reason"
    ] == "entry_not_loaded"


async def test_codes_stay_proven_while_a_person_is_added(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Ann", "907153")
    await add_person(hass, site, "Bob", "907154")

    def states() -> list[SlotState | None]:
        slots = site.runtime_data.site.locks[front.id].data.slots
        return [view.state for view in slots.values()]

    await wait_for(lambda: states() == [SlotState.IN_SYNC] * 2)
    assert fake_locks.provider(front).counts.writes == 2
