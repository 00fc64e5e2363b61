"""Notifications of actions at the lock and of operations by radio."""

from typing import Any, NamedTuple

import pytest
from zwave_js_server.const import CommandClass
from zwave_js_server.util.lock import clear_usercode, set_usercode

from tests.harness.waiting import wait_for

from .conftest import GetLock
from .lock_client import Lock
from .nodes import U3C, U3C_SECURE, V1, V1_SECURE, V2, V2_SUPERVISED

pytestmark = pytest.mark.simulator

ALL = [V1, V2, V2_SUPERVISED, U3C, V1_SECURE, U3C_SECURE]
UNLOCKED, LOCKED = 0, 255


def value_of(lock: Lock, command_class: int, name: str, key: str | None = None) -> Any:
    """A cached value of the node."""
    for value in lock.node.values.values():
        if (value.command_class, value.property_) == (
            command_class,
            name,
        ) and value.property_key == key:
            return value.value
    return None


def mode(lock: Lock) -> Any:
    """What the driver thinks the bolt is at."""
    return value_of(lock, CommandClass.DOOR_LOCK, "currentMode")


class Operation(NamedTuple):
    """An action at the lock, and its notification."""

    do: str
    by: dict[str, int]
    event: int
    locked: bool


OPERATIONS = [
    Operation("keypad_unlock", {"userId": 3}, 6, False),
    Operation("keypad_lock", {"userId": 3}, 5, True),
    Operation("keypad_lock", {}, 5, True),
    Operation("manual_unlock", {}, 2, False),
    Operation("manual_lock", {}, 1, True),
    Operation("auto_lock", {}, 9, True),
]


@pytest.mark.parametrize("node", ALL)
@pytest.mark.parametrize("case", OPERATIONS, ids=lambda case: f"{case.do}{case.by}")
async def test_operations_at_the_door_are_notified(
    lock: GetLock, node: int, case: Operation
) -> None:
    """A notification, and the bolt's state after it."""
    target = await lock(node)
    await target.act(case.do, **case.by)
    assert await target.notifications() == [(case.event, case.by)]
    await wait_for(lambda: mode(target) == (LOCKED if case.locked else UNLOCKED))
    assert target.process.truth(node)["locked"] is case.locked


@pytest.mark.parametrize("node", ALL)
async def test_operations_by_radio_are_notified_as_such(
    lock: GetLock, node: int
) -> None:
    """Event 4 and 3, without a user."""
    target = await lock(node)
    for target_mode, event, locked in ((UNLOCKED, 4, False), (LOCKED, 3, True)):
        await operate(target, target_mode)
        await wait_for(
            lambda: any(each["event"] == "notification" for each in target.events)
        )
        assert await target.notifications() == [(event, {})]
        assert target.process.truth(node)["locked"] is locked


async def test_a_lock_may_keep_radio_operations_to_itself(lock: GetLock) -> None:
    """Only the state is reported then."""
    target = await lock(V1)
    await target.fault(notifyRf=False)
    await operate(target, UNLOCKED)
    await wait_for(lambda: mode(target) == UNLOCKED)
    assert await target.notifications() == []


@pytest.mark.parametrize("node", ALL)
async def test_a_jam_keeps_the_door_unlocked_and_is_a_value_not_a_notification(
    lock: GetLock, node: int
) -> None:
    """Lock state 11; the next reported operation ends it."""
    target = await lock(node)
    await target.act("manual_unlock")
    await target.fault(jam=True)
    await target.notifications()

    await operate(target, LOCKED)

    await wait_for(lambda: value_of(target, 113, "Access Control", "Lock state") == 11)
    assert target.process.truth(node)["locked"] is False
    assert 11 not in dict(await target.notifications())
    await target.fault(jam=False)
    await operate(target, LOCKED)
    await wait_for(lambda: target.process.truth(node)["locked"])
    await wait_for(lambda: value_of(target, 113, "Access Control", "Lock state") != 11)


