"""Step 1 of the scenario: a site and its locks are added, and what cannot be is refused."""

from typing import Any

import pytest

from simulators.demo.demo_driver import BACK, FRONT, NODES, SHED
from simulators.demo.demo_site import DOMAIN, FormError
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import has_twin

GROUP = "lock.all_doors"
NAMELESS = "lock.nameless_doors"


@has_twin(
    "components/config_flow/test_config_flow.py",
    "test_an_empty_or_taken_name_is_refused_and_can_be_corrected",
)
@pytest.mark.parametrize(
    ("name", "error"), [("  ", "name_empty"), (" hOME ", "name_taken")]
)
async def test_a_site_needs_a_name_of_its_own(
    site_page: SitePage, name: str, error: str
) -> None:
    with pytest.raises(FormError) as refused:
        await site_page.site.add_site(name)
    assert refused.value.errors == {"name": error}
    assert len(await site_page.client.entries(DOMAIN)) == 1


@has_twin(
    "components/config_flow/test_add_lock.py",
    "test_a_lock_that_any_site_manages_is_refused_and_the_site_named",
)
async def test_a_lock_that_cannot_be_managed_is_refused_with_the_reason(
    site_page: SitePage,
) -> None:
    front = await site_page.entity_of_lock(FRONT)
    reasons = {}
    placeholders = {}
    for entity in (front, GROUP, NAMELESS):
        with pytest.raises(FormError) as refused:
            await site_page.site.add_lock(entity)
        reasons[entity] = refused.value.errors
        placeholders[entity] = refused.value.placeholders

    assert reasons == {
        front: {"lock": "already_managed"},
        GROUP: {"lock": "integration_not_supported"},
        NAMELESS: {"lock": "no_unique_id"},
    }
    assert placeholders[front] == {"lock": FRONT, "site": "Home"}
    assert placeholders[GROUP] == {"lock": "All doors", "integration": "Group"}


@has_twin(
    "components/entities/test_states.py",
    "test_entities_of_a_lock_are_on_its_own_device",
)
async def test_a_lock_is_added_where_its_entities_are_on_its_own_device(
    site_page: SitePage,
) -> None:
    entities = await site_page.client.entities()
    devices = {
        entity["entity_id"]: entity["device_id"]
        for entity in entities
        if entity["platform"] in ("zwave_js", DOMAIN)
    }
    for lock in NODES:
        device = devices[await site_page.entity_of_lock(lock)]
        for kind, key in (
            ("event", "access"),
            ("sensor", "credentials"),
            ("binary_sensor", "problem"),
            ("button", "verify"),
        ):
            entity = await site_page.lock_entity(lock, kind, key)
            assert devices[entity] == device
            assert entity in site_page.client.states()


async def test_a_lock_that_is_removed_from_its_dialog_is_cleared_first(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann", SHED, BACK)
    await site_page.settle("Ann", SHED, BACK)
    entity = await site_page.entity_of_lock(SHED)

    assert await site_page.site.clear_and_remove(SHED) == "removed"

    try:
        assert await site_page.truth(SHED) == {}
        assert len(await site_page.truth(BACK)) == 1
        titles = [each["title"] for each in await site_page.site.subentries()]
        assert SHED not in titles
        ours = [
            each["entity_id"]
            for each in await site_page.client.entities()
            if each["platform"] == DOMAIN and "shed" in each["entity_id"]
        ]
        assert not ours
    finally:
        await site_page.site.add_lock(entity)


@has_twin(
    "components/config_flow/test_add_person_refused.py",
    "test_what_cannot_be_is_refused_at_its_field_and_can_be_corrected",
)
async def test_a_person_is_refused_in_plain_words(site_page: SitePage) -> None:
    async def refusal(name: str = "Eve", **answers: Any) -> tuple[object, object]:
        with pytest.raises(FormError) as refused:
            await site_page.site.add_person(name, **answers)
        return refused.value.errors, refused.value.placeholders

    shed = await site_page.entity_of_lock(SHED)
    back = await site_page.entity_of_lock(BACK)
    ann = await site_page.add("Ann", SHED)
    lengths = {"lock_lengths": "4-10", "lengths": "4-10"}
    assert await refusal("", pin="907153") == ({"name": "name_empty"}, {})
    assert await refusal("  ", pin="907153") == ({"name": "name_empty"}, {})
    assert await refusal("ann", pin="907153") == (
        {"name": "name_taken"},
        {"taken": "ann"},
    )
    # the last is 907153 in Arabic-Indic digits
    for pin in ("90a1", "90 15", "-907", "٩٠٧١٥٣"):
        errors, _ = await refusal(pin=pin)
        assert errors == {"pin": "pin_not_digits"}
    errors, numbers = await refusal(pin="901")
    assert errors == {"pin": "pin_too_short"}
    assert isinstance(numbers, dict)
    assert numbers | lengths == numbers
    errors, numbers = await refusal(pin="90135790135")
    assert errors == {"pin": "pin_too_long"}
    assert isinstance(numbers, dict)
    assert numbers | lengths == numbers
    errors, _ = await refusal(pin=ann.pin, locks=[shed, back])
    assert errors == {"pin": "pin_in_use"}
    assert [each["title"] for each in await site_page.site.subentries()].count(
        "Eve"
    ) == 0
