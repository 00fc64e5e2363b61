"""Step 2 of the scenario: slots are found by reading the lock, and kept for good."""

from simulators.demo.demo_driver import BACK, FRONT, NODES, SHED, UNMANAGED_PIN
from simulators.demo.demo_site import DOMAIN
from tests.harness.e2e.locks import kinds
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import has_twin


@has_twin(
    "engine/runtime/test_convergence.py",
    "test_a_code_that_is_already_there_is_left_alone_and_its_slot_skipped",
)
async def test_a_code_that_is_there_is_left_alone_and_few_slots_are_read(
    site_page: SitePage,
) -> None:
    ann = await site_page.add("Ann", FRONT)
    await site_page.settle("Ann", FRONT)

    slot = await site_page.slot_number("Ann", FRONT)
    assert await site_page.truth(FRONT) == {1: UNMANAGED_PIN, slot: ann.pin}
    commands = await site_page.commands(FRONT)
    # once or not at all: what is in slot 1 may be known from before
    assert commands.count(("read", 1)) <= 1
    # for the dialog, to take it, and to prove it
    assert commands.count(("read", slot)) == 3
    assert commands.count(("write", slot)) == 1
    assert {number for _, number in commands} <= {1, slot}
    assert kinds(commands)["clear"] == 0


@has_twin(
    "engine/runtime/test_convergence.py", "test_a_slot_that_cannot_be_read_is_not_free"
)
async def test_a_slot_that_cannot_be_read_is_not_taken(site_page: SitePage) -> None:
    await site_page.faults(FRONT, unansweredReads=True)
    await site_page.faults(SHED, unansweredReads=True)
    await site_page.add("Ann", FRONT, SHED)
    for lock in (FRONT, SHED):
        sensor = await site_page.site.wait_for_slot("Ann", lock, "out_of_sync")
        assert sensor.attributes["slot"] is None
        # a lock that tells nothing three times in a row counts as out of reach
        assert sensor.attributes["reason"] in ("no_answer", "lock_unreachable")
    assert await site_page.changes() == 0

    for lock in (FRONT, SHED):
        await site_page.faults(lock, reset=True)
    await site_page.settle("Ann", FRONT, SHED)


@has_twin(
    "engine/runtime/test_members.py",
    "test_a_slot_is_for_good_and_a_free_one_goes_to_the_next",
)
async def test_a_person_keeps_their_slots(site_page: SitePage) -> None:
    await site_page.add("Ann")
    await site_page.add("Ben", FRONT, SHED)
    await site_page.settle("Ann")
    await site_page.settle("Ben", FRONT, SHED)
    slots = {lock: await site_page.slot_number("Ben", lock) for lock in (FRONT, SHED)}

    await site_page.turn("Ann", on=False)
    await site_page.turn("Ben", on=False)
    for lock in NODES:
        await site_page.until_removed(lock)
    # Cleo comes while all that the others have is empty slots
    await site_page.add("Cleo")
    await site_page.settle("Cleo")
    await site_page.turn("Ben", on=True)
    await site_page.settle("Ben", FRONT, SHED)
    pin = site_page.hosted.new_pin()
    await site_page.site.edit_person("Ben", pin=pin)
    await site_page.settle("Ben", FRONT, SHED)
    await site_page.until_codes_of("Ben", pin, FRONT, SHED)

    assert slots == {lock: await site_page.slot_number("Ben", lock) for lock in slots}


async def test_who_found_a_lock_full_gets_a_slot_when_there_is_room(
    site_page: SitePage,
) -> None:
    # nobody can tell in the dialog that it is full
    await site_page.faults(SHED, unansweredReads=True)
    await site_page.add("Ann", SHED)
    await site_page.site.wait_for_slot("Ann", SHED, "out_of_sync")
    for slot in range(1, 21):
        await site_page.act(SHED, "unreported_set_code", slot=slot, code=f"77{slot:04}")
    await site_page.faults(SHED, reset=True)
    sensor = await site_page.site.slot_sensor("Ann", SHED)
    await site_page.client.wait_for(
        lambda states: states[sensor].attributes["reason"] == "no_free_slot", 15
    )
    (issue,) = await site_page.client.repairs(DOMAIN)
    assert issue["translation_key"] == "no_free_slot"
    assert issue["translation_placeholders"] == {"lock": SHED, "people": "Ann"}
    assert await site_page.changes() == 0

    # the lock tells nobody
    await site_page.act(SHED, "unreported_delete_code", slot=17)
    await site_page.fix(issue)
    await site_page.settle("Ann", SHED)

    assert await site_page.slot_number("Ann", SHED) == 17
    assert not await site_page.client.repairs(DOMAIN)


@has_twin(
    "engine/restart/test_power_cuts.py",
    "test_whenever_the_power_goes_the_next_home_ends_it_right",
)
async def test_a_masked_code_that_is_there_is_left_alone(site_page: SitePage) -> None:
    await site_page.act(BACK, "keypad_set_code", slot=1, code="9055")
    await site_page.act(BACK, "keypad_set_code", slot=2, code="9056")
    ann = await site_page.add("Ann", BACK)
    await site_page.settle("Ann", BACK)

    slot = await site_page.slot_number("Ann", BACK)
    assert slot not in (1, 2)
    assert await site_page.truth(BACK) == {1: "9055", 2: "9056", slot: ann.pin}
