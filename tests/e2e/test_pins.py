"""Step 1 of the scenario: PINs are typed or made, and never shown again."""

import pytest

from simulators.demo.demo_driver import BACK, FRONT, NODES, SHED
from simulators.demo.demo_site import FormError
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import has_twin

EVERYWHERE = {"locks": "all", "enabled": True}


async def test_a_pin_that_is_made_is_shown_once_on_the_last_step(
    site_page: SitePage,
) -> None:
    flows = site_page.client.subentry_flows
    entry_id = await site_page.site.entry_id()
    form = await flows.start([entry_id, "person"])
    last = await flows.step(form["flow_id"], {"name": "Ben", **EVERYWHERE})
    assert last["step_id"] == "generated"
    assert last["last_step"] is True
    pin = last["description_placeholders"]["pin"]
    site_page.hosted.pins.add(pin)
    assert len(pin) == 6
    assert pin.isdecimal()
    # it is kept before it is seen
    assert [
        each for each in await site_page.site.subentries() if each["title"] == "Ben"
    ]

    done = await flows.step(form["flow_id"], {})
    assert done["reason"] == "added"
    await site_page.settle("Ben")
    for lock in NODES:
        assert pin in (await site_page.truth(lock)).values()

    assert [pin in text for text in site_page.client.received].count(True) == 1


@has_twin(
    "components/config_flow/test_add_person.py",
    "test_instead_of_a_trivial_pin_another_can_be_typed",
)
async def test_a_trivial_pin_is_asked_about_and_may_be_kept_or_changed(
    site_page: SitePage,
) -> None:
    flows = site_page.client.subentry_flows
    entry_id = await site_page.site.entry_id()
    entered = {
        "name": "Ben",
        "locks": [
            await site_page.site.registry_id(await site_page.entity_of_lock(SHED))
        ],
        "enabled": True,
    }
    better = site_page.hosted.new_pin()
    site_page.hosted.pins.add("901901")

    form = await flows.start([entry_id, "person"])
    asked = await flows.step(form["flow_id"], {**entered, "pin": "901901"})
    assert asked["step_id"] == "confirm"
    refused = await flows.step(form["flow_id"], {"confirm_trivial": False})
    assert refused["errors"] == {"confirm_trivial": "confirm_or_change"}
    changed = await flows.step(
        form["flow_id"], {"confirm_trivial": False, "pin": better}
    )
    assert changed["type"] == "create_entry"
    await site_page.until_codes(SHED, better)

    # DemoSite confirms
    assert await site_page.site.edit_person("Ben", pin="901901") is None
    await site_page.until_codes(SHED, "901901")
    await site_page.settle("Ben", SHED)


@has_twin("components/config_flow/test_secrecy.py", "test_no_pin_leaves_the_dialogs")
async def test_editing_never_shows_the_pin(site_page: SitePage) -> None:
    ann = await site_page.add("Ann", SHED, BACK)
    await site_page.settle("Ann", SHED, BACK)
    typed = site_page.hosted.new_pin()

    await site_page.site.edit_person("Ann", enabled=False)
    await site_page.gone("Ann", SHED, BACK)
    await site_page.site.edit_person("Ann", enabled=True, pin=typed)
    await site_page.settle("Ann", SHED, BACK)
    made = await site_page.site.edit_person("Ann", generate=True)
    assert made is not None
    site_page.hosted.pins.add(made)
    await site_page.site.edit_person("Ann", name="Anna")
    for answers in (
        {"pin": typed, "name": ""},
        {"pin": typed, "locks": []},
        {"pin": f"{typed}x"},
        {"pin": typed, "generate": True},
    ):
        with pytest.raises(FormError):
            await site_page.site.edit_person("Anna", **answers)

    await site_page.settle("Anna", SHED, BACK)
    await site_page.until_codes(SHED, made)
    reported = "\n".join(site_page.client.received)
    assert str(ann.pin) not in reported
    assert typed not in reported
    assert reported.count(made) == 1


@has_twin(
    "components/config_flow/test_add_person_refused.py",
    "test_a_full_lock_is_refused_with_the_numbers",
)
async def test_a_full_lock_refuses_with_the_numbers(site_page: SitePage) -> None:
    await site_page.add("Ann", SHED)
    await site_page.settle("Ann", SHED)
    ours = await site_page.slot_number("Ann", SHED)
    for slot in {*range(1, 21)} - {ours}:
        await site_page.act(SHED, "unreported_set_code", slot=slot, code=f"77{slot:04}")

    with pytest.raises(FormError) as refused:
        await site_page.add("Ben", SHED)
    assert refused.value.errors == {"locks": "no_free_slot"}
    assert refused.value.placeholders == {
        "lock": SHED,
        "usable": "20",
        "managed": "1",
        "occupied": "19",
        "unreadable": "0",
    }
    assert (await site_page.counts(SHED))["clears"] == 0

    # a code goes, and nobody is notified: it is found when it is looked for
    gone = 7 if ours != 7 else 8
    await site_page.act(SHED, "unreported_delete_code", slot=gone)
    await site_page.add("Ben", SHED)
    await site_page.settle("Ben", SHED)
    assert await site_page.slot_number("Ben", SHED) == gone


@has_twin(
    "components/config_flow/test_add_person.py",
    "test_a_lock_that_does_not_answer_stops_nobody_and_is_named",
)
async def test_a_lock_that_cannot_be_asked_stops_nobody(site_page: SitePage) -> None:
    await site_page.faults(SHED, unansweredReads=True)
    flows = site_page.client.subentry_flows
    entry_id = await site_page.site.entry_id()
    form = await flows.start([entry_id, "person"])
    pin = site_page.hosted.new_pin()
    silent = await flows.step(
        form["flow_id"], {"name": "Ben", "pin": pin, **EVERYWHERE}
    )
    assert silent["step_id"] == "silent"
    assert silent["description_placeholders"] == {"name": "Ben", "locks": SHED}
    await flows.step(form["flow_id"], {})

    await site_page.settle("Ben", *(lock for lock in NODES if lock != SHED))
    sensor = await site_page.site.wait_for_slot("Ben", SHED, "out_of_sync", "unknown")
    assert sensor.attributes["reason"] in ("no_answer", "lock_unreachable")
    assert sensor.attributes["slot"] is None
    # a slot that could not be read is not free
    assert (await site_page.counts(SHED))["writes"] == 0

    await site_page.faults(SHED, reset=True)
    await site_page.settle("Ben", SHED)
    assert await site_page.truth(FRONT) != {}
