"""Quirks of Matter locks and their servers, each found on a real stack: users and codes.

The numbers are those of the list that the simulated lock was made from as well.
"""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import (
    SlotChanged,
)
from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    SlotUnavailableError,
    TemporarilyRefusedError,
)
from simulators.matter import OURS
from simulators.matter.faults import (
    answer_lost,
    answered,
    applied_then_refused,
    command_lost,
    refused,
)
from simulators.matter.terms import (
    Status,
    UserStatus,
)
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT, expect_no_code_in
from tests.harness.providers.matter_lock import MatterLock
from tests.harness.providers.schedules import MORNINGS


async def test_a_code_cannot_be_read_and_is_not_probed_for(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    assert matter_lock.commands() == ["SetUser", "SetCredential"]

    assert await matter_lock.read() == SlotReading.masked(enabled=True, ours=True)
    assert matter_lock.commands() == ["GetCredentialStatus", "GetUser"]
    assert matter_lock.provider.capabilities is not None
    assert matter_lock.provider.capabilities.best_evidence is Evidence.PRESENCE


async def test_a_slot_and_its_user_are_two_numbers(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(SLOT, "Eve")
    matter_lock.add_user(4, "Adam")
    matter_lock.add_pin(6, 4)

    await matter_lock.write()

    assert matter_lock.owner() not in (SLOT, 4, None)
    assert await matter_lock.read() == SlotReading.masked(enabled=True, ours=True)
    assert await matter_lock.read(4) == SlotReading.empty()
    await matter_lock.clear()
    assert matter_lock.names == {SLOT: "Eve", 4: "Adam"}
    assert matter_lock.code(6) == "9066"


async def test_our_earlier_code_makes_room_whichever_user_it_has(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(SLOT, "Eve")
    await matter_lock.write()
    assert matter_lock.owner() != SLOT
    matter_lock.node.door.delete_user(SLOT)

    await matter_lock.write(BEN)

    assert matter_lock.code() == OTHER
    assert matter_lock.names == {SLOT: "Ben"}


async def test_the_code_that_programs_the_lock_is_no_slot(
    matter_lock: MatterLock,
) -> None:
    for call in (matter_lock.read(0), matter_lock.write(slot=0), matter_lock.clear(0)):
        with pytest.raises(SlotUnavailableError):
            await call
    assert matter_lock.commands() == []


async def test_what_a_lock_reports_at_in_its_answer_is_not_relied_on(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add(
        "SetCredential", answered(status=0, userIndex=9, nextCredentialIndex=None)
    )
    assert await matter_lock.write() is WriteResult.OPTIMISTIC
    assert await matter_lock.read() == SlotReading.empty()

    await matter_lock.write()
    assert matter_lock.owner() == SLOT


@pytest.mark.parametrize("command", ["SetUser", "SetCredential"])
async def test_a_lock_without_room_says_so(
    matter_lock: MatterLock, command: str
) -> None:
    full = (
        refused(Status.RESOURCE_EXHAUSTED)
        if command == "SetUser"
        else answered(status=int(Status.RESOURCE_EXHAUSTED))
    )
    matter_lock.node.faults.add(command, full)

    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write()

    assert caught.value.reason is Reason.LOCK_FULL
    assert matter_lock.users == {}


async def test_a_lock_whose_users_are_all_taken_has_no_room(
    matter_lock: MatterLock,
) -> None:
    for index in range(1, matter_lock.node.lock.limits.users + 1):
        matter_lock.add_user(index)

    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write()

    assert caught.value.reason is Reason.LOCK_FULL


async def test_a_code_of_another_home_is_left_to_it(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(7, "Eve")
    matter_lock.add_pin(SLOT, 7)

    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write()

    assert caught.value.reason is Reason.OCCUPIED
    assert matter_lock.code() == "9066"
    assert matter_lock.names == {7: "Eve"}


async def test_a_code_that_was_made_at_the_keypad_is_left_alone(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.door.program("9066", SLOT)

    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write()

    assert caught.value.reason is Reason.OCCUPIED
    assert matter_lock.code() == "9066"


async def test_a_code_of_another_application_of_this_home_is_left_alone(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(SLOT, "Eve", OURS)
    matter_lock.add_pin(SLOT, SLOT, by=OURS)

    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write()

    assert caught.value.reason is Reason.OCCUPIED
    assert matter_lock.code() == "9066"
    assert matter_lock.names == {SLOT: "Eve"}


async def test_an_unmanaged_code_can_be_cleared_and_they_stay(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(SLOT, "Eve")
    matter_lock.add_pin(SLOT, SLOT)
    matter_lock.commands()

    await matter_lock.clear()

    assert matter_lock.code() is None
    assert matter_lock.names == {SLOT: "Eve"}
    # Then there is room for ours, beside the user
    await matter_lock.write()
    assert matter_lock.code() == PIN
    assert matter_lock.names == {SLOT: "Eve", matter_lock.owner(): "Zoë"}
    assert "SetUser" in matter_lock.commands()


async def test_an_unexplained_133_may_pass(matter_lock: MatterLock) -> None:
    """Some locks give it for a while after they were started."""
    matter_lock.node.faults.add("SetCredential", answered(status=133))
    matter_lock.node.faults.add("SetUser", refused(Status.INVALID_COMMAND))

    for _ in range(2):
        with pytest.raises(TemporarilyRefusedError) as caught:
            await matter_lock.write()
        expect_no_code_in(caught.value)
        assert caught.value.reason is Reason.LOCK_REFUSES
        assert matter_lock.users == {}

    await matter_lock.write()
    assert matter_lock.code() == PIN


async def test_a_133_that_the_slot_explains_is_final(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(7, "Eve")
    matter_lock.add_pin(SLOT, 7)
    matter_lock.node.faults.add("SetCredential", answered(status=133))

    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write()

    assert caught.value.reason is Reason.OCCUPIED


async def test_a_133_for_a_code_that_landed_all_the_same_may_pass(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add(
        "SetCredential", applied_then_refused(Status.INVALID_COMMAND)
    )
    with pytest.raises(TemporarilyRefusedError):
        await matter_lock.write()
    assert matter_lock.users == {}

    await matter_lock.write()
    assert matter_lock.code() == PIN


async def test_a_133_that_the_length_explains_is_final(
    matter_lock: MatterLock,
) -> None:
    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write(CodeTarget(Pin("907153907"), "Zoë"))

    assert caught.value.reason is Reason.REJECTED
    assert matter_lock.users == {}


async def test_a_133_about_an_empty_slot_is_no_failed_clear(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    matter_lock.node.faults.add(
        "ClearCredential", applied_then_refused(Status.INVALID_COMMAND)
    )

    await matter_lock.clear()
    assert matter_lock.users == {}

    await matter_lock.write()
    matter_lock.node.faults.add("ClearCredential", refused(Status.INVALID_COMMAND))
    with pytest.raises(TemporarilyRefusedError):
        await matter_lock.clear()
    assert matter_lock.code() == PIN


@pytest.mark.parametrize("status", [Status.BUSY, Status.FAILURE, 200])
@pytest.mark.parametrize("command", ["SetUser", "SetCredential"])
async def test_any_other_status_may_pass(
    matter_lock: MatterLock, command: str, status: int
) -> None:
    matter_lock.node.faults.add(command, refused(status))

    with pytest.raises(TemporarilyRefusedError) as caught:
        await matter_lock.write()

    busy = status == Status.BUSY
    assert caught.value.reason is (Reason.LOCK_BUSY if busy else Reason.LOCK_REFUSES)
    assert matter_lock.users == {}
    await matter_lock.write()


async def test_a_name_is_cut_to_ten_bytes_and_is_no_address(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.lock.traits.counts_bytes = True

    await matter_lock.write(CodeTarget(Pin(PIN), "Zoë Ängström"))
    matter_lock.users[SLOT].name = "other"

    assert matter_lock.users[SLOT].unique_id is not None
    await matter_lock.write(CodeTarget(Pin(OTHER), "éééééé"))
    assert matter_lock.names == {SLOT: "ééééé"}
    assert matter_lock.code() == OTHER


async def test_switching_on_changes_no_name(matter_lock: MatterLock) -> None:
    for label, name in (("Zoë", "Zoë"), ("", "")):
        await matter_lock.write(replace(ANNA, person_name=label, schedule=MORNINGS))

        assert matter_lock.names == {SLOT: name}
        assert matter_lock.users[SLOT].status == UserStatus.ENABLED


@pytest.mark.parametrize("drops", [False, True])
async def test_no_user_is_left_behind_with_the_last_code(
    matter_lock: MatterLock, drops: bool
) -> None:
    matter_lock.node.lock.traits.drops_empty_users = drops
    await matter_lock.write()

    await matter_lock.clear()

    assert matter_lock.users == {}
    assert await matter_lock.read() == SlotReading.empty()


async def test_a_user_that_was_left_behind_is_replaced(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write(replace(ANNA, schedule=MORNINGS))
    matter_lock.node.faults.add("ClearUser", command_lost())
    await matter_lock.clear()
    assert matter_lock.names == {SLOT: "Zoë"}

    await matter_lock.write(BEN)

    assert matter_lock.names == {SLOT: "Ben"}
    assert await matter_lock.provider.async_read_schedule(SLOT) == NO_SCHEDULE


async def test_a_user_whose_making_was_not_answered_is_replaced(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add("SetUser", answer_lost())
    with pytest.raises(LockUnreachableError):
        await matter_lock.write()
    assert list(matter_lock.users) == [SLOT]

    await matter_lock.write()

    assert list(matter_lock.users) == [SLOT]
    assert matter_lock.code() == PIN


async def test_our_user_stays_with_a_card_that_they_were_given(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    matter_lock.add_card(1, SLOT)

    await matter_lock.clear()

    assert matter_lock.code() is None
    assert matter_lock.names == {SLOT: "Zoë"}


async def test_a_cleared_code_is_reported_without_its_user(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()

    matter_lock.node.door.delete_pin(SLOT)
    await matter_lock.settle()

    assert matter_lock.news == [SlotChanged(SLOT, ChangeKind.CLEARED)]


async def test_no_walk_depends_on_the_next_user(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.lock.traits.names_next_user = False
    matter_lock.add_user(SLOT, "Eve")

    await matter_lock.write()
    await matter_lock.provider.async_read([SLOT, 4])

    assert matter_lock.code() == PIN
    assert matter_lock.commands().count("GetUser") <= 3
