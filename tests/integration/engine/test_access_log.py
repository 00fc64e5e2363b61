"""Who did what: told once, counted first, in order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.runtime.durable import DurableStore, StorageFailed
from tests.virtual.access import ANN, Desk, desk, moved
from tests.virtual.run import run_virtually

LOCKED, UNLOCKED = AccessType.LOCKED, AccessType.UNLOCKED

type Story = Callable[[Desk], Awaitable[None]]


def at_the_desk(story: Story, disk: dict[str, Any] | None = None) -> None:
    """Let a story happen on an empty disk, or on one that is kept."""

    async def happen() -> None:
        async with desk(disk) as there:
            await story(there)

    run_virtually(happen())


async def soon() -> None:
    await asyncio.sleep(0.1)


def by_hand(seconds: float = 0, kind: AccessType = LOCKED) -> AccessEvent:
    return moved(ago=-seconds, kind=kind, method=Method.MANUAL)


def test_every_event_is_told_one_after_the_other() -> None:
    # an event that needs no disk was told at once, and then no other ever was
    async def story(there: Desk) -> None:
        for number in range(1, 4):
            there.report(by_hand())
            await soon()
            assert len(there.told) == number
            await asyncio.sleep(5)

    at_the_desk(story)


def test_what_is_reported_twice_within_the_window_is_told_once() -> None:
    async def story(there: Desk) -> None:
        there.report(first := by_hand())
        await asyncio.sleep(1.9)
        there.report(by_hand(), by_hand(-3.5))
        await asyncio.sleep(0.2)
        there.report(second := by_hand())
        await soon()
        assert there.told == [first, second]

    at_the_desk(story)


def test_a_key_that_turns_back_and_again_within_the_window_is_no_duplicate() -> None:
    # the last one was lost, and the door was taken to be locked
    async def story(there: Desk) -> None:
        for kind in (UNLOCKED, LOCKED, UNLOCKED):
            there.report(by_hand(kind=kind))
            await asyncio.sleep(0.6)
        assert [event.type for event in there.told] == [UNLOCKED, LOCKED, UNLOCKED]

    at_the_desk(story)


def test_a_code_that_opens_twice_within_the_window_counts_twice() -> None:
    async def story(there: Desk) -> None:
        for event in (1, LOCKED, 1):
            there.report(by_hand() if event is LOCKED else moved(1))
            await asyncio.sleep(0.6)
        assert there.uses == 2

    at_the_desk(story)


def test_a_report_that_is_repeated_after_the_next_one_is_a_duplicate() -> None:
    async def story(there: Desk) -> None:
        there.report(locked := by_hand())
        await asyncio.sleep(1)
        there.report(opened := by_hand(kind=UNLOCKED), locked)
        await asyncio.sleep(4)
        there.report(again := by_hand())
        await soon()
        assert there.told == [locked, opened, again]

    at_the_desk(story)


@pytest.mark.parametrize(
    "other",
    [
        {"lock": "back"},
        {"type": UNLOCKED},
        {"method": Method.AUTO},
        {"slot": 7},
        {"method": Method.KEYPAD, "slot": 7},
    ],
)
def test_what_differs_is_not_a_duplicate(other: dict[str, Any]) -> None:
    async def story(there: Desk) -> None:
        there.report(one := by_hand(), two := replace(one, **other))
        await soon()
        assert there.told == [one, two]

    at_the_desk(story)


# Uses


def test_a_use_is_stored_and_judged_before_anybody_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    commit = DurableStore.async_commit

    async def slow_commit(store: DurableStore, data: dict[str, object]) -> None:
        await asyncio.sleep(0.5)
        await commit(store, data)
        order.append("stored")

    monkeypatch.setattr(DurableStore, "async_commit", slow_commit)

    async def story(there: Desk) -> None:
        there.log.async_listen(
            lambda event: order.append(f"{event.type} {there.judged}")
        )
        there.report(used := moved(1), moved(kind=LOCKED, method=Method.AUTO))
        await asyncio.sleep(1)
        assert order == ["stored", f"unlocked ['{ANN}']", f"locked ['{ANN}']"]
        assert there.uses == 1
        assert there.counters.usage(ANN).last_used == used.at

    at_the_desk(story)


def test_a_use_is_judged_and_told_although_it_could_not_be_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: object) -> None:
        raise StorageFailed("OSError")

    async def story(there: Desk) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(DurableStore, "async_commit", full)
            there.report(used := moved(1))
            await soon()
        assert there.told == [used]
        assert there.judged == [ANN]
        assert there.uses == 1

    disk: dict[str, Any] = {}
    at_the_desk(story, disk)

    async def again(there: Desk) -> None:
        assert there.uses == 1

    at_the_desk(again, disk)


@pytest.mark.parametrize(
    "event",
    [
        {"person": None, "name": None},
        {"method": Method.MANUAL},
        {"method": Method.REMOTE},
        {"method": Method.UNKNOWN},
        {"type": LOCKED},
        {"type": AccessType.DENIED},
        {"type": AccessType.CODE_ADDED, "method": None},
        {"type": AccessType.CODE_CHANGED, "method": None},
        {"type": AccessType.CODE_REMOVED, "method": None},
    ],
)
def test_what_is_no_use_is_not_counted(event: dict[str, Any]) -> None:
    async def story(there: Desk) -> None:
        there.report(replace(moved(1), **event))
        await soon()
        assert len(there.told) == 1
        assert there.uses == 0
        assert there.judged == []

    at_the_desk(story)


@pytest.mark.no_fail_on_log_exception
def test_who_raises_stops_nobody() -> None:
    async def story(there: Desk) -> None:
        def fail(_event: AccessEvent) -> None:
            raise RuntimeError

        others: list[AccessEvent] = []
        there.log.async_listen(fail)
        there.log.async_listen(others.append)
        there.judging_fails = True
        there.report(one := by_hand(), two := moved(1))
        await soon()
        assert there.told == others == [one, two]
        assert there.judged == [ANN]

    at_the_desk(story)


def test_who_stops_listening_hears_no_more() -> None:
    async def story(there: Desk) -> None:
        one: list[AccessEvent] = []
        stop = there.log.async_listen(one.append)
        stop()
        stop()
        there.report(by_hand())
        await soon()
        assert there.told
        assert not one

    at_the_desk(story)


# A keypad that says late whose code it was


def test_an_unnamed_unlock_waits_for_the_user_and_is_told_with_them() -> None:
    async def story(there: Desk) -> None:
        there.report(moved(None))
        await asyncio.sleep(0.9)
        assert there.told == []
        there.report(named := moved(1))
        await asyncio.sleep(5)
        assert there.told == [named]
        assert there.uses == 1

    at_the_desk(story)


def test_an_unnamed_unlock_after_the_named_one_is_the_same() -> None:
    async def story(there: Desk) -> None:
        there.report(named := moved(1))
        await asyncio.sleep(0.9)
        there.report(moved(None))
        await asyncio.sleep(5)
        assert there.told == [named]
        assert there.uses == 1

    at_the_desk(story)


def test_who_locks_is_waited_for_as_well() -> None:
    async def story(there: Desk) -> None:
        there.report(moved(None, kind=LOCKED))
        await asyncio.sleep(0.5)
        there.report(named := moved(1, kind=LOCKED), moved(None, kind=LOCKED))
        await asyncio.sleep(5)
        assert there.told == [named]
        assert there.uses == 0

    at_the_desk(story)


def test_whose_code_is_nobodys_is_a_name_too() -> None:
    async def story(there: Desk) -> None:
        there.report(moved(None), foreign := moved(7))
        await asyncio.sleep(5)
        assert there.told == [foreign]

    at_the_desk(story)


def test_an_unnamed_unlock_that_stays_so_is_told_once_after_the_wait() -> None:
    async def story(there: Desk) -> None:
        there.report(unnamed := moved(None))
        await asyncio.sleep(0.5)
        there.report(moved(None))
        await asyncio.sleep(0.6)
        assert there.told == [unnamed]
        # too late for one event, but a use all the same
        there.report(named := moved(1), named)
        await asyncio.sleep(5)
        assert there.told == [unnamed, named]
        assert there.uses == 1

    at_the_desk(story)


def test_a_name_that_comes_after_the_bolt_moved_back_is_of_another_unlock() -> None:
    async def story(there: Desk) -> None:
        there.report(unnamed := moved(None))
        await asyncio.sleep(0.3)
        there.report(locked := moved(kind=LOCKED, method=Method.MANUAL))
        await asyncio.sleep(0.3)
        there.report(named := moved(1))
        await asyncio.sleep(5)
        assert there.told == [unnamed, locked, named]

    at_the_desk(story)


@pytest.mark.parametrize(
    "other",
    [
        {"lock": "back"},
        {"kind": LOCKED},
        {"method": Method.MANUAL},
    ],
)
def test_only_the_same_at_the_same_lock_names_an_unlock(other: dict[str, Any]) -> None:
    async def story(there: Desk) -> None:
        there.report(moved(None), moved(2, **other))
        await asyncio.sleep(5)
        assert len(there.told) == 2

    at_the_desk(story)


def test_a_stop_does_not_wait_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A reload began anew with what the disk said before the last uses."""
    commit = DurableStore.async_commit

    async def slow_commit(store: DurableStore, data: dict[str, object]) -> None:
        await asyncio.sleep(3)
        await commit(store, data)

    monkeypatch.setattr(DurableStore, "async_commit", slow_commit)
    disk: dict[str, Any] = {}

    async def story(there: Desk) -> None:
        for lock in ("front", "back", "side"):
            there.report(moved(1, lock=lock))
        there.report(unnamed := moved(None, lock="cellar"))
        await there.log.async_close()
        assert there.told[-1] == unnamed
        assert len(there.told) == 4

    at_the_desk(story, disk)
    assert disk["keyholder.entry.counters"]["data"]["people"][ANN]["uses"] == 3


