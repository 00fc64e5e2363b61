"""Schedule Entry Lock CC through the driver: when a code opens the lock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
import json
from pathlib import Path
from typing import Any, Final

import pytest
from zwave_js_server.const import CommandClass
from zwave_js_server.exceptions import FailedZWaveCommand

from simulators.zwave.network_process import NetworkProcess

from .conftest import GetLock, connected
from .lock_client import Lock
from .nodes import V2, V2_MASKED, V2_SUPERVISED

pytestmark = pytest.mark.simulator

SLOT, CODE = 5, "9061"
AT: Final = {"userId": SLOT, "slotId": 1}
ACCEPTED: Final = {"status": 255}
REFUSED: Final = {"status": 2}

MONDAY: Final = {
    "weekday": 1,
    "startHour": 8,
    "startMinute": 0,
    "stopHour": 17,
    "stopMinute": 30,
}
WEEKEND: Final = {
    "weekdays": [0, 6],
    "startHour": 22,
    "startMinute": 0,
    "durationHour": 4,
    "durationMinute": 30,
}
LEAP: Final = {
    "startYear": 28,
    "startMonth": 2,
    "startDay": 28,
    "startHour": 0,
    "startMinute": 0,
    "stopYear": 28,
    "stopMonth": 3,
    "stopDay": 1,
    "stopHour": 0,
    "stopMinute": 0,
}
KINDS: Final[dict[str, tuple[str, object]]] = {
    "WeekDaySchedule": ("weekDays", MONDAY),
    "YearDaySchedule": ("yearDays", LEAP),
    "DailyRepeatingSchedule": ("daily", WEEKEND),
}


class Schedules:
    """The command class, and what the driver remembers of it."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock

    async def call(self, method: str, *arguments: object) -> Any:
        return await self.lock.node.async_invoke_cc_api(
            CommandClass.SCHEDULE_ENTRY_LOCK, method, *arguments, wait_for_result=True
        )

    async def set_code(self, slot: int, status: int) -> None:
        await self.lock.node.async_invoke_cc_api(
            CommandClass.USER_CODE,
            "set",
            slot,
            status,
            f"906{slot}",
            wait_for_result=True,
        )

    async def remembered(self, name: str, key: int | None = None) -> dict[str, Any]:
        """Return what the driver has of a value that clients are not shown."""
        value_id: dict[str, Any] = {
            "commandClass": 78,
            "endpoint": 0,
            "property": name,
        }
        if key is not None:
            value_id["propertyKey"] = key
        found: dict[str, Any] = {}
        for command in ("get_value", "get_value_timestamp"):
            answer = await self.lock.node.async_send_command(
                command, valueId=value_id, wait_for_result=True
            )
            found |= answer or {}
        return found

    def held(self) -> dict[int, Any]:
        return dict(self.lock.process.truth(self.lock.id)["schedules"])

    def opens(self, text: str) -> bool:
        at = datetime.fromisoformat(text)
        return self.lock.process.opens(self.lock.id, SLOT, at)


type GetSchedules = Callable[[int], Awaitable[Schedules]]


@pytest.fixture
def schedules(lock: GetLock) -> GetSchedules:
    async def get(node: int) -> Schedules:
        return Schedules(await lock(node))

    return get


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_kept_until_it_is_erased(
    schedules: GetSchedules, kind: str
) -> None:
    target = await schedules(V2_SUPERVISED)
    name, entry = KINDS[kind]

    assert await target.call(f"set{kind}", AT, entry) == ACCEPTED
    assert await target.call(f"get{kind}", AT) == entry
    assert target.held()[SLOT][name] == {"1": entry}
    assert target.held()[SLOT]["enabled"]

    assert await target.call(f"set{kind}", AT) == ACCEPTED
    assert await target.call(f"get{kind}", AT) is None
    assert target.held() == {}


async def test_a_reset_forgets_schedules(schedules: GetSchedules) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.call("setWeekDaySchedule", AT, MONDAY)
    target = await schedules(V2_SUPERVISED)
    assert target.held() == {}
    assert await target.call("getWeekDaySchedule", AT) is None


