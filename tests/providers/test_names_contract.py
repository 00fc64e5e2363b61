"""What a provider promises whose lock keeps a name with each code: Matter, and users of Z-Wave."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.provider_io import CodeTarget, WriteResult
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    NotSupportedError,
)
from simulators.matter import FOREIGN
from tests.harness.providers.codes import ANNA, BEN, PIN, SLOT
from tests.harness.providers.matter_lock import MatterLock
from tests.harness.providers.zwave_lock import NO_READBACK, U3C, UC2, ZWaveLock, on

OTHER_SLOT = 4


@pytest.mark.simulator
@on(U3C, NO_READBACK)
async def test_a_user_of_zwave_is_renamed_with_one_command(lock: ZWaveLock) -> None:
    """Clause 16.41: the code and the other users stay as they are."""
    assert (await lock.provider.async_probe()).keeps_names
    await lock.write()
    await lock.write(BEN, OTHER_SLOT)
    before = await lock.users()
    shown = await lock.read()
    await lock.reset_counts()
    lock.events.clear()

    await lock.provider.async_rename(SLOT, "Annabel")

    assert await lock.operations() == 1
    await lock.settle()
    assert lock.events == []
    assert await lock.users() == before | {SLOT: "Annabel"}
    assert await lock.read() == shown
    assert await lock.code() == PIN


@pytest.mark.simulator
@on(U3C)
async def test_a_name_that_the_user_has_already_costs_nothing(lock: ZWaveLock) -> None:
    """Clause 16.41: nothing is sent where nothing changes."""
    await lock.write()
    await lock.reset_counts()

    for name in ("Zoë", "ж"):
        renamed = await lock.provider.async_rename(SLOT, name)
        assert renamed is WriteResult.NO_CHANGE

    assert await lock.operations() == 0


@pytest.mark.simulator
@on(U3C)
async def test_a_user_who_is_not_ours_keeps_their_name(lock: ZWaveLock) -> None:
    """Clause 16.41: only the user of a code of ours is renamed."""
    before = await lock.users()
    with pytest.raises(CodeRejectedError):
        await lock.provider.async_rename(SLOT, "Annabel")
    assert await lock.users() == before


@pytest.mark.simulator
@on(UC2)
async def test_a_lock_without_users_keeps_no_names(lock: ZWaveLock) -> None:
    """Clause 16.41: it is not asked."""
    assert not (await lock.provider.async_probe()).keeps_names
    with pytest.raises(NotSupportedError):
        await lock.provider.async_rename(SLOT, "Annabel")


async def test_a_user_of_matter_is_renamed_with_one_command(
    matter_lock: MatterLock,
) -> None:
    """Clause 16.41: the code, its state and its owner stay as they are."""
    assert (await matter_lock.provider.async_probe()).keeps_names
    await matter_lock.write(replace(ANNA, enabled=False))
    shown = await matter_lock.read()
    owner = matter_lock.owner()
    matter_lock.commands()

    await matter_lock.provider.async_rename(SLOT, "Annabel")

    assert matter_lock.commands() == ["SetUser"]
    assert owner is not None
    assert matter_lock.names[owner] == "Annabel"
    assert (matter_lock.code(), matter_lock.owner()) == (PIN, owner)
    assert await matter_lock.read() == shown
    await matter_lock.settle()


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_user_whom_another_home_made_keeps_their_name(
    matter_lock: MatterLock, is_known: bool
) -> None:
    """Clause 16.41: the lock itself lets nobody else name its users."""
    matter_lock.add_user(7, by=FOREIGN)
    matter_lock.add_pin(SLOT, 7)
    if is_known:
        await matter_lock.read()

    with pytest.raises(CodeRejectedError):
        await matter_lock.provider.async_rename(SLOT, "Annabel")

    assert matter_lock.names == {7: "Eve"}


async def test_a_long_name_is_cut_as_it_is_when_written(
    matter_lock: MatterLock,
) -> None:
    """Clause 16.41: a lock of Matter takes ten bytes."""
    await matter_lock.write(CodeTarget(ANNA.pin, "Ann"))
    await matter_lock.read()
    await matter_lock.provider.async_rename(SLOT, "Annabel Archambault")
    assert list(matter_lock.names.values()) == ["Annabel Ar"]
