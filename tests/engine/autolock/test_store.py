"""What a timer is for, on a disk that may be slow, full, or damaged."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from custom_components.keyholder.autolock.store import TimerStore
from custom_components.keyholder.model.autolock import TimerReason
from custom_components.keyholder.model.autolock_timer import TimerEntry
from tests.harness.autolock.fake_door import FakeTimerDisk
from tests.harness.clock.virtual_clock import run_on_virtual_clock

DEADLINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOOD: dict[str, Any] = {
    "deadline": "2026-03-02T09:00:00+00:00",
    "duration": 300,
    "reason": "unlocked",
}


def entry(lock: str = "front", minutes: float = 5, attempt: int = 0) -> TimerEntry:
    return TimerEntry(
        lock=lock,
        deadline=DEADLINE,
        duration=minutes * MINUTE,
        reason=TimerReason.UNLOCKED,
        attempt=attempt,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"deadline": DEADLINE.replace(tzinfo=None)},
        {"operated_at": DEADLINE.replace(tzinfo=None)},
        {"duration": timedelta(seconds=-1)},
        {"attempt": -1},
    ],
)
def test_an_entry_that_makes_no_sense_cannot_be_made(wrong: dict[str, Any]) -> None:
    usual: dict[str, Any] = {
        "lock": "front",
        "deadline": DEADLINE,
        "duration": MINUTE,
        "reason": TimerReason.ACTION,
    }
    assert TimerEntry(**usual).attempt == 0
    with pytest.raises(ValueError, match=r"zone|negative"):
        TimerEntry(**{**usual, **wrong})


def test_what_is_written_is_read_in_this_run_and_in_the_next() -> None:
    disk = FakeTimerDisk()
    full = TimerEntry(
        lock="front",
        deadline=DEADLINE,
        duration=timedelta(seconds=90.5),
        reason=TimerReason.DOOR_CLOSED,
        attempt=3,
        operated_at=DEADLINE - MINUTE,
    )

    async def scenario() -> None:
        store = TimerStore(disk)
        assert await store.async_read("front") is None
        await store.async_write(full)
        assert await store.async_read("front") == full
        assert await TimerStore(disk).async_read("front") == full
        await store.async_remove("front")
        assert await store.async_read("front") is None
        assert await TimerStore(disk).async_read("front") is None

    run_on_virtual_clock(scenario())


def test_writers_at_the_same_time_lose_nothing_of_each_other() -> None:
    disk = FakeTimerDisk(slow=3)

    async def scenario() -> None:
        store = TimerStore(disk)
        await asyncio.gather(
            *(store.async_write(entry(lock)) for lock in "abc"),
            store.async_write(entry("a", 7)),
            store.async_remove("b"),
            store.async_write(entry("d")),
        )
        for there in (store, TimerStore(disk)):
            assert await there.async_read("a") == entry("a", 7)
            assert await there.async_read("b") is None
            assert await there.async_read("c") == entry("c")
            assert await there.async_read("d") == entry("d")

    run_on_virtual_clock(scenario())


def test_a_reader_waits_for_the_write_before_it_and_not_for_the_one_after() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        store = TimerStore(FakeTimerDisk(slow=3))
        first = asyncio.create_task(store.async_write(entry()))
        await asyncio.sleep(0)
        read = asyncio.create_task(store.async_read("front"))
        await asyncio.sleep(0)
        second = asyncio.create_task(store.async_write(entry(minutes=9)))
        assert await read == entry()
        assert loop.time() == pytest.approx(3, abs=0.1)
        await asyncio.gather(first, second)

    run_on_virtual_clock(scenario())


def test_nothing_is_committed_twice() -> None:
    disk = FakeTimerDisk()

    async def scenario() -> None:
        store = TimerStore(disk)
        await store.async_remove("front")
        assert disk.commits == 0
        await store.async_write(entry())
        await store.async_write(entry())
        await store.async_prune(["front"])
        assert disk.commits == 1

    run_on_virtual_clock(scenario())


def test_what_the_disk_refused_is_never_taken_for_stored() -> None:
    """Writing the same entry again returned as if the first write had worked."""
    disk = FakeTimerDisk(fails=True)

    async def scenario() -> None:
        store = TimerStore(disk)
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                await store.async_write(entry())
        assert await store.async_read("front") == entry()
        disk.fails = False
        await store.async_write(entry())
        assert await TimerStore(disk).async_read("front") == entry()

        disk.fails = True
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                await store.async_remove("front")
        assert await store.async_read("front") is None
        disk.fails = False
        await store.async_remove("front")
        assert await TimerStore(disk).async_read("front") is None

    run_on_virtual_clock(scenario())


def test_a_writer_that_is_cancelled_leaves_the_next_ones_in_order() -> None:
    disk = FakeTimerDisk(slow=3)

    async def scenario() -> None:
        store = TimerStore(disk)
        first = asyncio.create_task(store.async_write(entry("a")))
        waits = asyncio.create_task(store.async_write(entry("b")))
        await asyncio.sleep(1)
        first.cancel()
        waits.cancel()
        await store.async_write(entry("c"))
        await store.async_write(entry("a"))
        assert await TimerStore(disk).async_read("a") == entry("a")
        assert await TimerStore(disk).async_read("b") is None
        assert await TimerStore(disk).async_read("c") == entry("c")

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "text",
        7,
        [],
        {},
        {**GOOD, "deadline": None},
        {**GOOD, "deadline": "soon"},
        {**GOOD, "deadline": 1772442000},
        {**GOOD, "deadline": "2026-13-45T09:00:00"},
        {**GOOD, "deadline": "9999-12-31T23:59:59-14:00"},
        {**GOOD, "duration": -1},
        {**GOOD, "duration": float("nan")},
        {**GOOD, "duration": float("inf")},
        {**GOOD, "duration": 1e300},
        {**GOOD, "duration": 10**400},
        {**GOOD, "duration": "long"},
        {**GOOD, "duration": None},
        {**GOOD, "duration": True},
        {**GOOD, "reason": "whim"},
        {**GOOD, "reason": []},
        {**GOOD, "attempt": -1},
        {**GOOD, "attempt": "x"},
        {**GOOD, "attempt": None},
        {**GOOD, "attempt": False},
        {**GOOD, "attempt": float("inf")},
        {**GOOD, "operated_at": "once"},
        {**GOOD, "operated_at": 5},
    ],
)
def test_an_entry_that_cannot_be_understood_goes_without_its_neighbours(
    bad: object,
) -> None:
    timers = {"before": GOOD, "front": bad, "after": GOOD}
    store = TimerStore(FakeTimerDisk({"timers": timers}))

    async def scenario() -> None:
        assert await store.async_read("front") is None
        assert await store.async_read("before") == entry("before")
        assert await store.async_read("after") == entry("after")

    run_on_virtual_clock(scenario())


def test_what_is_dropped_at_loading_leaves_the_disk_with_the_next_change() -> None:
    disk = FakeTimerDisk({"timers": {"front": {"deadline": 0}, "back": GOOD}})

    async def scenario() -> None:
        store = TimerStore(disk)
        await store.async_write(entry("side"))
        assert set(disk.stored["timers"]) == {"back", "side"}

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize(
    "stored", [[], "text", 3, {}, {"timers": None}, {"timers": [GOOD]}, {"x": GOOD}]
)
def test_a_file_that_is_no_mapping_is_survived(stored: object) -> None:
    disk = FakeTimerDisk(stored)

    async def scenario() -> None:
        store = TimerStore(disk)
        assert await store.async_read("front") is None
        await store.async_write(entry())
        assert await TimerStore(disk).async_read("front") == entry()

    run_on_virtual_clock(scenario())


def test_a_time_of_any_zone_is_the_same_moment_and_one_without_is_damage() -> None:
    """Clause 16.21: a time without a zone is refused when it is read, not later."""
    abroad = {**GOOD, "deadline": "2026-03-02T11:00:00+02:00"}
    deadline = {**GOOD, "deadline": "2026-03-02T09:00:00"}
    operated = {**GOOD, "operated_at": "2026-03-02T08:55:00"}
    timers = {"back": abroad, "front": deadline, "side": operated}
    store = TimerStore(FakeTimerDisk({"timers": timers}))

    async def scenario() -> None:
        read = await store.async_read("back")
        assert read == entry("back")
        assert read is not None
        assert read.deadline.tzinfo is UTC
        assert await store.async_read("front") is None
        assert await store.async_read("side") is None

    run_on_virtual_clock(scenario())


def test_a_deadline_of_any_zone_is_stored_as_the_same_moment() -> None:
    disk = FakeTimerDisk()
    zone = timezone(timedelta(hours=-7))
    local = TimerEntry(
        lock="front",
        deadline=DEADLINE.astimezone(zone),
        duration=MINUTE,
        reason=TimerReason.ACTION,
    )

    async def scenario() -> None:
        await TimerStore(disk).async_write(local)
        assert await TimerStore(disk).async_read("front") == local

    run_on_virtual_clock(scenario())


def test_orphans_are_dropped() -> None:
    disk = FakeTimerDisk({"timers": {"front": GOOD, "gone": GOOD}})

    async def scenario() -> None:
        store = TimerStore(disk)
        await store.async_prune(["front", "new"])
        assert await store.async_read("gone") is None
        assert set(disk.stored["timers"]) == {"front"}

    run_on_virtual_clock(scenario())