@pytest.mark.parametrize("number", [0, 3])
async def test_the_driver_refuses_entry_0_and_those_that_are_not_there(
    schedules: GetSchedules, number: int
) -> None:
    """By the command class 0 would be all entries of the user."""
    target = await schedules(V2_SUPERVISED)
    with pytest.raises(FailedZWaveCommand) as failure:
        await target.call("setWeekDaySchedule", {"userId": SLOT, "slotId": number})
    assert failure.value.zwave_error_code == 322


@pytest.mark.parametrize(
    ("node", "numbers"), [(V2, [7, 1, 0]), (V2_SUPERVISED, [2, 2, 2])]
)
async def test_the_driver_remembers_how_many_entries_there_are(
    schedules: GetSchedules, node: int, numbers: list[int]
) -> None:
    target = await schedules(node)
    names = ("numWeekDaySlots", "numYearDaySlots", "numDailyRepeatingSlots")

    found = [(await target.remembered(name))["value"] for name in names]

    assert found == numbers
    assert await target.call("getNumSlots") == dict(zip(names, numbers, strict=True))


async def test_erased_entry_and_no_answer_differ_in_time_only(
    schedules: GetSchedules,
) -> None:
    """An answer changes the time of the remembered value, silence does not."""
    target = await schedules(V2_SUPERVISED)
    key = SLOT << 8 | 1
    await target.call("setWeekDaySchedule", AT)

    before = await target.remembered("schedule", key)
    assert await target.call("getWeekDaySchedule", AT) is None
    after = await target.remembered("schedule", key)
    assert before["value"] is after["value"] is False
    assert after["timestamp"] > before["timestamp"]

    await target.lock.fault(unansweredScheduleReads=True)
    assert await target.call("getWeekDaySchedule", AT) is None
    assert await target.remembered("schedule", key) == after


async def test_the_kind_that_was_set_last_counts(schedules: GetSchedules) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.lock.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.call("setWeekDaySchedule", AT, MONDAY)
    await target.call("setDailyRepeatingSchedule", AT, WEEKEND)

    assert target.opens("2026-11-22 22:00")
    assert target.opens("2026-11-23 02:29")
    assert not target.opens("2026-11-23 02:30")
    assert not target.opens("2026-11-23 08:00")

    await target.call("setWeekDaySchedule", AT, MONDAY)
    assert target.opens("2026-11-23 08:00")
    assert not target.opens("2026-11-23 17:30")

    await target.call("setEnabled", False, SLOT)
    assert target.opens("2026-11-23 17:30")


async def test_year_days_open_from_the_start_to_before_the_end(
    schedules: GetSchedules,
) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.lock.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.call("setYearDaySchedule", AT, LEAP)

    assert not target.opens("2028-02-27 23:59")
    assert target.opens("2028-02-28 00:00")
    assert target.opens("2028-02-29 23:59")
    assert not target.opens("2028-03-01 00:00")


async def test_lock_counts_codes_that_were_live_without_a_schedule(
    schedules: GetSchedules,
) -> None:
    target = await schedules(V2_SUPERVISED)
    process, node = target.lock.process, target.lock.id
    await target.call("setWeekDaySchedule", AT, MONDAY)

    for slot, status in ((SLOT, 1), (6, 2), (7, 1)):
        await target.set_code(slot, status)

    assert process.truth(node)["unrestricted"] == [7]
    assert process.truth(node)["codes"][6] == {"code": "9066", "enabled": False}
    sets = [f["enables"] for f in process.frames(node) if "enables" in f]
    assert sets == [True, False, True]

    await target.call("setWeekDaySchedule", AT)
    assert process.truth(node)["unrestricted"] == [SLOT, 7]
    process.reset_counts(node)
    assert process.truth(node)["unrestricted"] == []


@pytest.mark.parametrize(
    ("faults", "answer"),
    [({"dropSchedules": 1}, ACCEPTED), ({"schedulesNeedCode": True}, REFUSED)],
    ids=str,
)
async def test_a_lock_may_not_store_a_schedule(
    schedules: GetSchedules, faults: dict[str, bool | int], answer: dict[str, int]
) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.lock.fault(**faults)

    assert await target.call("setWeekDaySchedule", AT, MONDAY) == answer
    assert target.held() == {}

    await target.lock.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.call("setWeekDaySchedule", AT, MONDAY)
    assert SLOT in target.held()


