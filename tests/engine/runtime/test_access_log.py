"""Who did what: reported once, counted first, in order."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.runtime.storage.durable_store import (
    DurableStore,
    StorageError,
)
from tests.harness.engine.access_log_harness import (
    ANN,
    LOCKED,
    UNLOCKED,
    AccessLogHarness,
    moved,
    run_with_access_log,
    soon,
)


def by_hand(seconds: float = 0, kind: AccessType = LOCKED) -> AccessEvent:
    return moved(ago=-seconds, kind=kind, method=Method.MANUAL)


def test_every_event_is_published_one_after_the_other() -> None:
    # an event that needs no disk was reported at once, and then no other ever was
    async def scenario(there: AccessLogHarness) -> None:
        for number in range(1, 4):
            there.report(by_hand())
            await soon()
            assert len(there.published) == number
            await asyncio.sleep(5)

    run_with_access_log(scenario)


def test_duplicates_within_the_window_are_published_once() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(first := by_hand())
        await asyncio.sleep(1.9)
        there.report(by_hand(), by_hand(-3.5))
        await asyncio.sleep(0.2)
        there.report(second := by_hand())
        await soon()
        assert there.published == [first, second]

    run_with_access_log(scenario)


def test_a_key_turned_back_and_again_within_the_window_is_no_duplicate() -> None:
    # the last one was lost, and the door was taken to be locked
    async def scenario(there: AccessLogHarness) -> None:
        for kind in (UNLOCKED, LOCKED, UNLOCKED):
            there.report(by_hand(kind=kind))
            await asyncio.sleep(0.6)
        assert [event.type for event in there.published] == [UNLOCKED, LOCKED, UNLOCKED]

    run_with_access_log(scenario)


def test_a_code_that_opens_twice_within_the_window_counts_twice() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        for event in (1, LOCKED, 1):
            there.report(by_hand() if event is LOCKED else moved(1))
            await asyncio.sleep(0.6)
        assert there.uses == 2

    run_with_access_log(scenario)


def test_a_report_that_is_repeated_after_the_next_one_is_a_duplicate() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(locked := by_hand())
        await asyncio.sleep(1)
        there.report(opened := by_hand(kind=UNLOCKED), locked)
        await asyncio.sleep(4)
        there.report(again := by_hand())
        await soon()
        assert there.published == [locked, opened, again]

    run_with_access_log(scenario)


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
    async def scenario(there: AccessLogHarness) -> None:
        there.report(one := by_hand(), two := replace(one, **other))
        await soon()
        assert there.published == [one, two]

    run_with_access_log(scenario)


# Uses


def test_a_use_is_stored_and_evaluated_before_it_is_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    commit = DurableStore.async_commit

    async def slow_commit(store: DurableStore, data: dict[str, object]) -> None:
        await asyncio.sleep(0.5)
        await commit(store, data)
        order.append("stored")

    monkeypatch.setattr(DurableStore, "async_commit", slow_commit)

    async def scenario(there: AccessLogHarness) -> None:
        there.log.async_listen(
            lambda event: order.append(f"{event.type} {there.judged}")
        )
        there.report(used := moved(1), moved(kind=LOCKED, method=Method.AUTO))
        await asyncio.sleep(1)
        assert order == ["stored", f"unlocked ['{ANN}']", f"locked ['{ANN}']"]
        assert there.uses == 1
        assert there.counters.usage(ANN).last_used == used.at

    run_with_access_log(scenario)


def test_a_use_is_evaluated_and_published_although_it_was_not_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: object) -> None:
        raise StorageError("OSError")

    async def scenario(there: AccessLogHarness) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(DurableStore, "async_commit", full)
            there.report(used := moved(1))
            await soon()
        assert there.published == [used]
        assert there.judged == [ANN]
        assert there.uses == 1

    disk: dict[str, Any] = {}
    run_with_access_log(scenario, disk)

    async def again(there: AccessLogHarness) -> None:
        assert there.uses == 1

    run_with_access_log(again, disk)


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
    async def scenario(there: AccessLogHarness) -> None:
        there.report(replace(moved(1), **event))
        await soon()
        assert len(there.published) == 1
        assert there.uses == 0
        assert there.judged == []

    run_with_access_log(scenario)


@pytest.mark.no_fail_on_log_exception
def test_who_raises_stops_nobody() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        def fail(_event: AccessEvent) -> None:
            raise RuntimeError

        others: list[AccessEvent] = []
        there.log.async_listen(fail)
        there.log.async_listen(others.append)
        there.judging_fails = True
        there.report(one := by_hand(), two := moved(1))
        await soon()
        assert there.published == others == [one, two]
        assert there.judged == [ANN]

    run_with_access_log(scenario)


def test_an_unsubscribed_listener_is_not_called_again() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        one: list[AccessEvent] = []
        stop = there.log.async_listen(one.append)
        stop()
        stop()
        there.report(by_hand())
        await soon()
        assert there.published
        assert not one

    run_with_access_log(scenario)


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

    async def scenario(there: AccessLogHarness) -> None:
        for lock in ("front", "back", "side"):
            there.report(moved(1, lock=lock))
        there.report(unnamed := moved(None, lock="cellar"))
        await there.log.async_close()
        assert there.published[-1] == unnamed
        assert len(there.published) == 4

    run_with_access_log(scenario, disk)
    assert disk["keyholder.entry.counters"]["data"]["people"][ANN]["uses"] == 3