def test_a_stop_ends_the_wait_for_a_name() -> None:
    async def story(there: Desk) -> None:
        there.report(unnamed := moved(None))
        await asyncio.sleep(0.3)
        await there.log.async_close()
        assert there.told == [unnamed]
        await asyncio.sleep(5)
        assert there.told == [unnamed]

    at_the_desk(story)


# History


def test_what_is_reported_long_after_it_happened_is_past() -> None:
    async def story(there: Desk) -> None:
        there.report(
            moved(2, ago=59),
            moved(2, ago=61, kind=LOCKED),
            replace(moved(3, ago=7200, method=Method.UNKNOWN), type=AccessType.DENIED),
        )
        await soon()
        assert [event.past for event in there.told] == [False, True, True]

    at_the_desk(story)


def test_a_time_still_to_come_is_now() -> None:
    async def story(there: Desk) -> None:
        now = dt_util.utcnow()
        there.report(moved(1, ago=-86_400))
        await soon()
        assert there.told == [replace(moved(1), at=now)]
        assert there.counters.usage(ANN).last_used == now

    at_the_desk(story)


def test_each_use_of_the_past_counts_once_however_often_it_is_replayed() -> None:
    history = [(1, 9000), (2, 8000), (1, 7000), (None, 6500), (1, 6000)]

    def replay(there: Desk) -> None:
        there.report(*(moved(slot, ago=ago) for slot, ago in history))

    async def story(there: Desk) -> None:
        there.report(now := moved(1))
        replay(there)
        await asyncio.sleep(5)
        assert there.uses == 4
        assert there.judged == [ANN] * 4
        assert there.counters.usage(ANN).last_used == now.at
        assert all(event.past for event in there.told[1:])

        for _ in range(70):
            there.report(moved(7, lock="back"))
            await asyncio.sleep(10)
        there.report(*(moved(slot, ago=ago + 705) for slot, ago in history))
        await asyncio.sleep(5)
        assert there.uses == 4

    at_the_desk(story)


