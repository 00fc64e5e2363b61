"""Step 5 of the story: codes are taken away, changed, and given back; each is proved."""

from simulators.demo.demo_driver import BACK, GARAGE, NODES, SHED
from tests.effort import has_twin

from .doors import AT_FIRST, READABLE, kinds
from .home import Home, words


async def test_off_clears_and_proves_and_on_writes_once(home: Home) -> None:
    ann = await home.add("Ann")
    await home.settle("Ann")
    slots = {lock: await home.slot_number("Ann", lock) for lock in NODES}
    status = await home.site.entity_of("Ann", "sensor", "status")
    assert home.client.state(status).state == "active"
    await home.reset_counts()

    async with home.watching() as events:
        await home.turn("Ann", on=False)
        for lock in NODES:
            await home.until_removed(lock)
        await home.gone("Ann")
    for lock in NODES:
        commands = await home.commands(lock)
        clears = "user" if lock == GARAGE else "clear"
        assert kinds(commands) == {clears: 1, "read": 1}
        assert commands[-1] == ("read", slots[lock])
        sensor = await home.slot("Ann", lock)
        assert sensor.attributes["slot"] == slots[lock]
        shown = words(events, sensor.entity_id)
        # the proof of the code is gone as soon as the code is not wanted
        assert shown[0] == ("syncing", "none")
        assert shown[-1][0] == "in_sync"
    await home.client.wait_for_state(status, "disabled")

    await home.reset_counts()
    await home.turn("Ann", on=True)
    for lock in NODES:
        await home.until_codes(lock, str(ann.pin), *AT_FIRST[lock].values())
    await home.settle("Ann")
    for lock in NODES:
        counts = await home.counts(lock)
        assert (counts["writes"], counts["clears"]) == (1, 0)
        assert (await home.slot("Ann", lock)).attributes["desired"] == "present"
    await home.client.wait_for_state(status, "active")


@has_twin("virtual/test_whole_engine.py", "WholeEngine")
async def test_the_switch_has_the_last_word_however_often_it_is_turned(
    home: Home,
) -> None:
    ann = await home.add("Ann")
    await home.settle("Ann")
    for on in (False, True, False, True, False):
        await home.turn("Ann", on=on)
    for lock in NODES:
        await home.until_removed(lock)
    await home.gone("Ann")
    for lock in NODES:
        assert await home.truth(lock) == AT_FIRST[lock]

    await home.turn("Ann", on=True)
    await home.settle("Ann")
    for lock in NODES:
        assert str(ann.pin) in (await home.truth(lock)).values()


@has_twin(
    "integration/engine/test_story.py",
    "test_a_new_pin_is_one_write_and_one_read_on_every_lock_of_the_person",
)
async def test_a_new_pin_is_on_every_lock_of_the_person(home: Home) -> None:
    ann = await home.add("Ann")
    ben = await home.add("Ben", GARAGE)
    await home.settle("Ann")
    await home.settle("Ben", GARAGE)
    await home.reset_counts()
    pin = home.hosted.new_pin()

    await home.site.edit_person("Ann", pin=pin)
    await home.until_codes_of("Ann", pin, *NODES)
    await home.settle("Ann")

    for lock in READABLE:
        counts = await home.counts(lock)
        assert (counts["writes"], counts["clears"]) == (1, 0)
    assert str(ben.pin) in (await home.truth(GARAGE)).values()
    # the old one is kept only as long as a lock might hold it
    await home.until_forgotten(ann.pin)
    assert await home.is_kept(pin)


@has_twin(
    "integration/engine/test_story.py",
    "test_a_removed_person_is_cleared_proven_and_forgotten",
)
async def test_a_removed_person_is_cleared_and_only_then_forgotten(home: Home) -> None:
    ann = await home.add("Ann", BACK, SHED)
    await home.settle("Ann", BACK, SHED)
    await home.faults(SHED, dropClears=2)

    await home.site.remove("Ann")
    await home.until_removed(BACK)
    # one lock has not let go: the PIN is what tells that its code is ours
    assert await home.is_kept(ann.pin)
    await home.until_removed(SHED)

    await home.until_forgotten(ann.pin)
    assert (await home.counts(SHED))["clears"] == 3
    assert not await home.traces_of(ann)


@has_twin(
    "integration/flows/test_removal.py",
    "test_codes_are_cleared_and_proven_gone_before_the_subentry_goes",
)
async def test_a_person_can_be_cleared_and_proved_before_they_are_removed(
    home: Home,
) -> None:
    ann = await home.add("Ann")
    await home.settle("Ann")

    assert await home.site.clear_and_remove("Ann") == "removed"

    assert not await home.traces_of(ann)
    for lock in NODES:
        assert await home.truth(lock) == AT_FIRST[lock]


@has_twin(
    "integration/repairs/test_leaving.py",
    "test_a_code_that_cannot_be_taken_away_is_told_until_it_is_gone",
)
async def test_a_lock_that_does_not_let_go_is_told_until_it_does(home: Home) -> None:
    await home.add("Ann", SHED)
    await home.settle("Ann", SHED)
    await home.faults(SHED, rejectClears=True)
    await home.turn("Ann", on=False)

    credentials = await home.lock_entity(SHED, "sensor", "credentials")
    await home.client.wait_for_state(credentials, "attention", 30)
    (issue,) = await home.repairs_of("Ann")
    assert issue["translation_key"] == "revocation_pending"
    assert issue["severity"] == "error"

    await home.faults(SHED, reset=True)
    await home.fix(issue)
    await home.until_removed(SHED)
    await home.client.wait_for_state(credentials, "in_sync")
    assert not await home.repairs_of("Ann")
