"""Steps 3 and 4 of the scenario: written once, and believed only when it was seen."""

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, NODES, SHED, UNMANAGED_PIN
from simulators.demo.demo_site import FormError
from tests.harness.e2e.locks import READABLE, kinds
from tests.harness.e2e.page_objects import SitePage, words

IN_SYNC_BY_VALUE = ("in_sync", "value")
IN_SYNC_BY_PRESENCE = ("in_sync", "presence")


@pytest.mark.parametrize("lock", NODES)
async def test_a_code_is_written_once_and_read_back(
    site_page: SitePage, lock: str
) -> None:
    async with site_page.watching() as events:
        flows = site_page.client.subentry_flows
        entry_id = await site_page.site.entry_id()
        entity = await site_page.site.registry_id(await site_page.entity_of_lock(lock))
        form = await flows.start([entry_id, "person"])
        entered = {
            "name": "Ann",
            "locks": [entity],
            "enabled": True,
        }
        shown = await flows.step(form["flow_id"], entered)
        site_page.hosted.pins.add(shown["description_placeholders"]["pin"])
        # the dialog has looked for a free slot; from here on it is the engine alone
        await site_page.reset_counts()
        await flows.step(form["flow_id"], {})
        await site_page.settle("Ann", lock)
        sensor = await site_page.site.slot_sensor("Ann", lock)

    counts = await site_page.counts(lock)
    assert (counts["writes"], counts["clears"]) == (1, 0)
    # one to take the slot, one to prove the code
    assert counts["reads"] == 2
    grade = IN_SYNC_BY_PRESENCE if lock == BACK else IN_SYNC_BY_VALUE
    assert words(events, sensor) == [
        ("syncing", "none"),
        ("pending_confirmation", "none"),
        grade,
    ]
    state = site_page.client.state(sensor)
    assert state.attributes["desired"] == "present"
    assert state.attributes["reason"] is None
    assert state.attributes["verified_at"] is not None
    # and nothing more happens
    assert (await site_page.counts(lock))["writes"] == 1


async def test_a_masked_lock_that_drops_the_write_ends_visibly(
    site_page: SitePage,
) -> None:
    await site_page.faults(BACK, dropWrites=True)
    async with site_page.watching() as events:
        await site_page.add("Ann", BACK, GARAGE)
        await site_page.settle("Ann", GARAGE)
        await site_page.site.wait_for_slot("Ann", BACK, "suspended", seconds=60)
        sensor = await site_page.site.slot_sensor("Ann", BACK)

    shown = words(events, sensor)
    assert [state for state, _ in shown].count("in_sync") == 0
    assert shown[0] == ("syncing", "none")
    assert shown[-1] == ("suspended", "none")
    assert {evidence for _, evidence in shown} == {"none"}
    assert (await site_page.counts(BACK))["writes"] == 3
    assert site_page.client.state(sensor).attributes["reason"] == "not_stored"
    problem = await site_page.lock_entity(BACK, "binary_sensor", "problem")
    assert site_page.client.state(problem).state == "on"
    status = await site_page.site.entity_of("Ann", "sensor", "status")
    assert site_page.client.state(status).state == "attention"
    (issue,) = await site_page.repairs_of("Ann")
    assert issue["translation_key"] == "slot_not_stored"
    assert issue["is_fixable"]

    await site_page.faults(BACK, reset=True)
    await site_page.fix(issue)
    await site_page.settle("Ann", BACK)
    await site_page.client.wait_for_state(problem, "off")
    assert not await site_page.repairs_of("Ann")


async def test_a_masked_code_is_changed_by_making_room_first(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann", BACK)
    await site_page.settle("Ann", BACK)
    slot = await site_page.slot_number("Ann", BACK)
    await site_page.reset_counts()
    pin = site_page.hosted.new_pin()

    async with site_page.watching() as events:
        await site_page.site.edit_person("Ann", pin=pin)
        await site_page.until_codes(BACK, pin)
        await site_page.settle("Ann", BACK)
        sensor = await site_page.site.slot_sensor("Ann", BACK)

    commands = await site_page.commands(BACK)
    assert {number for _, number in commands} == {slot}
    order = [kind for kind, _ in commands]
    clear, write = order.index("clear"), order.index("write")
    assert clear < write
    assert "read" in order[clear:write]
    assert "read" in order[write:]
    assert kinds(commands)["clear"] == kinds(commands)["write"] == 1
    # while the old code is still in there nothing is claimed of the new one
    shown = words(events, sensor)
    assert shown[0] != IN_SYNC_BY_PRESENCE or shown[1][0] != "in_sync"
    assert shown[-1] == IN_SYNC_BY_PRESENCE


async def test_a_code_that_the_lock_refuses_is_reported_and_stops_no_other(
    site_page: SitePage,
) -> None:
    # typed at the lock unseen, in a slot that is not read when one is looked for
    pin = site_page.hosted.new_pin()
    await site_page.act(FRONT, "unreported_set_code", slot=20, code=pin)
    await site_page.add("Ann", FRONT, SHED, pin=pin)
    await site_page.settle("Ann", SHED)
    sensor = await site_page.site.wait_for_slot("Ann", FRONT, "suspended")
    assert sensor.attributes["reason"] == "duplicate"
    assert (await site_page.counts(FRONT))["writes"] == 1
    (issue,) = await site_page.repairs_of("Ann")
    assert issue["translation_key"] == "slot_duplicate"

    await site_page.site.edit_person("Ann", pin=site_page.hosted.new_pin())
    await site_page.settle("Ann", FRONT, SHED)
    assert (await site_page.truth(FRONT))[20] == pin
    assert not await site_page.repairs_of("Ann")


async def test_a_pin_that_is_on_the_lock_already_is_refused_in_the_dialog(
    site_page: SitePage,
) -> None:
    """Clause 16.4: it is in slot 1 of the front door, which was read there."""
    with pytest.raises(FormError, match="pin_on_lock"):
        await site_page.add("Ann", FRONT, SHED, pin=UNMANAGED_PIN)
    assert (await site_page.counts(FRONT))["writes"] == 0


async def test_a_lock_that_answers_late_is_not_written_twice(
    site_page: SitePage,
) -> None:
    await site_page.faults(FRONT, commitDelayMs=400)
    await site_page.faults(SHED, answerDelayMs=150)
    await site_page.add("Ann", FRONT, SHED)
    await site_page.settle("Ann", FRONT, SHED)
    for lock in (FRONT, SHED):
        assert (await site_page.counts(lock))["writes"] == 1


async def test_one_lock_that_is_away_stops_no_other(site_page: SitePage) -> None:
    await site_page.faults(GARAGE, dead=True)
    ann = await site_page.add("Ann")
    await site_page.settle("Ann", *(lock for lock in NODES if lock != GARAGE))
    away = await site_page.slot("Ann", GARAGE)
    assert away.state == "out_of_sync"

    await site_page.revive(GARAGE)
    await site_page.settle("Ann", GARAGE)
    for lock in READABLE:
        assert ann.pin in (await site_page.truth(lock)).values()
        assert (await site_page.counts(lock))["writes"] == 1