async def test_a_lock_may_keep_what_is_to_be_erased(schedules: GetSchedules) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.call("setWeekDaySchedule", AT, MONDAY)
    await target.lock.fault(dropScheduleErases=1)

    assert await target.call("setWeekDaySchedule", AT) == ACCEPTED
    assert await target.call("getWeekDaySchedule", AT) == MONDAY
    await target.call("setWeekDaySchedule", AT)
    assert target.held() == {}


async def test_a_lock_may_forget_schedules_and_switch_codes_on(
    schedules: GetSchedules,
) -> None:
    target = await schedules(V2)
    await target.call("setWeekDaySchedule", AT, MONDAY)
    await target.lock.fault(forgetSchedules=True, ignoreDisabled=True)

    await target.set_code(SLOT, 2)

    assert target.held() == {}
    assert await target.lock.read(SLOT) == {"userIdStatus": 1, "userCode": "9065"}


async def test_lock_may_stop_answering_after_some_commands(
    schedules: GetSchedules,
) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.lock.fault(unansweredAfter=2)

    await target.call("setWeekDaySchedule", AT, MONDAY)
    assert await target.call("getWeekDaySchedule", AT) == MONDAY
    assert await target.call("getWeekDaySchedule", AT) is None
    assert await target.lock.read(SLOT) is None


@pytest.mark.parametrize("node", [V2, V2_SUPERVISED])
async def test_driver_sets_time_and_zone_in_interview_and_on_request(
    schedules: GetSchedules, node: int
) -> None:
    target = await schedules(node)
    clock = target.lock.process.truth(node)["clock"]
    assert clock["sets"] >= 1

    assert await target.lock.node.async_set_date_and_time(wait_for_result=True)

    assert target.lock.process.truth(node)["clock"]["sets"] == clock["sets"] + 1
    assert await target.call("getTimezone") == {
        "standardOffset": clock["standardOffset"],
        "dstOffset": clock["dstOffset"],
    }


async def test_lock_with_a_manual_clock_is_not_sent_the_time(
    schedules: GetSchedules,
) -> None:
    """The driver calls that a success all the same: it could set the zone."""
    target = await schedules(V2_MASKED)

    assert await target.lock.node.async_set_date_and_time(wait_for_result=True)

    assert target.lock.process.truth(V2_MASKED)["clock"]["sets"] == 0


async def test_the_driver_may_end_just_before_a_code(
    process: NetworkProcess, schedules: GetSchedules
) -> None:
    target = await schedules(V2_SUPERVISED)
    await target.call("setWeekDaySchedule", AT, MONDAY)
    await target.lock.fault(killDriverAtWrite=1)

    writing = asyncio.ensure_future(target.lock.set(SLOT, CODE))
    await asyncio.wait([writing])
    assert writing.cancelled() or writing.exception() is not None

    await asyncio.to_thread(process.wait_until_ready)
    truth = process.truth(V2_SUPERVISED)
    assert SLOT in truth["schedules"]
    assert truth["codes"] == {}
    async with connected(process) as driver:
        after = Schedules(Lock(process, driver.controller.nodes[V2_SUPERVISED]))
        assert await after.call("getWeekDaySchedule", AT) == MONDAY


async def test_schedules_are_kept_with_the_state(tmp_path: Path) -> None:
    held = {
        "enabled": True,
        "kind": 0,
        "weekDays": {"1": MONDAY},
        "yearDays": {},
        "daily": {},
    }
    lock = {"locked": True, "codes": {}, "schedules": {"3": held}}
    state = tmp_path / "locks.json"
    state.write_text(json.dumps({"2": lock}))
    network = {"nodes": [{"id": 2, "profile": "uc2-sup"}]}

    def run() -> dict[int, Any]:
        with NetworkProcess(network, state=state) as process:
            return dict(process.truth(2)["schedules"])

    assert await asyncio.to_thread(run) == {3: held}
    assert json.loads(state.read_text())["2"] == lock
