"""Step 5 of the scenario: codes are taken away, changed, and given back; each is proved."""

from simulators.demo.demo_driver import BACK, GARAGE, NODES, SHED
from tests.harness.e2e.locks import AT_FIRST, READABLE, kinds
from tests.harness.e2e.page_objects import SitePage, words
from tests.harness.sampling import has_twin


async def test_off_clears_and_proves_and_on_writes_once(site_page: SitePage) -> None:
    ann = await site_page.add("Ann")
    await site_page.settle("Ann")
    slots = {lock: await site_page.slot_number("Ann", lock) for lock in NODES}
    status = await site_page.site.entity_of("Ann", "sensor", "status")
    assert site_page.client.state(status).state == "active"
    await site_page.reset_counts()

    async with site_page.watching() as events:
        await site_page.turn("Ann", on=False)
        for lock in NODES:
            await site_page.until_removed(lock)
        await site_page.gone("Ann")
    for lock in NODES:
        commands = await site_page.commands(lock)
        clears = "user" if lock == GARAGE else "clear"
        assert kinds(commands) == {clears: 1, "read": 1}
        assert commands[-1] == ("read", slots[lock])
        sensor = await site_page.slot("Ann", lock)
        assert sensor.attributes["slot"] == slots[lock]
        shown = words(events, sensor.entity_id)
        # the proof of the code is gone as soon as the code is not wanted
        assert shown[0] == ("syncing", "none")
        assert shown[-1][0] == "in_sync"
    await site_page.client.wait_for_state(status, "disabled")

    await site_page.reset_counts()
    await site_page.turn("Ann", on=True)
    for lock in NODES:
        await site_page.until_codes(lock, str(ann.pin), *AT_FIRST[lock].values())
    await site_page.settle("Ann")
    for lock in NODES:
        counts = await site_page.counts(lock)
        assert (counts["writes"], counts["clears"]) == (1, 0)
        assert (await site_page.slot("Ann", lock)).attributes["desired"] == "present"
    await site_page.client.wait_for_state(status, "active")


@has_twin("engine/virtual_clock/test_state_machine.py", "WholeEngine")
async def test_the_last_position_of_the_switch_counts(
    site_page: SitePage,
) -> None:
    ann = await site_page.add("Ann")
    await site_page.settle("Ann")
    for on in (False, True, False, True, False):
        await site_page.turn("Ann", on=on)
    for lock in NODES:
        await site_page.until_removed(lock)
    await site_page.gone("Ann")
    for lock in NODES:
        assert await site_page.truth(lock) == AT_FIRST[lock]

    await site_page.turn("Ann", on=True)
    await site_page.settle("Ann")
    for lock in NODES:
        assert str(ann.pin) in (await site_page.truth(lock)).values()


@has_twin(
    "engine/runtime/test_convergence.py",
    "test_a_new_pin_is_one_write_and_one_read_on_every_lock_of_the_person",
)
async def test_a_new_pin_is_on_every_lock_of_the_person(site_page: SitePage) -> None:
    ann = await site_page.add("Ann")
    ben = await site_page.add("Ben", GARAGE)
    await site_page.settle("Ann")
    await site_page.settle("Ben", GARAGE)
    await site_page.reset_counts()
    pin = site_page.hosted.new_pin()

    await site_page.site.edit_person("Ann", pin=pin)
    await site_page.until_codes_of("Ann", pin, *NODES)
    await site_page.settle("Ann")

    for lock in READABLE:
        counts = await site_page.counts(lock)
        assert (counts["writes"], counts["clears"]) == (1, 0)
    assert str(ben.pin) in (await site_page.truth(GARAGE)).values()
    # the old one is kept only as long as a lock might hold it
    await site_page.until_forgotten(ann.pin)
    assert await site_page.is_kept(pin)


@has_twin(
    "engine/runtime/test_convergence.py",
    "test_a_removed_person_is_cleared_proven_and_forgotten",
)
async def test_a_removed_person_is_cleared_and_only_then_forgotten(
    site_page: SitePage,
) -> None:
    ann = await site_page.add("Ann", BACK, SHED)
    await site_page.settle("Ann", BACK, SHED)
    await site_page.faults(SHED, dropClears=2)

    await site_page.site.remove("Ann")
    await site_page.until_removed(BACK)
    # one lock has not let go: the PIN is what tells that its code is ours
    assert await site_page.is_kept(ann.pin)
    await site_page.until_removed(SHED)

    await site_page.until_forgotten(ann.pin)
    assert (await site_page.counts(SHED))["clears"] == 3
    assert not await site_page.traces_of(ann)


@has_twin(
    "components/config_flow/test_removal.py",
    "test_codes_are_cleared_and_proven_gone_before_the_subentry_goes",
)
async def test_a_person_can_be_cleared_and_proved_before_they_are_removed(
    site_page: SitePage,
) -> None:
    ann = await site_page.add("Ann")
    await site_page.settle("Ann")

    assert await site_page.site.clear_and_remove("Ann") == "removed"

    assert not await site_page.traces_of(ann)
    for lock in NODES:
        assert await site_page.truth(lock) == AT_FIRST[lock]


@has_twin(
    "components/repairs/test_removal.py",
    "test_a_code_that_cannot_be_cleared_is_an_issue_until_cleared",
)
async def test_a_code_that_stays_in_the_lock_is_an_issue_until_cleared(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann", SHED)
    await site_page.settle("Ann", SHED)
    await site_page.faults(SHED, rejectClears=True)
    await site_page.turn("Ann", on=False)

    credentials = await site_page.lock_entity(SHED, "sensor", "credentials")
    await site_page.client.wait_for_state(credentials, "attention", 30)
    (issue,) = await site_page.repairs_of("Ann")
    assert issue["translation_key"] == "revocation_pending"
    assert issue["severity"] == "error"

    await site_page.faults(SHED, reset=True)
    await site_page.fix(issue)
    await site_page.until_removed(SHED)
    await site_page.client.wait_for_state(credentials, "in_sync")
    assert not await site_page.repairs_of("Ann")
