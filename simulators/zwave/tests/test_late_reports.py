"""Reports of a lock about radio writes, their delay, and the age of alarms."""

import time

import pytest
from zwave_js_server.const.command_class.access_control import SetCredentialResult

from tests.harness.waiting import wait_for

from .conftest import GetLock
from .lock_client import PIN, Lock
from .nodes import U3C, V1, V2_SUPERVISED

pytestmark = pytest.mark.simulator

SLOT, OLD, NEW = 5, "9081", "9082"


def reported(lock: Lock) -> list[tuple[int, dict[str, int]]]:
    """The notifications so far."""
    return [
        (event["notification"].event, event["notification"].parameters)
        for event in lock.events
        if event["event"] == "notification"
    ]


@pytest.mark.parametrize("node", [V1, V2_SUPERVISED])
async def test_a_duplicate_may_be_explained_late(lock: GetLock, node: int) -> None:
    """The refusal itself comes at once; why, a second and a half after it."""
    target = await lock(node)
    await target.add(SLOT, OLD)
    target.events.clear()
    await target.fault(duplicateNoticeDelayMs=1500)
    began = time.monotonic()

    assert await target.set(6, OLD) is SetCredentialResult.ERROR_UNKNOWN
    assert reported(target) == []

    await wait_for(lambda: bool(reported(target)))
    assert time.monotonic() - began >= 1.5
    assert reported(target) == [(15, {"userId": 6})]


@pytest.mark.parametrize("node", [V1, V2_SUPERVISED])
async def test_a_lock_may_echo_what_was_done_by_radio(lock: GetLock, node: int) -> None:
    """The same notification as for a change at the keypad: nothing distinguishes them."""
    target = await lock(node)
    await target.fault(notifyRadioWrites=True)

    await target.set(SLOT, NEW)
    await wait_for(lambda: reported(target) == [(14, {"userId": SLOT})])
    target.events.clear()
    await target.clear(SLOT)
    await wait_for(lambda: reported(target) == [(13, {"userId": SLOT})])


async def test_an_echo_may_come_late_or_be_false(lock: GetLock) -> None:
    target = await lock(V1)
    await target.fault(
        notifyRadioWrites=True,
        radioReportDelayMs=700,
        dropWrites=True,
        reportDropped=True,
    )
    began = time.monotonic()

    await target.set(SLOT, NEW)

    await wait_for(lambda: reported(target) == [(14, {"userId": SLOT})])
    assert time.monotonic() - began >= 0.7
    assert target.held(SLOT) is None


async def test_the_reports_of_a_u3c_lock_may_come_late(lock: GetLock) -> None:
    """The driver gives up after a second, and gets the report of success after that."""
    target = await lock(U3C)
    await target.add_user(SLOT)
    await target.credential_events()
    await target.fault(radioReportDelayMs=1600)

    assert await target.set(SLOT, NEW) is SetCredentialResult.ERROR_UNKNOWN
    assert target.held(SLOT) == NEW
    await wait_for(
        lambda: "credential added" in [event["event"] for event in target.events]
    )


async def test_a_u3c_lock_may_commit_late(lock: GetLock) -> None:
    """Everything says that it is done, and a moment later it is."""
    target = await lock(U3C)
    await target.add_user(SLOT)
    await target.fault(commitDelayMs=600)

    assert await target.set(SLOT, NEW) is SetCredentialResult.OK

    assert target.held(SLOT) is None
    found = await target.api.get_credential(PIN, SLOT)
    assert found is not None
    assert not found.user_id
    await wait_for(lambda: target.held(SLOT) == NEW)


async def test_u3c_lock_without_answers_answers_no_read(lock: GetLock) -> None:
    target = await lock(U3C)
    await target.fault(unansweredReads=True)
    assert await target.api.get_credential(PIN, 1) is None
    assert target.process.counts(U3C)["reads"] == 1


async def test_a_user_that_is_deleted_counts_as_a_clear(lock: GetLock) -> None:
    """Their codes go with them."""
    target = await lock(U3C)
    await target.add_user(SLOT)
    await target.set(SLOT, NEW)
    await target.call(target.process.reset_counts)

    await target.api.delete_user(SLOT)

    assert target.process.counts(U3C)["clears"] == 1
    assert [frame.get("slot") for frame in target.process.frames(U3C)] == [SLOT]
    assert target.held(SLOT) is None


@pytest.mark.parametrize(
    ("do", "details", "alarm"),
    [
        ("keypad_lock", {"userId": 3}, (18, 3)),
        ("keypad_unlock", {"userId": 3}, (19, 3)),
        ("manual_lock", {}, (21, 0)),
        ("manual_unlock", {}, (22, 0)),
        ("auto_lock", {}, (27, 0)),
        ("jam", {}, (9, 0)),
        ("wrong_code", {}, (161, 1)),
        ("alarm", {"type": 144, "level": 3}, (144, 3)),
        ("keypad_set_code", {"slot": 4, "code": NEW}, (112, 4)),
        ("keypad_delete_code", {"slot": 1}, (33, 1)),
        ("keypad_delete_all", {}, (32, 0)),
        ("keypad_duplicate", {"slot": 4}, (113, 4)),
    ],
)
async def test_old_locks_number_their_alarms(
    lock: GetLock, do: str, details: dict[str, int | str], alarm: tuple[int, int]
) -> None:
    target = await lock(V1)
    received: list[tuple[str, int]] = []
    target.node.on(
        "value updated",
        lambda event: received.append((event["value"].property_, event["value"].value)),
    )
    await target.fault(userIdStyle="v1alarm")

    await target.act(do, **details)

    await wait_for(lambda: ("alarmLevel", alarm[1]) in received)
    assert [each for each in received if each[0] in ("alarmType", "alarmLevel")] == [
        ("alarmType", alarm[0]),
        ("alarmLevel", alarm[1]),
    ]
    assert not reported(target)


async def test_the_end_of_an_alarm_has_no_number(lock: GetLock) -> None:
    target = await lock(V1)
    await target.fault(userIdStyle="v1alarm")
    await target.act("idle")
    await target.fault(userIdStyle="report")
    assert await target.notifications() == []
