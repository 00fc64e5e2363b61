"""Schedules of a Zigbee lock that deceive: no code is ever live without its limits."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.lock_schedule import NO_SCHEDULE
from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
    ScheduleUnconfirmedError,
    TemporarilyRefusedError,
)
from simulators.zigbee import Command, DoorLock, Limits, LockNode
from simulators.zigbee.faults import (
    Fault,
    cut_short,
    default_response,
    not_acknowledged,
    refused,
    silently_dropped,
)
from simulators.zigbee.terms import UserType
from simulators.zigbee.zdo import Endpoint
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.providers.codes import ANNA, PIN, SLOT
from tests.harness.providers.schedules import MORNINGS, STAY
from tests.harness.providers.zha_lock import ZhaLock, make_zha_provider

LIMITED = replace(ANNA, schedule=MORNINGS)


@pytest.fixture
def zha_lock_kind() -> str:
    """A lock of ten slots with two schedules of each kind."""
    return "zha with schedules"


async def test_a_code_stays_disabled_until_its_schedule_is_seen(
    zha_lock: ZhaLock,
) -> None:
    await zha_lock.write(LIMITED)
    assert zha_lock.commands() == [
        "SET_WEEK_DAY",
        "SET_WEEK_DAY",
        "GET_WEEK_DAY",
        "GET_WEEK_DAY",
        "SET_PIN",
        "GET_PIN",
        "GET_USER_TYPE",
        "GET_WEEK_DAY",
        "SET_USER_STATUS",
    ]
    held = zha_lock.node.lock.memory.pins[SLOT]
    assert (held.status, held.kind) == (1, UserType.WEEK_DAY)


async def test_one_that_shall_stay_off_is_not_switched_on(zha_lock: ZhaLock) -> None:
    await zha_lock.write(replace(LIMITED, enabled=False))
    assert zha_lock.node.lock.memory.pins[SLOT].status == 3


async def test_a_lock_that_ignores_types_gets_no_code(zha_lock: ZhaLock) -> None:
    memory = zha_lock.node.lock.memory
    on_event = zha_lock.node.lock.on_event

    def ignore(reported: object) -> None:
        for code in memory.pins.values():
            code.kind = UserType.UNRESTRICTED

    zha_lock.node.lock.on_event = ignore
    with pytest.raises(ScheduleRejectedError):
        await zha_lock.write(LIMITED)
    zha_lock.node.lock.on_event = on_event
    assert zha_lock.code() is None


async def test_a_lock_that_switches_nothing_off_gets_no_code(
    zha_lock: ZhaLock,
) -> None:
    memory = zha_lock.node.lock.memory

    def ignore(reported: object) -> None:
        for code in memory.pins.values():
            code.status = 1

    zha_lock.node.lock.on_event = ignore
    with pytest.raises(ScheduleRejectedError):
        await zha_lock.write(LIMITED)
    assert zha_lock.code() is None


async def test_a_lock_that_loses_the_schedule_on_a_write_gets_no_code(
    zha_lock: ZhaLock,
) -> None:
    memory = zha_lock.node.lock.memory
    zha_lock.node.lock.on_event = lambda reported: memory.week_days.clear()
    with pytest.raises(ScheduleRejectedError):
        await zha_lock.write(LIMITED)
    assert zha_lock.code() is None


@pytest.mark.parametrize(
    ("command", "fault", "error"),
    [
        (Command.SET_USER_STATUS, refused(1), TemporarilyRefusedError),
        (Command.SET_USER_STATUS, default_response(), ScheduleRejectedError),
        (Command.SET_USER_STATUS, not_acknowledged(), LockUnreachableError),
        (Command.GET_USER_TYPE, default_response(), ScheduleRejectedError),
        (Command.GET_USER_TYPE, default_response(1), ScheduleUnconfirmedError),
        (Command.GET_USER_TYPE, not_acknowledged(), LockUnreachableError),
        (Command.GET_PIN, not_acknowledged(), LockUnreachableError),
        (Command.GET_PIN, cut_short(), LockUnreachableError),
        (Command.GET_WEEK_DAY, default_response(), ScheduleRejectedError),
        (Command.GET_WEEK_DAY, default_response(1), ScheduleUnconfirmedError),
        (Command.GET_WEEK_DAY, not_acknowledged(), ScheduleUnconfirmedError),
    ],
)
async def test_whatever_fails_on_the_way_leaves_no_live_code(
    zha_lock: ZhaLock, command: Command, fault: Fault, error: type[Exception]
) -> None:
    zha_lock.faults.add(command, fault, None)
    with pytest.raises(error):
        await zha_lock.write(LIMITED)
    held = zha_lock.node.lock.memory.pins.get(SLOT)
    assert held is None or held.status != 1


async def test_a_lock_that_has_no_types_of_users_takes_plain_codes(
    zha_lock: ZhaLock,
) -> None:
    zha_lock.traits.missing = frozenset({Command.GET_USER_TYPE})
    assert await zha_lock.write() is WriteResult.OPTIMISTIC
    assert zha_lock.code() == PIN
    assert await zha_lock.provider.async_read_schedule(SLOT) is None


async def test_a_code_that_cannot_be_taken_back_is_off(zha_lock: ZhaLock) -> None:
    zha_lock.faults.add(Command.SET_USER_STATUS, refused(1), None)
    zha_lock.faults.add(Command.CLEAR_PIN, silently_dropped(), None)
    with pytest.raises(TemporarilyRefusedError):
        await zha_lock.write(LIMITED)
    assert zha_lock.node.lock.memory.pins[SLOT].status == 3


async def test_a_code_that_cannot_be_taken_back_and_works_is_no_refusal(
    zha_lock: ZhaLock,
) -> None:
    """After a refusal the slot would be taken for empty."""
    memory = zha_lock.node.lock.memory

    def switch_on(reported: object) -> None:
        for code in memory.pins.values():
            code.status = 1

    zha_lock.node.lock.on_event = switch_on
    zha_lock.faults.add(Command.CLEAR_PIN, silently_dropped(), None)
    with pytest.raises(LockUnreachableError):
        await zha_lock.write(LIMITED)
    assert zha_lock.code() == PIN
    assert zha_lock.commands().count("CLEAR_PIN") == 2


async def test_a_plain_write_keeps_what_binds_the_slot(zha_lock: ZhaLock) -> None:
    await zha_lock.write(LIMITED)
    await zha_lock.write(ANNA)
    assert await zha_lock.provider.async_read_schedule(SLOT) == MORNINGS
    await zha_lock.clear()
    await zha_lock.write(replace(ANNA, schedule=NO_SCHEDULE))
    assert await zha_lock.provider.async_read_schedule(SLOT) == NO_SCHEDULE


async def test_other_types_of_users_are_not_limits(zha_lock: ZhaLock) -> None:
    await zha_lock.write()
    held = zha_lock.node.lock.memory.pins[SLOT]
    for kind in (UserType.MASTER, UserType.NON_ACCESS, UserType.YEAR_DAY):
        held.kind = kind
        assert await zha_lock.provider.async_read_schedule(SLOT) is None


async def test_no_answer_about_an_entry_is_not_none(zha_lock: ZhaLock) -> None:
    await zha_lock.write(replace(ANNA, schedule=STAY))
    zha_lock.faults.add(Command.GET_YEAR_DAY, default_response(), None)
    assert await zha_lock.provider.async_read_schedule(SLOT) is None
    zha_lock.faults.clear()
    assert await zha_lock.provider.async_read_schedule(SLOT) == STAY


class TestWithoutTime:
    """A lock that never asks what time it is."""

    @pytest.fixture
    def zigbee_locks(self) -> list[LockNode]:
        """It has schedules, and no way to go by them."""
        node = LockNode(DoorLock(Limits(week_days_per_user=2)))
        (known,) = node.endpoints.values()
        node.endpoints = {1: Endpoint(known.device_type, known.inputs, ())}
        return [node]

    async def test_it_is_trusted_with_no_schedules(
        self, zha_network: ZhaNetwork
    ) -> None:
        provider = await make_zha_provider(zha_network)
        assert (await provider.async_probe()).schedules is None
        with pytest.raises(ScheduleRejectedError):
            await provider.async_write(SLOT, LIMITED)
        with pytest.raises(NotSupportedError):
            await provider.async_read_schedule(SLOT)
        assert (await provider.async_read([SLOT]))[SLOT] == SlotReading.empty()