def test_a_use_that_is_replayed_after_a_restart_counts_once() -> None:
    disk: dict[str, Any] = {}
    told: list[AccessEvent] = []

    async def story(there: Desk) -> None:
        there.report(moved(1), moved(1, ago=500, lock="back"))
        await soon()
        assert there.uses == 2

    async def again(there: Desk) -> None:
        # this loop's time begins where the one before began
        await asyncio.sleep(30)
        there.report(moved(1, ago=29), moved(1, ago=530, lock="back"))
        there.report(fresh := moved(1, ago=300))
        await soon()
        told.extend(there.told)
        assert there.uses == 3
        assert told == [replace(fresh, past=True)]

    at_the_desk(story, disk)
    at_the_desk(again, disk)


def test_unnamed_history_is_named_by_what_follows_it() -> None:
    async def story(there: Desk) -> None:
        for ago in (5000, 4000):
            there.report(moved(None, ago=ago), moved(1, ago=ago - 1))
        await asyncio.sleep(5)
        assert [event.slot for event in there.told] == [1, 1]
        assert there.uses == 2

    at_the_desk(story)


def test_unnamed_history_is_not_named_by_what_happens_now() -> None:
    async def story(there: Desk) -> None:
        there.report(unnamed := moved(None, ago=5000), named := moved(1))
        await asyncio.sleep(5)
        assert there.told == [named, replace(unnamed, past=True)]

    at_the_desk(story)
