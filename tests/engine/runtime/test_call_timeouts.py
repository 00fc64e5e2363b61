"""A call that may hang, swallow its cancellation or be broken off by its library."""

import asyncio
from datetime import timedelta
import gc
from typing import Any

import pytest

from custom_components.keyholder.runtime.lock.timeouts import (
    CallTimeoutError,
    async_run_with_timeout,
)
from tests.harness.waiting import wait_for

LONG = timedelta(seconds=10)
SHORT = timedelta(seconds=0.02)


async def test_what_a_call_returns_or_raises_comes_through() -> None:
    async def answer() -> int:
        return 7

    async def fail() -> int:
        raise ValueError("of the library")

    assert await async_run_with_timeout(answer(), LONG) == 7
    with pytest.raises(ValueError, match="of the library"):
        await async_run_with_timeout(fail(), LONG)


async def test_a_call_that_hangs_is_lost_and_cancelled() -> None:
    cancelled = asyncio.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(CallTimeoutError):
        await async_run_with_timeout(hang(), SHORT)
    await asyncio.wait_for(cancelled.wait(), 1)


async def test_a_library_that_swallows_cancellation_does_not_keep_the_caller() -> None:
    gate = asyncio.Event()
    ended = asyncio.Event()

    async def stubborn() -> None:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                continue
        ended.set()

    with pytest.raises(CallTimeoutError):
        await async_run_with_timeout(stubborn(), SHORT)
    gate.set()
    await asyncio.wait_for(ended.wait(), 1)


async def test_cancellation_inside_the_library_is_a_lost_call() -> None:
    async def broken_off() -> None:
        raise asyncio.CancelledError

    with pytest.raises(CallTimeoutError):
        await async_run_with_timeout(broken_off(), LONG)


async def test_the_callers_own_cancellation_is_not_swallowed() -> None:
    inside = asyncio.Event()
    cancelled = asyncio.Event()

    async def call() -> None:
        inside.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    caller = asyncio.create_task(async_run_with_timeout(call(), LONG))
    await inside.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert caller.cancelled()
    await asyncio.wait_for(cancelled.wait(), 1)


async def test_an_exception_that_comes_too_late_is_not_reported() -> None:
    reports: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reports.append(context))
    ended = False

    async def fail_late() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended = True
            raise ValueError("907153") from None

    with pytest.raises(CallTimeoutError):
        await async_run_with_timeout(fail_late(), SHORT)
    await wait_for(lambda: ended)
    await asyncio.sleep(0)
    gc.collect()
    loop.set_exception_handler(None)
    assert not reports
