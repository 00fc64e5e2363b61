"""Adding a person: what is kept of them, and why one is refused."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.logic.pin_rules import is_trivial
from custom_components.keyholder.model.slot import SlotState
from custom_components.keyholder.runtime.durable import DurableStore, StorageFailed
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.integration.engine.house import until
from tests.integration.surface import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    submit,
    suggested,
)

ANN = {"name": "Ann", "all_locks": True, "enabled": True}


async def try_person(
    hass: HomeAssistant, site: MockConfigEntry, **values: Any
) -> SubentryFlowResult:
    form = await start(hass, site, "person")
    return await submit(hass, form, **{**ANN, **values})


def people(site: MockConfigEntry) -> list[str]:
    return [
        subentry.title
        for subentry in site.subentries.values()
        if subentry.subentry_type == "person"
    ]


async def test_a_typed_pin_ends_on_every_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)

    ann = await add_person(hass, site, " Ann  Lee ", "907153")

    providers = [fake_locks.provider(lock) for lock in (front, back)]
    await until(lambda: all(each.codes == {1: "907153"} for each in providers))
    assert ann.title == "Ann Lee"
    assert ann.data == {"all_locks": True, "locks": [], "enabled": True}
    assert ann.unique_id in site.runtime_data.people


async def test_a_pin_goes_to_the_chosen_locks_only(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)

    ann = await add_person(hass, site, "Ann", "907153", [front])

    await until(lambda: fake_locks.provider(front).codes)
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
    assert "locks" not in suggested(form)
    refused = await submit(hass, form, **{**ANN, "all_locks": False})
    assert refused["errors"] == {"all_locks": "locks_needed"}
    await submit(hass, refused, **ANN, pin="907153")

    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)

    await until(lambda: fake_locks.provider(front).codes == {1: "907153"})


async def test_a_generated_pin_is_shown_on_the_last_step_and_nowhere_else(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door", FakeProvider(pin_lengths=(7, 9)))
    await add_lock(hass, site, front)

    last = await try_person(hass, site)

    assert (last["type"], last["step_id"]) == (FlowResultType.FORM, "generated")
    assert last["last_step"]
    assert people(site) == []
    pin = (last["description_placeholders"] or {})["pin"]
    assert len(pin) == 7
    assert not is_trivial(pin)

    result = await submit(hass, last)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert pin not in str(result)
    await until(lambda: fake_locks.provider(front).codes == {1: pin})


async def test_closing_the_dialog_before_its_end_leaves_nothing_behind(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    last = await try_person(hass, site)

    hass.config_entries.subentries.async_abort(last["flow_id"])

    assert people(site) == []
    assert site.runtime_data.vault.people == frozenset()


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": " "}, {"name": "name_empty"}),
        ({"name": " bOB "}, {"name": "name_taken"}),
        ({"all_locks": False}, {"locks": "locks_needed"}),
        ({"all_locks": False, "locks": []}, {"locks": "locks_needed"}),
        ({"pin": "907a53"}, {"pin": "pin_not_digits"}),
        ({"pin": "٩٠٧١٥٣"}, {"pin": "pin_not_digits"}),
        ({"pin": " "}, {"pin": "pin_not_digits"}),
        ({"pin": 907153}, {"pin": "pin_not_digits"}),
        ({"pin": 0}, {"pin": "pin_not_digits"}),
        ({"pin": ["907153"]}, {"pin": "pin_not_digits"}),
        ({"pin": "907"}, {"pin": "pin_too_short"}),
        ({"pin": "907153907"}, {"pin": "pin_too_long"}),
        ({"pin": "9071"}, {"pin": "pin_in_use"}),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field_and_can_be_corrected(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    values: dict[str, Any],
    errors: dict[str, str],
) -> None:
    await add_lock(hass, site, fake_locks.add("Front door"))
    await add_person(hass, site, "Bob", "9071")

    refused = await try_person(hass, site, **values)

    assert refused["errors"] == errors
    assert people(site) == ["Bob"]
    result = await submit(hass, refused, **ANN, pin=" 907153 ")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_refused_form_comes_back_filled_in_but_for_the_pin(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)

    refused = await try_person(
        hass, site, all_locks=False, locks=[front.id], pin="907", enabled=False
    )

    assert suggested(refused) == {
        "name": "Ann",
        "all_locks": False,
        "locks": [front.id],
        "pin": None,
        "limit": False,
        "enabled": False,
    }


async def test_the_lengths_are_those_of_the_chosen_locks_and_the_limiting_one_is_named(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    for name, lengths in (("Long", (6, 10)), ("Wide", (4, 10)), ("Short", (4, 8))):
        lock = fake_locks.add(name, FakeProvider(pin_lengths=lengths))
        await add_lock(hass, site, lock)

    short = await try_person(hass, site, pin="90715")
    assert short["errors"] == {"pin": "pin_too_short"}
    assert short["description_placeholders"] == {
        "lock": "Long",
        "shortest": "6",
        "longest": "8",
    }

    long = await submit(hass, short, **ANN, pin="907153907")
    assert long["errors"] == {"pin": "pin_too_long"}
    assert (long["description_placeholders"] or {})["lock"] == "Short"

    result = await submit(hass, long, **ANN, pin="907153")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("pin", ["907", "907153907"])
async def test_without_a_lock_the_usual_lengths_count(
    hass: HomeAssistant, site: MockConfigEntry, pin: str
) -> None:
    result = await try_person(hass, site, pin=pin)

    assert result["errors"] == {"pin": "pin_length"}
    assert (result["description_placeholders"] or {})["longest"] == "8"


@pytest.mark.parametrize(
    ("all_locks", "field"), [(True, "all_locks"), (False, "locks")]
)
async def test_locks_that_no_length_suits_are_refused_and_both_named(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    all_locks: bool,
    field: str,
) -> None:
    long = fake_locks.add("Long", FakeProvider(pin_lengths=(6, 8)))
    short = fake_locks.add("Short", FakeProvider(pin_lengths=(4, 4)))
    await add_lock(hass, site, long)
    await add_lock(hass, site, short)

    result = await try_person(
        hass, site, all_locks=all_locks, locks=[long.id, short.id]
    )

    assert result["errors"] == {field: "no_common_length"}
    assert result["description_placeholders"] == {
        "lock": "Long",
        "shortest": "6",
        "other_lock": "Short",
        "longest": "4",
    }


async def test_a_pin_may_be_used_twice_by_people_who_share_no_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front, back = fake_locks.add("Front door"), fake_locks.add("Back door")
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    await add_person(hass, site, "Bob", "907153", [front])

    await add_person(hass, site, "Ann", "907153", [back])
    refused = await try_person(hass, site, name="Cleo", pin="907153")

    assert refused["errors"] == {"pin": "pin_in_use"}


async def test_no_pin_left_to_generate_is_told(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Odd", FakeProvider(pin_lengths=(1, 1))))

    with patch(
        "custom_components.keyholder.flows.pin_checks.generate_pin", return_value=None
    ):
        result = await try_person(hass, site)

    assert result["errors"] == {"base": "no_pin_left"}


@pytest.mark.parametrize(
    ("all_locks", "field"), [(True, "all_locks"), (False, "locks")]
)
async def test_a_full_lock_is_refused_with_the_numbers(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    all_locks: bool,
    field: str,
) -> None:
    provider = FakeProvider(slots=3, codes={1: "9011", 3: "9013"})
    front = fake_locks.add("Front door", provider)
    await add_lock(hass, site, front)
    await add_person(hass, site, "Bob", "907153")
    await until(lambda: provider.codes.get(2))

    result = await try_person(
        hass, site, pin="907154", all_locks=all_locks, locks=[front.id]
    )

    assert result["errors"] == {field: "no_free_slot"}
    assert result["description_placeholders"] == {
        "lock": "Front door",
        "usable": "3",
        "managed": "1",
        "occupied": "2",
        "unreadable": "0",
    }


async def test_while_the_journal_is_lost_our_own_codes_do_not_make_a_lock_full(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = FakeProvider(slots=1, codes={1: "9011"})
    await add_lock(hass, site, fake_locks.add("Front door", provider))
    site.runtime_data.journal_lost = True

    await add_person(hass, site, "Ann", "907153")

    assert provider.codes == {1: "9011"}


async def test_a_full_lock_that_shows_nothing_is_refused_too(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    front = fake_locks.add("Front door", provider)
    await add_lock(hass, site, front, first_slot=2, last_slot=2)
    await add_person(hass, site, "Bob", "907153")
    await until(lambda: provider.codes)

    result = await try_person(hass, site, pin="907154")

    assert result["errors"] == {"all_locks": "no_free_slot"}
    assert provider.counts.reads == 0


@pytest.mark.parametrize("trouble", ["away", "mute", "hanging"])
async def test_a_lock_that_does_not_answer_stops_nobody_and_is_named(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, trouble: str
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    await until(lambda: site.runtime_data.locks[front.id].data.reachable)
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
    await until(lambda: provider.codes == {1: "907153"})


async def test_a_lock_that_was_never_reached_since_the_start_is_asked_then(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    provider = fake_locks.provider(front)
    await add_lock(hass, site, front)
    provider.disconnect()
    await hass.config_entries.async_reload(site.entry_id)
    provider._capabilities = None

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
    await until(lambda: fake_locks.provider(front).codes == {1: pin})


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
    await until(lambda: fake_locks.provider(front).codes == {1: "907153"})


async def test_a_disk_that_fails_is_told_and_nothing_is_changed(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    with patch.object(DurableStore, "async_commit", side_effect=StorageFailed):
        refused = await try_person(hass, site, pin="907153")

    assert refused["errors"] == {"base": "storage_failed"}
    assert people(site) == []
    assert site.runtime_data.vault.people == frozenset()
    result = await submit(hass, refused, **ANN, pin="907153")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until(lambda: fake_locks.provider(front).codes == {1: "907153"})


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
    await until(lambda: site.runtime_data.locks[front.id].is_idle)
    provider.hang(Call.READ)
    answers = [
        asyncio.ensure_future(try_person(hass, site, **values))
        for values in ({"pin": "907153"}, second)
    ]
    await until(lambda: any(call is Call.READ for call, _ in provider.calls))

    provider.release()

    done, refused = await asyncio.gather(*answers)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert refused["errors"] == errors
    await until(lambda: provider.codes == {1: "907153"})


async def test_a_site_that_stops_meanwhile_ends_the_dialog(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    last = await try_person(hass, site)
    await hass.config_entries.async_unload(site.entry_id)

    assert (await submit(hass, last))["reason"] == "entry_not_loaded"


async def test_codes_stay_proven_while_a_person_is_added(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    await add_person(hass, site, "Ann", "907153")
    await add_person(hass, site, "Bob", "907154")

    def states() -> list[SlotState | None]:
        slots = site.runtime_data.locks[front.id].data.slots
        return [view.state for view in slots.values()]

    await until(lambda: states() == [SlotState.IN_SYNC] * 2)
    assert fake_locks.provider(front).counts.writes == 2
