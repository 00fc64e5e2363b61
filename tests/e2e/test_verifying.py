"""Step 8 of the scenario: the button and the action read back now."""

from datetime import datetime

import pytest

from simulators.demo.demo_driver import BACK, FRONT, GARAGE, NODES, SHED
from simulators.demo.demo_site import DOMAIN
from simulators.home_assistant import CommandError
from tests.harness.e2e.locks import kinds
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import has_twin


@has_twin(
    "components/entities/test_states.py",
    "test_pressing_verify_reads_every_slot_and_writes_none",
)
async def test_the_button_reads_every_managed_slot_once(site_page: SitePage) -> None:
    await site_page.add("Ann")
    await site_page.add("Ben", FRONT, SHED)
    await site_page.settle("Ann")
    await site_page.settle("Ben", FRONT, SHED)
    for lock in NODES:
        sensor = await site_page.slot("Ann", lock)
        before = sensor.attributes["verified_at"]
        await site_page.reset_counts()
        button = await site_page.lock_entity(lock, "button", "verify")
        await site_page.client.call_service(
            "button", "press", target={"entity_id": button}
        )
        await site_page.client.wait_for(
            lambda states, of=sensor.entity_id, before=before: (  # type: ignore[misc]
                states[of].attributes["verified_at"] > before
            )
        )
        assert site_page.client.state(sensor.entity_id).state == "in_sync"
        people = 2 if lock in (FRONT, SHED) else 1
        assert kinds(await site_page.commands(lock)) == {"read": people}


@has_twin(
    "components/services/test_verify.py",
    "test_the_answer_says_what_each_slot_has_shown",
)
async def test_the_action_answers_for_each_slot(site_page: SitePage) -> None:
    await site_page.add("Ann", FRONT, BACK)
    await site_page.add("Ben", FRONT)
    await site_page.settle("Ann", FRONT, BACK)
    await site_page.settle("Ben", FRONT)
    front, back = [await site_page.entity_of_lock(lock) for lock in (FRONT, BACK)]
    started = datetime.fromisoformat(
        (await site_page.slot("Ann", FRONT)).attributes["verified_at"]
    )

    answer = await site_page.client.call_service(
        DOMAIN, "verify", target={"entity_id": [front, back]}, return_response=True
    )

    assert answer.keys() == {front, back}
    slots = {
        (lock, slot["person"]): slot
        for lock, reported in answer.items()
        for slot in reported["slots"].values()
    }
    assert slots.keys() == {(front, "Ann"), (front, "Ben"), (back, "Ann")}
    for (lock, _), slot in slots.items():
        assert slot["state"] == "in_sync"
        assert slot["evidence"] == ("presence" if lock == back else "value")
        assert slot["answered"] is True
        assert slot["reason"] is None
        assert datetime.fromisoformat(slot["verified_at"]) > started
    number = str(await site_page.slot_number("Ben", FRONT))
    assert answer[front]["slots"][number]["person"] == "Ben"
    # by anything on its device too
    access = await site_page.lock_entity(FRONT, "event", "access")
    answer = await site_page.client.call_service(
        DOMAIN, "verify", target={"entity_id": access}, return_response=True
    )
    assert answer.keys() == {front}


@has_twin(
    "components/services/test_verify.py",
    "test_an_unreachable_lock_is_an_error_without_a_response",
)
async def test_what_does_not_answer_is_named(site_page: SitePage) -> None:
    await site_page.add("Ann", GARAGE, SHED)
    await site_page.settle("Ann", GARAGE, SHED)
    garage, shed = [await site_page.entity_of_lock(lock) for lock in (GARAGE, SHED)]
    known = (await site_page.slot("Ann", SHED)).attributes["verified_at"]
    await site_page.faults(SHED, unansweredReads=True)

    answer = await site_page.client.call_service(
        DOMAIN, "verify", target={"entity_id": [garage, shed]}, return_response=True
    )

    (slot,) = answer[garage]["slots"].values()
    assert slot["answered"] is True
    (slot,) = answer[shed]["slots"].values()
    assert slot["answered"] is False
    # what was seen stays seen, at its own time
    assert slot["verified_at"] == known
    assert slot["evidence"] == "value"
    with pytest.raises(CommandError) as failed:
        await site_page.client.call_service(
            DOMAIN, "verify", target={"entity_id": shed}
        )
    assert failed.value.translation_key == "lock_did_not_answer"
    with pytest.raises(CommandError) as failed:
        await site_page.client.call_service(
            DOMAIN, "verify", target={"entity_id": "lock.all_doors"}
        )
    assert failed.value.translation_key == "not_managed"


async def test_a_code_changed_in_secret_is_found(site_page: SitePage) -> None:
    ann = await site_page.add("Ann", FRONT, BACK)
    await site_page.settle("Ann", FRONT, BACK)
    entities = [await site_page.entity_of_lock(lock) for lock in (FRONT, BACK)]
    front = await site_page.slot_number("Ann", FRONT)
    await site_page.act(FRONT, "unreported_set_code", slot=front, code="9077")
    back = await site_page.slot_number("Ann", BACK)
    await site_page.act(BACK, "unreported_delete_code", slot=back)

    await site_page.client.call_service(
        DOMAIN, "verify", target={"entity_id": entities}
    )

    await site_page.until_codes_of("Ann", str(ann.pin), FRONT, BACK)
    await site_page.settle("Ann", FRONT, BACK)
