"""Why a person is refused, at which field, and that it can be corrected."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.fakes.provider import FakeProvider, Profile
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    submit,
    suggested,
)
from tests.harness.site.person_flow import ANN, people, try_person
from tests.harness.waiting import wait_for


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
        "locks": {"active_choice": "chosen", "chosen": [front.id]},
        "pin": None,
        "limit": False,
        "enabled": False,
    }


async def test_the_allowed_lengths_name_the_lock_that_limits_them(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    for name, lengths in (("Long", (6, 10)), ("Wide", (4, 10)), ("Short", (4, 8))):
        lock = fake_locks.add(name, FakeProvider(pin_lengths=lengths))
        await add_lock(hass, site, lock)

    short = await try_person(hass, site, pin="90715")
    assert short["errors"] == {"pin": "pin_too_short"}
    assert short["description_placeholders"] == {
        "lock": "Long",
        "lock_lengths": "6-10",
        "lengths": "6-8",
    }

    long = await submit(hass, short, **ANN, pin="907153907")
    assert long["errors"] == {"pin": "pin_too_long"}
    assert (long["description_placeholders"] or {})["lock"] == "Short"

    result = await submit(hass, long, **ANN, pin="907153")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("pin", ["907", "90715390715"])
async def test_without_a_lock_the_usual_lengths_count(
    hass: HomeAssistant, site: MockConfigEntry, pin: str
) -> None:
    result = await try_person(hass, site, pin=pin)

    assert result["errors"] == {"pin": "pin_length"}
    assert (result["description_placeholders"] or {})["lengths"] == "4-10"


@pytest.mark.parametrize("all_locks", [True, False])
async def test_locks_that_no_length_suits_are_refused_and_both_named(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    all_locks: bool,
) -> None:
    long = fake_locks.add("Long", FakeProvider(pin_lengths=(6, 8)))
    short = fake_locks.add("Short", FakeProvider(pin_lengths=(4, 4)))
    await add_lock(hass, site, long)
    await add_lock(hass, site, short)

    result = await try_person(
        hass, site, all_locks=all_locks, locks=[long.id, short.id]
    )

    assert result["errors"] == {"locks": "no_common_length"}
    assert result["description_placeholders"] == {
        "lock": "Long",
        "lock_lengths": "6-8",
        "other_lock": "Short",
        "other_lengths": "4",
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


async def test_no_pin_left_to_generate_is_an_error(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await add_lock(hass, site, fake_locks.add("Odd", FakeProvider(pin_lengths=(4, 4))))

    with patch(
        "custom_components.keyholder.application.pins.generate_pin", return_value=None
    ):
        result = await try_person(hass, site)

    assert result["errors"] == {"base": "no_pin_left"}


@pytest.mark.parametrize("all_locks", [True, False])
async def test_a_full_lock_is_refused_with_the_numbers(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    all_locks: bool,
) -> None:
    provider = FakeProvider(slots=3, codes={1: "9011", 3: "9013"})
    front = fake_locks.add("Front door", provider)
    await add_lock(hass, site, front)
    await add_person(hass, site, "Bob", "907153")
    await wait_for(lambda: provider.codes.get(2))

    result = await try_person(
        hass, site, pin="907154", all_locks=all_locks, locks=[front.id]
    )

    assert result["errors"] == {"locks": "no_free_slot"}
    assert result["description_placeholders"] == {
        "lock": "Front door",
        "usable": "3",
        "managed": "1",
        "occupied": "2",
        "unreadable": "0",
    }


async def test_slots_that_are_not_usable_are_named_where_none_is_free(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.8."""
    provider = FakeProvider(slots=3, codes={3: "9013"})
    provider.faults.slots_not_usable = {1, 2}
    await add_lock(hass, site, fake_locks.add("Front door", provider))

    result = await try_person(hass, site, pin="907154")

    assert result["errors"] == {"locks": "no_usable_slot"}
    assert result["description_placeholders"] == {
        "lock": "Front door",
        "usable": "3",
        "managed": "0",
        "occupied": "1",
        "unreadable": "0",
        "not_usable": "2",
    }


async def test_while_the_journal_is_lost_our_own_codes_do_not_make_a_lock_full(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = FakeProvider(slots=1, codes={1: "9011"})
    await add_lock(hass, site, fake_locks.add("Front door", provider))
    site.runtime_data.site.journal_lost = True

    await add_person(hass, site, "Ann", "907153")

    assert provider.codes == {1: "9011"}


async def test_a_full_lock_that_shows_nothing_is_refused_too(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    front = fake_locks.add("Front door", provider)
    await add_lock(hass, site, front, first_slot=2, last_slot=2)
    await add_person(hass, site, "Bob", "907153")
    await wait_for(lambda: provider.codes)

    result = await try_person(hass, site, pin="907154")

    assert result["errors"] == {"locks": "no_free_slot"}
    assert provider.counts.reads == 0


async def test_a_pin_that_is_on_the_lock_already_names_the_lock_and_the_slot(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.4: the search for a free slot reads who else is there."""
    front = fake_locks.add("Front door", FakeProvider(codes={1: "907153"}))
    await add_lock(hass, site, front)

    refused = await try_person(hass, site, pin="907153")

    assert refused["errors"] == {"pin": "pin_on_lock"}
    assert refused["description_placeholders"] == {"lock": "Front door", "slot": "1"}
    assert people(site) == []
    result = await submit(hass, refused, **ANN, pin="907154")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await wait_for(
        lambda: fake_locks.provider(front).codes == {1: "907153", 2: "907154"}
    )
