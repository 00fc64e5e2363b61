"""A keypad that says late whose code it was."""

import asyncio
from typing import Any

import pytest

from custom_components.keyholder.model.lock_events import Method
from tests.harness.engine.access_log_harness import (
    LOCKED,
    AccessLogHarness,
    moved,
    run_with_access_log,
)


def test_an_unnamed_unlock_waits_and_is_published_with_its_user() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(moved(None))
        await asyncio.sleep(0.9)
        assert there.published == []
        there.report(named := moved(1))
        await asyncio.sleep(5)
        assert there.published == [named]
        assert there.uses == 1

    run_with_access_log(scenario)


def test_an_unnamed_unlock_after_the_named_one_is_the_same() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(named := moved(1))
        await asyncio.sleep(0.9)
        there.report(moved(None))
        await asyncio.sleep(5)
        assert there.published == [named]
        assert there.uses == 1

    run_with_access_log(scenario)


def test_who_locks_is_waited_for_as_well() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(moved(None, kind=LOCKED))
        await asyncio.sleep(0.5)
        there.report(named := moved(1, kind=LOCKED), moved(None, kind=LOCKED))
        await asyncio.sleep(5)
        assert there.published == [named]
        assert there.uses == 0

    run_with_access_log(scenario)


def test_whose_code_is_nobodys_is_a_name_too() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(moved(None), foreign := moved(7))
        await asyncio.sleep(5)
        assert there.published == [foreign]

    run_with_access_log(scenario)


def test_an_unnamed_unlock_that_stays_so_is_published_once_after_the_wait() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(unnamed := moved(None))
        await asyncio.sleep(0.5)
        there.report(moved(None))
        await asyncio.sleep(0.6)
        assert there.published == [unnamed]
        # too late for one event, but a use all the same
        there.report(named := moved(1), named)
        await asyncio.sleep(5)
        assert there.published == [unnamed, named]
        assert there.uses == 1

    run_with_access_log(scenario)


def test_a_name_that_comes_after_the_bolt_moved_back_is_of_another_unlock() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(unnamed := moved(None))
        await asyncio.sleep(0.3)
        there.report(locked := moved(kind=LOCKED, method=Method.MANUAL))
        await asyncio.sleep(0.3)
        there.report(named := moved(1))
        await asyncio.sleep(5)
        assert there.published == [unnamed, locked, named]

    run_with_access_log(scenario)


@pytest.mark.parametrize(
    "other",
    [
        {"lock": "back"},
        {"kind": LOCKED},
        {"method": Method.MANUAL},
    ],
)
def test_only_the_same_at_the_same_lock_names_an_unlock(other: dict[str, Any]) -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(moved(None), moved(2, **other))
        await asyncio.sleep(5)
        assert len(there.published) == 2

    run_with_access_log(scenario)


def test_a_stop_ends_the_wait_for_a_name() -> None:
    async def scenario(there: AccessLogHarness) -> None:
        there.report(unnamed := moved(None))
        await asyncio.sleep(0.3)
        await there.log.async_close()
        assert there.published == [unnamed]
        await asyncio.sleep(5)
        assert there.published == [unnamed]

    run_with_access_log(scenario)
