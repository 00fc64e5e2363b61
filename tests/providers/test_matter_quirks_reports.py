"""Quirks of Matter locks and their servers, by number: reports, and lost ways."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    Connected,
    Disconnected,
    Jammed,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.provider_io import SlotReading
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers import bolt_state
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
)
from custom_components.keyholder.providers.matter.subscription import ATTEMPTS
from simulators.matter import AT_THE_LOCK, CHIP, FOREIGN, OURS
from simulators.matter.events import LockEvent, user_change
from simulators.matter.faults import (
    command_lost,
    connection_closed,
    refused,
    slow,
)
from simulators.matter.terms import (
    DOOR_LOCK,
    Alarm,
    LockData,
    OperationType,
    Status,
)
from tests.harness.providers.codes import ANNA, BEN, PIN, SLOT, expect_no_code_in
from tests.harness.providers.matter_lock import MatterLock
from tests.harness.providers.schedules import MORNINGS
from tests.harness.waiting import wait_for
from tests.providers.connected import is_connected

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("reports_schedules", [False, True])
async def test_our_own_changes_fire_nothing(
    matter_lock: MatterLock, reports_schedules: bool
) -> None:
    matter_lock.node.lock.traits.reports_schedules = reports_schedules
    await matter_lock.write(replace(ANNA, schedule=MORNINGS))
    await matter_lock.clear()
    await matter_lock.settle()

    assert matter_lock.news == []


async def test_changes_by_others_are_an_event(matter_lock: MatterLock) -> None:
    await matter_lock.write()
    await matter_lock.settle()

    lock = matter_lock.node.lock
    for by in (FOREIGN, OURS, AT_THE_LOCK):
        lock.emit(
            user_change(LockData.PIN, OperationType.CLEAR, by, 0, user=None, index=SLOT)
        )
    await matter_lock.settle()

    assert matter_lock.news == [SlotChanged(SLOT, ChangeKind.CLEARED)] * 3


async def test_a_change_of_a_user_is_about_their_slot(
    matter_lock: MatterLock,
) -> None:
    matter_lock.add_user(SLOT, "Eve")
    await matter_lock.write()
    await matter_lock.read()
    owner = matter_lock.owner()
    assert owner is not None
    await matter_lock.settle()
    matter_lock.events.clear()

    lock = matter_lock.node.lock
    for index in (SLOT, owner):
        lock.emit(
            user_change(
                LockData.USER, OperationType.MODIFY, FOREIGN, 0, user=index, index=None
            )
        )
    matter_lock.node.door.delete_user(owner)
    await matter_lock.settle()

    assert matter_lock.news == [
        SlotChanged(SLOT, ChangeKind.UNKNOWN),
        SlotChanged(SLOT, ChangeKind.CLEARED),
    ]
    assert await matter_lock.read() == SlotReading.empty()


async def test_what_was_held_up_is_reported_once_and_with_its_own_time(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    node = matter_lock.node
    node.lock.clock.ahead = -HOUR.total_seconds()
    node.drop_subscription()
    node.door.enter(PIN)
    node.door.turn(unlock=False)
    await matter_lock.settle()
    assert matter_lock.news == []

    node.lock.clock.ahead = 0
    node.restore_subscription()
    await matter_lock.settle()

    keypad, turn = matter_lock.news
    assert isinstance(keypad, LockOperated)
    assert isinstance(turn, LockOperated)
    assert (keypad.method, keypad.slot) == (Method.KEYPAD, SLOT)
    assert (turn.method, turn.action) == (Method.MANUAL, Action.LOCK)
    assert dt_util.utcnow() - keypad.at > HOUR - timedelta(minutes=1)


async def test_our_own_change_that_is_reported_late_is_no_event(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.drop_subscription()
    await matter_lock.write()
    matter_lock.node.restore_subscription()
    await matter_lock.settle()

    assert matter_lock.news == []


async def test_the_first_command_after_a_restart_may_be_lost(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    matter_lock.node.reboot()
    matter_lock.node.faults.add("*", command_lost())

    with pytest.raises(LockUnreachableError):
        await matter_lock.read()

    assert await matter_lock.read() == SlotReading.masked(enabled=True, ours=True)


async def test_a_restart_of_the_server_is_reported_as_one(
    matter_lock: MatterLock,
) -> None:
    await matter_lock.write()
    await matter_lock.settle()
    matter_lock.events.clear()
    server = matter_lock.network.server

    await server.stop()
    matter_lock.node.door.delete_pin(SLOT)
    await server.start()
    await matter_lock.network.wait_until_connected()
    await wait_for(lambda: Connected(events_missed=True) in matter_lock.events)

    # What was done meanwhile is not reported by anybody: it has to be read
    assert matter_lock.events == [Disconnected(), Connected(events_missed=True)]
    assert await matter_lock.read() == SlotReading.empty()


async def test_a_server_that_shows_an_old_state_is_not_trusted(
    matter_lock: MatterLock,
) -> None:
    """The lock entity showed what was so before the server went, and stayed there."""
    network = matter_lock.network
    assert network.state() == "locked"
    await network.server.stop(keep_stale=True)
    matter_lock.node.door.turn(unlock=True)

    await network.server.start()
    await network.wait_until_connected()

    await wait_for(lambda: network.state() == "unlocked")


async def test_a_lock_that_does_not_report_its_state_is_asked_a_few_times(
    matter_lock: MatterLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bolt_state, "RETRY_DELAY", 0.01)
    network = matter_lock.network
    await network.server.stop(keep_stale=True)
    matter_lock.node.door.turn(unlock=True)
    matter_lock.node.reachable = False
    await network.server.start()
    await network.wait_until_connected()
    await wait_for(lambda: matter_lock.node.reads == ATTEMPTS)

    # Once more only when it is there again
    await asyncio.sleep(0.1)
    assert matter_lock.node.reads == ATTEMPTS
    matter_lock.node.reachable = True
    await network.drop_connection()
    await wait_for(lambda: network.state() == "unlocked")
    assert matter_lock.node.reads == ATTEMPTS + 1


async def test_an_answer_that_is_lost_with_the_connection_is_no_cancellation(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.faults.add("SetCredential", connection_closed(applied=True))

    with pytest.raises(LockUnreachableError) as caught:
        await matter_lock.write()

    expect_no_code_in(caught.value)
    await matter_lock.network.wait_until_connected()
    await wait_for(lambda: is_connected(matter_lock.provider))
    assert await matter_lock.read() == SlotReading.masked(enabled=True, ours=True)


async def test_our_own_cancellation_stays_one(matter_lock: MatterLock) -> None:
    matter_lock.node.faults.add("GetCredentialStatus", slow(5))
    task = asyncio.ensure_future(matter_lock.read())
    await wait_for(lambda: bool(matter_lock.node.calls))

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_restart_of_the_lock_is_reported_and_nothing_is_mistaken(
    matter_lock: MatterLock,
) -> None:
    """Its burst begins with events of other clusters that have the numbers of ours."""
    matter_lock.node.reboot()
    matter_lock.node.door.turn()
    matter_lock.node.restore_subscription()
    await matter_lock.settle()

    assert [type(event) for event in matter_lock.events] == [
        Connected,
        Disconnected,
        Connected,
        LockOperated,
    ]


async def test_numbers_that_were_received_are_not_received_again(
    matter_lock: MatterLock,
) -> None:
    node = matter_lock.node
    pushed: list[tuple[str, object]] = []
    push = node.push

    def keep(kind: str, data: object) -> None:
        pushed.append((kind, data))
        push(kind, data)  # type: ignore[arg-type]

    node.push = keep
    node.door.turn()
    node.door.turn(unlock=False)
    for kind, data in pushed:
        push(kind, data)  # type: ignore[arg-type]
    await matter_lock.settle()

    assert len(matter_lock.news) == 2


@pytest.mark.parametrize("cluster", [51, 59])
async def test_events_of_other_clusters_are_not_the_locks(
    matter_lock: MatterLock, cluster: int
) -> None:
    """Each cluster numbers its kinds of events from 0, and 0 is the lock's alarm."""
    reported = LockEvent(0, 1, {"alarmCode": 0}, 0, cluster=cluster)
    matter_lock.node.lock.emit(reported)
    matter_lock.node.lock.emit(replace(reported, cluster=DOOR_LOCK))
    await matter_lock.settle()

    assert [type(event) for event in matter_lock.news] == [Jammed]


async def test_every_command_is_a_timed_one(matter_lock: MatterLock) -> None:
    """One of the two servers sends them so by itself, the other only when told to."""
    matter_lock.network.server.dialect = CHIP

    await matter_lock.write(replace(ANNA, schedule=MORNINGS))
    assert matter_lock.code() == PIN
    await matter_lock.clear()
    assert matter_lock.users == {}


async def test_the_other_server_is_understood_as_well(
    matter_lock: MatterLock,
) -> None:
    matter_lock.network.server.dialect = CHIP
    matter_lock.add_user(SLOT, "Eve")
    await matter_lock.write()
    assert matter_lock.code() == PIN

    matter_lock.node.faults.add("SetUser", refused(Status.RESOURCE_EXHAUSTED))
    with pytest.raises(CodeRejectedError) as caught:
        await matter_lock.write(BEN, slot=4)
    assert caught.value.reason is Reason.LOCK_FULL


async def test_too_many_wrong_codes_turn_somebody_away(
    matter_lock: MatterLock,
) -> None:
    matter_lock.node.door.sound(Alarm.WRONG_CODE_LIMIT)
    matter_lock.node.door.jam()
    await matter_lock.settle()

    assert [type(event) for event in matter_lock.news] == [AccessDenied, Jammed]