async def test_a_jam_can_come_by_itself_and_end(lock: GetLock) -> None:
    """Acts jam and idle."""
    target = await lock(V2)
    await target.act("jam")
    await wait_for(lambda: value_of(target, 113, "Access Control", "Lock state") == 11)
    await target.act("idle")
    await wait_for(lambda: value_of(target, 113, "Access Control", "Lock state") == 0)


@pytest.mark.parametrize(
    ("style", "parameters"),
    [("report", {"userId": 3}), ("byte", {"userId": 3}), ("none", {})],
)
async def test_notification_carries_the_user_in_several_forms(
    lock: GetLock, style: str, parameters: dict[str, int]
) -> None:
    """The driver reads the full report and the bare byte alike; some locks send neither."""
    target = await lock(V1)
    await target.fault(userIdStyle=style)
    await target.act("keypad_unlock", userId=3)
    assert await target.notifications() == [(6, parameters)]


async def test_an_old_lock_sends_an_alarm_instead(lock: GetLock) -> None:
    """Two values, no notification."""
    target = await lock(V1)
    await target.fault(userIdStyle="v1alarm")
    await target.act("keypad_unlock", userId=3)
    await wait_for(
        lambda: (
            (value_of(target, 113, "alarmType"), value_of(target, 113, "alarmLevel"))
            == (19, 3)
        )
    )
    assert not target.events


@pytest.mark.parametrize(
    ("do", "details", "notification"),
    [
        ("keypad_set_code", {"slot": 4, "code": "9064"}, (14, {"userId": 4})),
        ("keypad_delete_code", {"slot": 1}, (13, {"userId": 1})),
        ("keypad_duplicate", {"slot": 4}, (15, {"userId": 4})),
        ("keypad_delete_all", {}, (12, {})),
    ],
)
@pytest.mark.parametrize("node", [V1, V2])
async def test_codes_changed_at_the_keypad_are_notified(
    lock: GetLock,
    node: int,
    do: str,
    details: dict[str, int | str],
    notification: tuple[int, dict[str, int]],
) -> None:
    """The slot, never the code."""
    target = await lock(node)
    await target.act(do, **details)
    assert await target.notifications() == [notification]
    assert target.held(4) == ("9064" if do == "keypad_set_code" else None)
    assert (target.held(1) is None) == (
        do in ("keypad_delete_code", "keypad_delete_all")
    )


async def test_deleting_all_codes_of_a_u3c_lock(lock: GetLock) -> None:
    """Notification 12 alone."""
    target = await lock(U3C)
    await target.act("keypad_delete_all")
    assert (12, {}) in await target.notifications()
    assert target.process.truth(U3C)["codes"] == {}


async def test_the_battery_is_reported(lock: GetLock) -> None:
    """And kept as truth."""
    target = await lock(V1)
    await target.act("battery", level=12)
    await wait_for(lambda: value_of(target, CommandClass.BATTERY, "level") == 12)
    assert target.process.truth(V1)["battery"] == 12


async def test_dead_lock_reports_nothing(lock: GetLock) -> None:
    """What happens there happens all the same."""
    target = await lock(V1)
    await target.fault(dead=True)
    await target.act("keypad_unlock", userId=3)
    assert target.process.truth(V1)["locked"] is False
    await target.fault(dead=False)
    assert await target.notifications() == []


async def test_older_write_api_works_too(lock: GetLock) -> None:
    """Home Assistant's set_lock_usercode and clear_lock_usercode."""
    target = await lock(V2_SUPERVISED)
    await set_usercode(target.node, 4, "9064")
    assert target.held(4) == "9064"
    await clear_usercode(target.node, 4)
    assert target.held(4) is None


async def operate(lock: Lock, target_mode: int) -> None:
    """Lock or unlock over the radio."""
    await lock.node.async_invoke_cc_api(
        CommandClass.DOOR_LOCK, "set", target_mode, wait_for_result=True
    )
