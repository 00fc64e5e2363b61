"""Clocks and attributes of a Matter lock that make no sense to the library or to us."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from chip.clusters import Objects
from homeassistant.util import dt as dt_util
from matter_server.client.models.node import MatterEndpoint, MatterNode
from matter_server.common.errors import MatterError, NodeNotReady
import pytest

from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from custom_components.keyholder.providers.base import (
    LockUnreachableError,
    ScheduleRejectedError,
)
from custom_components.keyholder.providers.door_lock_schedules import EPOCH
from custom_components.keyholder.providers.matter.client import (
    attribute,
    fabric_of,
    has_attribute,
)
from custom_components.keyholder.providers.matter.lock_clock import (
    TOLERANCE,
    async_check_clock,
    has_local_time,
)
from custom_components.keyholder.providers.matter.schedules import find_support
from custom_components.keyholder.providers.matter.target import MatterTarget

TIME = Objects.TimeSynchronization.Attributes.LocalTime
OFFSET = Objects.TimeSynchronization.Attributes.DSTOffset
LOCAL_TIME, SUMMER = (f"0/56/{each.attribute_id}" for each in (TIME, OFFSET))
Feature = Objects.DoorLock.Bitmaps.Feature


def way_to(answer: object, *, has_root: bool = True) -> MatterTarget:
    """Return the way to a lock that answers so to the question for its clock."""

    async def read_attribute(_node: int, paths: list[str]) -> object:
        assert paths == [LOCAL_TIME, SUMMER]
        if isinstance(answer, Exception):
            raise answer
        return answer

    node = SimpleNamespace(node_id=5, endpoints={})
    if has_root:
        node.endpoints[0] = SimpleNamespace(endpoint_id=0, node=node)
    client = SimpleNamespace(read_attribute=read_attribute)
    return cast("MatterTarget", SimpleNamespace(node=node, client=client))


def local(ahead: timedelta = timedelta(0)) -> int:
    """Return the time of the instance as a lock shows it, that far ahead."""
    now = dt_util.now().replace(tzinfo=None) + ahead
    return (now - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "no",
        {},
        {LOCAL_TIME: None, SUMMER: []},
        {LOCAL_TIME: "noon", SUMMER: [{}]},
        {LOCAL_TIME: 2**63 - 1, SUMMER: [{}]},
        {LOCAL_TIME: 0xFFFF_FFFF_FFFF_FFFF, SUMMER: [{}]},
        {LOCAL_TIME: -1, SUMMER: [{}]},
        MatterError("UnsupportedAttribute: 134"),
        MatterError("something else"),
    ],
    ids=str,
)
async def test_a_clock_that_shows_no_time_is_not_trusted(answer: object) -> None:
    with pytest.raises(ScheduleRejectedError):
        await async_check_clock(way_to(answer))


async def test_a_node_without_its_root_shows_no_clock() -> None:
    with pytest.raises(ScheduleRejectedError):
        await async_check_clock(way_to({LOCAL_TIME: local()}, has_root=False))
    node = cast("MatterNode", SimpleNamespace(endpoints={}))
    assert not has_local_time(node)
    assert fabric_of(node) is None


async def test_no_answer_about_the_clock_is_no_refusal() -> None:
    with pytest.raises(LockUnreachableError):
        await async_check_clock(way_to(NodeNotReady("5")))


async def test_a_clock_may_be_wrong_by_the_tolerance() -> None:
    second = timedelta(seconds=5)
    for ahead in (TOLERANCE - second, second - TOLERANCE):
        await async_check_clock(way_to({LOCAL_TIME: local(ahead), SUMMER: [{}]}))
    for ahead in (TOLERANCE + second, -TOLERANCE - second):
        with pytest.raises(ScheduleRejectedError):
            await async_check_clock(way_to({LOCAL_TIME: local(ahead), SUMMER: [{}]}))


@pytest.mark.parametrize("error", [AttributeError, KeyError, TypeError, ValueError])
def test_an_attribute_on_which_the_library_fails_is_not_there(
    error: type[Exception],
) -> None:
    def fail(*_: object) -> Any:
        raise error

    endpoint = cast("MatterEndpoint", SimpleNamespace(has_attribute=fail))
    assert attribute(endpoint, TIME) is None
    assert not has_attribute(endpoint, TIME)


@pytest.mark.parametrize("value", [None, "7", [7], 7.5])
def test_an_attribute_that_is_no_number_is_not_there(value: object) -> None:
    endpoint = SimpleNamespace(
        has_attribute=lambda *_: True, get_attribute_value=lambda *_: value
    )
    assert attribute(cast("MatterEndpoint", endpoint), TIME) is None


@pytest.mark.parametrize(
    ("features", "weeks", "years", "support"),
    [
        (0, 10, 10, None),
        (Feature.kWeekDayAccessSchedules, 1, 10, ScheduleSupport(week_days=1, daily=1)),
        (Feature.kYearDayAccessSchedules, 10, 1, ScheduleSupport(year_days=1)),
        (
            Feature.kWeekDayAccessSchedules | Feature.kYearDayAccessSchedules,
            32,
            33,
            ScheduleSupport(week_days=32, daily=32),
        ),
        (Feature.kWeekDayAccessSchedules, 0, None, None),
        (None, 10, 10, None),
    ],
)
def test_schedules_are_used_where_a_lock_has_them_and_not_too_many(
    features: int | None,
    weeks: int | None,
    years: int | None,
    support: ScheduleSupport | None,
) -> None:
    of = Objects.DoorLock.Attributes
    values = {
        of.FeatureMap: features,
        of.NumberOfWeekDaySchedulesSupportedPerUser: weeks,
        of.NumberOfYearDaySchedulesSupportedPerUser: years,
    }

    def endpoint(*, has_clock: bool) -> MatterEndpoint:
        root = SimpleNamespace(has_attribute=lambda *_: has_clock)
        found = SimpleNamespace(
            node=SimpleNamespace(endpoints={0: root}),
            has_attribute=lambda _, which: which in values,
            get_attribute_value=lambda _, which: values[which],
        )
        return cast("MatterEndpoint", found)

    assert find_support(endpoint(has_clock=True)) == support
    assert find_support(endpoint(has_clock=False)) is None
