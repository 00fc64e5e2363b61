"""Step 6 of the scenario: what is done to the codes at the lock itself."""

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, SHED
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import has_twin, sample

THEIRS = "9077"


@pytest.mark.parametrize("lock", sample([FRONT, GARAGE], 1))
async def test_a_code_changed_at_the_keypad_is_noticed_and_restored(
    site_page: SitePage, lock: str
) -> None:
    ann = await site_page.add("Ann", lock)
    await site_page.settle("Ann", lock)
    slot = await site_page.slot_number("Ann", lock)
    access = await site_page.lock_entity(lock, "event", "access")
    await site_page.reset_counts()

    async with site_page.watching() as events:
        await site_page.act(lock, "keypad_set_code", slot=slot, code=THEIRS)
        await site_page.until_codes_of("Ann", str(ann.pin), lock)
        await site_page.settle("Ann", lock)
        reported = await events.wait_for(
            lambda event: (
                event["data"]["entity_id"] == access
                and event["data"]["new_state"]["attributes"]["event_type"]
                == "code_changed"
            )
        )
    attributes = reported["data"]["new_state"]["attributes"]
    assert (attributes["person"], attributes["slot"]) == ("Ann", slot)
    commands = await site_page.commands(lock)
    assert commands[0] == ("read", slot)
    assert commands.count(("write", slot)) == 1

    # once an hour: the second time it is reported and left
    await site_page.act(lock, "keypad_set_code", slot=slot, code=THEIRS)
    sensor = await site_page.site.wait_for_slot("Ann", lock, "out_of_sync")
    assert sensor.attributes["reason"] == "changed_at_lock"
    assert sensor.attributes["evidence"] == "none"
    problem = await site_page.lock_entity(lock, "binary_sensor", "problem")
    await site_page.client.wait_for_state(problem, "on")
    assert (await site_page.truth(lock))[slot] == THEIRS
    assert (await site_page.counts(lock))["writes"] == 1
    # who uses that code is not Ann
    await site_page.act(lock, "keypad_unlock", userId=slot)
    await site_page.client.wait_for(
        lambda states: (
            states[access].attributes["event_type"] == "unlocked"
            and states[access].attributes["person"] is None
        ),
        1,
    )


@has_twin(
    "engine/faults/test_matrix.py",
    "test_fault_never_shows_a_false_in_sync_within_its_radio_budget",
)
async def test_a_code_deleted_at_the_keypad_comes_back(site_page: SitePage) -> None:
    ann = await site_page.add("Ann", SHED, BACK)
    await site_page.settle("Ann", SHED, BACK)
    for lock in (SHED, BACK):
        slot = await site_page.slot_number("Ann", lock)
        access = await site_page.lock_entity(lock, "event", "access")
        async with site_page.watching() as events:
            await site_page.act(lock, "keypad_delete_code", slot=slot)
            await site_page.until_codes(lock, str(ann.pin))
            await site_page.settle("Ann", lock)
        reported = [
            new["attributes"]["event_type"]
            for event in events.received
            if event["data"]["entity_id"] == access
            and (new := event["data"]["new_state"])
        ]
        assert reported == ["code_removed"]


@has_twin(
    "engine/faults/test_matrix.py",
    "test_fault_never_shows_a_false_in_sync_within_its_radio_budget",
)
async def test_a_change_on_a_masked_lock_takes_the_proof_away(
    site_page: SitePage,
) -> None:
    ann = await site_page.add("Ann", BACK)
    await site_page.settle("Ann", BACK)
    slot = await site_page.slot_number("Ann", BACK)
    # after that a report is nobody's echo
    await site_page.until_echoes_are_over()

    async with site_page.watching() as events:
        await site_page.act(BACK, "keypad_set_code", slot=slot, code=THEIRS)
        sensor = await site_page.site.slot_sensor("Ann", BACK)
        await events.wait_for(
            lambda event: (
                event["data"]["entity_id"] == sensor
                and event["data"]["new_state"]["state"] != "in_sync"
            )
        )
    await site_page.until_codes(BACK, str(ann.pin))
    await site_page.settle("Ann", BACK)


@has_twin(
    "engine/runtime/test_faults_keypad.py",
    "test_events_in_unmanaged_slots_are_reported_and_left_alone",
)
async def test_a_code_in_an_empty_slot_is_reported_and_left_alone(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann", FRONT, GARAGE)
    await site_page.settle("Ann", FRONT, GARAGE)
    for lock in (FRONT, GARAGE):
        access = await site_page.lock_entity(lock, "event", "access")
        await site_page.reset_counts()
        await site_page.act(lock, "keypad_set_code", slot=14, code=THEIRS)
        reported = await site_page.client.wait_for(
            lambda states, access=access: (  # type: ignore[misc]
                states[access]
                if states[access].attributes["event_type"] == "code_added"
                else None
            ),
            1,
        )
        assert reported.attributes["slot"] == 14
        assert reported.attributes["person"] is None
        assert (await site_page.truth(lock))[14] == THEIRS
        assert await site_page.changes() == 0


@has_twin(
    "components/repairs/test_slots.py",
    "test_who_finds_their_slot_taken_can_move_to_another_one",
)
async def test_a_code_in_the_slot_of_somebody_who_is_off_is_left_alone(
    site_page: SitePage,
) -> None:
    await site_page.add("Ann", SHED)
    await site_page.settle("Ann", SHED)
    slot = await site_page.slot_number("Ann", SHED)
    await site_page.turn("Ann", on=False)
    await site_page.gone("Ann", SHED)
    await site_page.reset_counts()

    await site_page.act(SHED, "keypad_set_code", slot=slot, code=THEIRS)
    access = await site_page.lock_entity(SHED, "event", "access")
    reported = await site_page.client.wait_for(
        lambda states: (
            states[access]
            if states[access].attributes["event_type"] == "code_added"
            else None
        )
    )
    assert (reported.attributes["slot"], reported.attributes["person"]) == (slot, None)
    assert await site_page.truth(SHED) == {slot: THEIRS}

    # now Ann is wanted there again
    await site_page.turn("Ann", on=True)
    sensor = await site_page.site.wait_for_slot("Ann", SHED, "suspended")
    assert sensor.attributes["reason"] == "occupied"
    assert await site_page.changes() == 0
    (issue,) = await site_page.repairs_of("Ann")
    assert issue["translation_key"] == "slot_occupied"
    await site_page.fix(issue, "move")
    await site_page.settle("Ann", SHED)
    assert (await site_page.truth(SHED))[slot] == THEIRS
    assert await site_page.slot_number("Ann", SHED) != slot
