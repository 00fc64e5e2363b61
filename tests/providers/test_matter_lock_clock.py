"""A lock that goes by schedules goes by its clock: one that is not known is not trusted."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    NotSupportedError,
    ScheduleRejectedError,
)
from simulators.matter import DoorLock, Node
from simulators.matter.lock import Clock
from simulators.matter.protocol import Protocol
from tests.harness.providers.codes import ANNA, PIN, SLOT
from tests.harness.providers.matter_harness import SMALL
from tests.harness.providers.matter_lock import MatterLock
from tests.harness.providers.schedules import MORNINGS
from tests.harness.waiting import wait_for

LIMITED = replace(ANNA, schedule=MORNINGS)


async def test_a_lock_with_the_time_of_the_home_gets_limits(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.lock.clock.ahead = 60
    await wait_for(lambda: matter_lock.node.reads == 1, seconds=5)  # that of its state

    await matter_lock.write(LIMITED)

    assert matter_lock.code() == PIN
    assert matter_lock.node.reads == 1 + 2, "the hours, and summer time"
    assert await matter_lock.provider.async_read_schedule(SLOT) == MORNINGS


@pytest.mark.parametrize(
    "clock",
    [
        Clock(ahead=timedelta(minutes=4).total_seconds()),
        Clock(ahead=-timedelta(minutes=4).total_seconds()),
        Clock(zone=ZoneInfo("Asia/Tokyo")),
        Clock(is_set=False),
        Clock(knows_summer_time=False),
    ],
    ids=["fast", "slow", "another zone", "not set", "no summer time"],
)
async def test_a_lock_whose_clock_is_wrong_or_unknown_gets_no_limits(
    matter_lock: MatterLock, clock: Clock
) -> None:
    """They would turn away who may come in, or let in who may not."""
    home = dt_util.get_default_time_zone()
    zone = home if clock.zone == Clock().zone else clock.zone
    matter_lock.node.lock.clock = replace(clock, zone=zone)

    with pytest.raises(ScheduleRejectedError):
        await matter_lock.write(LIMITED)

    assert matter_lock.commands() == []
    assert matter_lock.users == {}
    await matter_lock.write()
    assert matter_lock.code() == PIN


async def test_without_summer_time_at_home_the_lock_need_not_know_of_it(
    matter_lock: MatterLock,
) -> None:
    # the zone of the test ends with it
    dt_util.set_default_time_zone(ZoneInfo("Asia/Tokyo"))
    clock = Clock(zone=ZoneInfo("Asia/Tokyo"), knows_summer_time=False)
    matter_lock.node.lock.clock = clock

    await matter_lock.write(LIMITED)

    assert matter_lock.code() == PIN


@pytest.mark.parametrize(
    "matter_nodes", [[Node(locks={1: DoorLock(limits=SMALL)}, reports_time=False)]]
)
async def test_a_lock_that_shows_no_clock_has_no_schedules_of_use(
    matter_lock: MatterLock,
) -> None:
    assert matter_lock.provider.capabilities is not None
    assert matter_lock.provider.capabilities.schedules is None
    with pytest.raises(ScheduleRejectedError):
        await matter_lock.write(LIMITED)
    with pytest.raises(NotSupportedError):
        await matter_lock.provider.async_read_schedule(SLOT)


async def test_a_lock_that_does_not_answer_about_its_clock_is_out_of_reach(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.reachable = False
    with pytest.raises(LockUnreachableError):
        await matter_lock.write(LIMITED)


@pytest.mark.parametrize("answer", [{}, None, {"0/56/7": "noon"}, {"0/56/7": 1 << 80}])
async def test_an_answer_that_is_no_time_is_none(
    matter_lock: MatterLock, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    async def read(*_: object) -> object:
        return answer

    monkeypatch.setattr(Protocol, "_read", read)

    with pytest.raises(ScheduleRejectedError):
        await matter_lock.write(LIMITED)
    assert matter_lock.users == {}
