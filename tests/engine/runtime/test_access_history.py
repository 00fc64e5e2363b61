"""What is reported long after it happened is past, and counts once."""

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.util import dt as dt_util

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.lock_events import Method
from tests.harness.engine.access_log_harness import (
    ANN,
    LOCKED,
    AccessLogHarness,
    moved,
    run_with_access_log,
    soon,
)


def test_what_is_reported_long_after_it_happened_is_past() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(
            moved(2, ago=59),
            moved(2, ago=61, kind=LOCKED),
            replace(moved(3, ago=7200, method=Method.UNKNOWN), type=AccessType.DENIED),
        )
        await soon()
        assert [event.is_historic for event in there.published] == [False, True, True]

    run_with_access_log(scenario)


def test_a_time_still_to_come_is_now() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        now = dt_util.utcnow()
        there.report(moved(1, ago=-86_400))
        await soon()
        assert there.published == [replace(moved(1), at=now)]
        assert there.counters.usage(ANN).last_used == now

    run_with_access_log(scenario)


def test_each_use_of_the_past_counts_once_however_often_it_is_replayed() -> None:
    history = [(1, 9000), (2, 8000), (1, 7000), (None, 6500), (1, 6000)]

    def replay(there: AccessLogHarness) -> None:
        there.report(*(moved(slot, ago=ago) for slot, ago in history))

    async def scenario(there: AccessLogHarness) -> None:
        there.report(now := moved(1))
        replay(there)
        await asyncio.sleep(5)
        assert there.uses == 4
        assert there.judged == [ANN] * 4
        assert there.counters.usage(ANN).last_used == now.at
        assert [event.is_historic for event in there.published] == [
            False,
            *[True] * len(history),
        ]

        for _ in range(70):
            there.report(moved(7, lock="back"))
            await asyncio.sleep(10)
        there.report(*(moved(slot, ago=ago + 705) for slot, ago in history))
        await asyncio.sleep(5)
        assert there.uses == 4

    run_with_access_log(scenario)


def test_a_use_that_is_replayed_after_a_restart_counts_once() -> None:
    disk: dict[str, Any] = {}
    reported: list[AccessEvent] = []

    async def scenario(there: AccessLogHarness) -> None:
        there.report(moved(1), moved(1, ago=500, lock="back"))
        await soon()
        assert there.uses == 2

    async def again(there: AccessLogHarness) -> None:
        # this loop's time begins where the one before began
        await asyncio.sleep(30)
        there.report(moved(1, ago=29), moved(1, ago=530, lock="back"))
        there.report(fresh := moved(1, ago=300))
        await soon()
        reported.extend(there.published)
        assert there.uses == 3
        assert reported == [replace(fresh, is_historic=True)]

    run_with_access_log(scenario, disk)
    run_with_access_log(again, disk)


def test_unnamed_history_is_named_by_what_follows_it() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        for ago in (5000, 4000):
            there.report(moved(None, ago=ago), moved(1, ago=ago - 1))
        await asyncio.sleep(5)
        assert [event.slot for event in there.published] == [1, 1]
        assert there.uses == 2

    run_with_access_log(scenario)


def test_unnamed_history_is_not_named_by_what_happens_now() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(unnamed := moved(None, ago=5000), named := moved(1))
        await asyncio.sleep(5)
        assert there.published == [named, replace(unnamed, is_historic=True)]

    run_with_access_log(scenario)
