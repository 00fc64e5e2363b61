"""What a Matter lock leaves open about a code and its user, in the middle of an operation."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    SlotUnavailableError,
    TemporarilyRefusedError,
)
from simulators.matter import FOREIGN
from simulators.matter.faults import Fault, answered, refused
from simulators.matter.terms import Status, UserStatus, UserType
from tests.harness.providers.codes import ANNA, SLOT
from tests.harness.providers.matter_lock import MatterLock
from tests.harness.providers.schedules import MORNINGS

LIMITED = replace(ANNA, schedule=MORNINGS)


def user_of_another_home(**fields: int) -> Fault:
    """Answer that another controller has made a user of that number meanwhile."""
    fields = {"userStatus": UserStatus.ENABLED, "userType": 0, **fields}
    return answered(
        **fields,
        userName="Eve",
        userUniqueID=77,
        creatorFabricIndex=FOREIGN.fabric,
        credentials=[],
    )


def no_user() -> Fault:
    return answered(userStatus=None, userType=None, credentials=None)


@pytest.mark.parametrize("answer", [no_user(), answered(), refused(Status.FAILURE)])
async def test_the_schedule_of_a_code_without_user_is_unknown(
    matter_lock: MatterLock, answer: Fault
) -> None:
    await matter_lock.write()
    matter_lock.node.faults.add("GetUser", answer)

    assert await matter_lock.provider.async_read_schedule(SLOT) is None


async def test_a_write_with_an_unknown_user_did_nothing_and_may_pass(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(7)
    matter_lock.add_pin(SLOT, 7)
    matter_lock.node.faults.add("GetUser", no_user())

    with pytest.raises(TemporarilyRefusedError):
        await matter_lock.write()

    assert matter_lock.code() == "9066"
    assert matter_lock.names == {7: "Eve"}


@pytest.mark.parametrize("on", [True, False])
async def test_a_code_that_is_switched_so_already_costs_no_command(
    matter_lock: MatterLock, on: bool
) -> None:
    await matter_lock.write(replace(ANNA, enabled=on))
    matter_lock.commands()

    switched = await matter_lock.provider.async_set_enabled(SLOT, on=on)

    assert switched is WriteResult.NO_CHANGE
    assert "SetUser" not in matter_lock.commands()
    assert await matter_lock.read() == SlotReading.masked(enabled=on, ours=True)


async def test_a_user_that_another_home_made_meanwhile_explains_a_133_and_stays(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add("SetCredential", refused(Status.INVALID_COMMAND))
    matter_lock.node.faults.add("GetUser", user_of_another_home())

    with pytest.raises(SlotUnavailableError):
        await matter_lock.write()

    assert "ClearUser" not in matter_lock.commands()


@pytest.mark.parametrize("kind", [UserType.UNRESTRICTED, UserType.WEEK_DAY])
async def test_a_user_made_by_another_fabric_gets_no_scheduled_code(
    matter_lock: MatterLock, kind: UserType
) -> None:
    matter_lock.node.faults.add(
        "GetUser",
        user_of_another_home(userStatus=UserStatus.DISABLED, userType=kind),
    )

    with pytest.raises(SlotUnavailableError):
        await matter_lock.write(LIMITED)

    reported = matter_lock.commands()
    assert "ClearUser" not in reported
    assert "SetCredential" not in reported


@pytest.mark.parametrize("answer", [answered(), refused(Status.FAILURE)])
async def test_a_code_whose_removal_is_not_reported_is_no_refusal(
    matter_lock: MatterLock, answer: Fault
) -> None:
    matter_lock.node.faults.add("SetWeekDaySchedule", refused(Status.FAILURE))
    matter_lock.node.faults.add("GetCredentialStatus", answer)

    with pytest.raises(LockUnreachableError):
        await matter_lock.write(LIMITED)

    assert matter_lock.code() is None
    assert matter_lock.users == {}
