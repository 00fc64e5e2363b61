"""User Credential CC: users and their credentials, ours and other people's."""

import pytest
from zwave_js_server.const.command_class.access_control import UserCredentialType
from zwave_js_server.model.access_control import (
    AddUserCredential,
    SetUserOptions,
)

from custom_components.keyholder.model.lock_events import (
    SlotChanged,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import CodeTarget, WriteResult
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    SlotUnavailableError,
)
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT, expect_no_code_in
from tests.harness.providers.zwave_lock import NO_READBACK, U3C, ZWaveLock, on

pytestmark = pytest.mark.simulator

PINCODE = UserCredentialType.PIN_CODE
RFID = UserCredentialType.RFID_CODE


@on(U3C, NO_READBACK)
async def test_a_user_is_made_with_the_code_and_goes_with_it(lock: ZWaveLock) -> None:
    before = await lock.users()

    await lock.write()
    assert await lock.users() == before | {SLOT: "Zoe"}
    await lock.provider.async_clear(SLOT)
    assert await lock.users() == before


@on(U3C)
async def test_a_new_holder_gives_the_user_their_name(lock: ZWaveLock) -> None:
    await lock.write()
    await lock.operations()

    await lock.write(BEN)

    assert await lock.operations() == 2
    assert (await lock.users())[SLOT] == "Ben"


@on(U3C)
async def test_a_user_is_not_left_behind_by_a_refusal(lock: ZWaveLock) -> None:
    await lock.write(slot=4)
    before = await lock.users()

    with pytest.raises(CodeRejectedError):
        await lock.write()

    assert await lock.users() == before


@on(U3C)
async def test_a_user_who_was_there_before_survives_a_refusal(lock: ZWaveLock) -> None:
    await lock.write(slot=4)
    await lock.write(BEN)

    with pytest.raises(CodeRejectedError):
        await lock.write()

    assert await lock.code() == OTHER
    assert SLOT in await lock.users()


@on(U3C)
async def test_reading_an_absent_user_does_not_poison_the_next_write(
    lock: ZWaveLock,
) -> None:
    """The driver keeps the answer for a user who is not there and takes it for one."""
    await lock.control.get_user(SLOT)
    assert await lock.control.get_user_cached(SLOT) is not None

    assert await lock.write() is WriteResult.OPTIMISTIC
    assert await lock.code() == PIN


@on(U3C, NO_READBACK)
async def test_a_code_that_vanished_unseen_is_written_again(lock: ZWaveLock) -> None:
    await lock.write()
    await lock.act("unreported_delete_code", slot=SLOT)

    assert await lock.write() is WriteResult.OPTIMISTIC
    assert await lock.code() == PIN


@on(U3C, NO_READBACK)
async def test_the_slot_of_another_user_is_left_to_them(lock: ZWaveLock) -> None:
    await lock.control.add_user(
        6,
        SetUserOptions(active=True, user_name="Eve"),
        AddUserCredential(PINCODE, SLOT, "9066"),
    )

    with pytest.raises(SlotUnavailableError) as caught:
        await lock.write()

    expect_no_code_in(caught.value)
    assert await lock.code() == "9066"
    assert SLOT not in await lock.users()

    # With the user's yes it is cleared, and Eve stays
    await lock.provider.async_clear(SLOT)
    assert await lock.code() is None
    assert (await lock.users())[6] == "Eve"


@on(U3C)
async def test_a_user_with_something_else_is_not_taken_over(lock: ZWaveLock) -> None:
    await lock.control.add_user(
        SLOT,
        SetUserOptions(active=True, user_name="Eve"),
        AddUserCredential(RFID, 1, bytes(range(8))),
    )

    with pytest.raises(SlotUnavailableError):
        await lock.write()
    await lock.provider.async_clear(SLOT)

    assert await lock.code() is None
    assert (await lock.users())[SLOT] == "Eve"
    assert (SLOT, RFID, 1) in await lock.owned()


@on(U3C)
async def test_our_user_keeps_a_card_that_was_added_to_them(lock: ZWaveLock) -> None:
    await lock.write()
    await lock.control.set_credential(SLOT, RFID, 1, bytes(range(8)))

    await lock.write(CodeTarget(Pin(OTHER), ANNA.person_name))
    assert await lock.code() == OTHER
    await lock.provider.async_clear(SLOT)
    assert await lock.code() is None
    assert (SLOT, RFID, 1) in await lock.owned()
    await lock.write()

    assert await lock.code() == PIN
    assert (SLOT, RFID, 1) in await lock.owned()


@on(U3C)
async def test_a_user_disabled_at_the_lock_is_seen(lock: ZWaveLock) -> None:
    await lock.write()
    assert (await lock.read()).enabled is None
    await lock.control.set_user(SLOT, SetUserOptions(active=False))
    await lock.settle()

    assert SlotChanged(SLOT, ChangeKind.UNKNOWN) in lock.events
    assert (await lock.read()).enabled is False
