"""Step 2 of the story: slots are found by reading the lock, and kept for good."""

from simulators.demo.demo_driver import BACK, FRONT, NODES, SHED, UNMANAGED_PIN
from simulators.demo.demo_site import DOMAIN
from tests.effort import has_twin

from .doors import kinds
from .home import Home


@has_twin(
    "integration/engine/test_story.py",
    "test_a_code_that_is_already_there_is_left_alone_and_its_slot_skipped",
)
async def test_a_code_that_is_there_is_left_alone_and_few_slots_are_read(
    home: Home,
) -> None:
    ann = await home.add("Ann", FRONT)
    await home.settle("Ann", FRONT)

    slot = await home.slot_number("Ann", FRONT)
    assert await home.truth(FRONT) == {1: UNMANAGED_PIN, slot: ann.pin}
    commands = await home.commands(FRONT)
    # once or not at all: what is in slot 1 may be known from before
    assert commands.count(("read", 1)) <= 1
    # for the dialog, to take it, and to prove it
    assert commands.count(("read", slot)) == 3
    assert commands.count(("write", slot)) == 1
    assert {number for _, number in commands} <= {1, slot}
    assert kinds(commands)["clear"] == 0


@has_twin(
    "integration/engine/test_story.py", "test_a_slot_that_cannot_be_read_is_not_free"
)
async def test_a_slot_that_cannot_be_read_is_not_taken(home: Home) -> None:
    await home.faults(FRONT, unansweredReads=True)
    await home.faults(SHED, status254=True)
    await home.add("Ann", FRONT, SHED)
    for lock in (FRONT, SHED):
        sensor = await home.site.wait_for_slot("Ann", lock, "out_of_sync")
        assert sensor.attributes["slot"] is None
        # a lock that tells nothing three times in a row counts as out of reach
        assert sensor.attributes["reason"] in ("no_answer", "lock_unreachable")
    assert await home.changes() == 0

    for lock in (FRONT, SHED):
        await home.faults(lock, reset=True)
    await home.settle("Ann", FRONT, SHED)


@has_twin(
    "integration/engine/test_members.py",
    "test_a_slot_is_for_good_and_a_free_one_goes_to_the_next",
)
async def test_a_person_keeps_their_slots(home: Home) -> None:
    await home.add("Ann")
    await home.add("Ben", FRONT, SHED)
    await home.settle("Ann")
    await home.settle("Ben", FRONT, SHED)
    slots = {lock: await home.slot_number("Ben", lock) for lock in (FRONT, SHED)}

    await home.turn("Ann", on=False)
    await home.turn("Ben", on=False)
    for lock in NODES:
        await home.until_removed(lock)
    # Cleo comes while all that the others have is empty slots
    await home.add("Cleo")
    await home.settle("Cleo")
    await home.turn("Ben", on=True)
    await home.settle("Ben", FRONT, SHED)
    pin = home.hosted.new_pin()
    await home.site.edit_person("Ben", pin=pin)
    await home.settle("Ben", FRONT, SHED)
    await home.until_codes_of("Ben", pin, FRONT, SHED)

    assert slots == {lock: await home.slot_number("Ben", lock) for lock in slots}


async def test_who_found_a_lock_full_gets_a_slot_when_there_is_room(
    home: Home,
) -> None:
    # nobody can tell in the dialog that it is full
    await home.faults(SHED, status254=True)
    await home.add("Ann", SHED)
    await home.site.wait_for_slot("Ann", SHED, "out_of_sync")
    for slot in range(1, 21):
        await home.act(SHED, "unreported_set_code", slot=slot, code=f"77{slot:04}")
    await home.faults(SHED, reset=True)
    sensor = await home.site.slot_sensor("Ann", SHED)
    await home.client.wait_for(
        lambda states: states[sensor].attributes["reason"] == "no_free_slot", 15
    )
    (issue,) = await home.client.repairs(DOMAIN)
    assert issue["translation_key"] == "no_free_slot"
    assert issue["translation_placeholders"] == {"lock": SHED, "people": "Ann"}
    assert await home.changes() == 0

    # the lock tells nobody
    await home.act(SHED, "unreported_delete_code", slot=17)
    await home.fix(issue)
    await home.settle("Ann", SHED)

    assert await home.slot_number("Ann", SHED) == 17
    assert not await home.client.repairs(DOMAIN)


@has_twin(
    "restart/test_every_cut.py",
    "test_whenever_the_power_goes_the_next_home_ends_it_right",
)
async def test_a_masked_code_that_is_there_is_left_alone(home: Home) -> None:
    await home.act(BACK, "keypad_set_code", slot=1, code="9055")
    await home.act(BACK, "keypad_set_code", slot=2, code="9056")
    ann = await home.add("Ann", BACK)
    await home.settle("Ann", BACK)

    slot = await home.slot_number("Ann", BACK)
    assert slot not in (1, 2)
    assert await home.truth(BACK) == {1: "9055", 2: "9056", slot: ann.pin}
