"""Jobs that somebody waits for: nobody waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from custom_components.keyholder.runtime.lock.job_queue import (
    AwaitedJobs,
    JobQueue,
    Priority,
)
from tests.harness.waiting import wait_for


@pytest.fixture
async def queue() -> AsyncIterator[JobQueue]:
    queue = JobQueue("Front", timedelta(0))
    yield queue
    await queue.async_close()


async def test_who_asks_gets_the_answer_and_who_asks_the_same_shares_it(
    queue: JobQueue,
) -> None:
    jobs = AwaitedJobs(queue)
    runs = 0

    async def job() -> int:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        return runs

    answers = await asyncio.gather(
        *(jobs.async_run(key, Priority.VERIFY, job) for key in "aab")
    )
    assert answers == [1, 1, 2]
    assert await jobs.async_run("a", Priority.VERIFY, job) == 3


async def test_a_job_that_raises_answers_none(queue: JobQueue) -> None:
    async def fail() -> int:
        raise ValueError

    assert await AwaitedJobs(queue).async_run("a", Priority.VERIFY, fail) is None


async def test_who_gives_up_waiting_leaves_the_job_to_the_others(
    queue: JobQueue,
) -> None:
    jobs = AwaitedJobs(queue)
    gate = asyncio.Event()

    async def job() -> int:
        await gate.wait()
        return 7

    impatient = asyncio.create_task(jobs.async_run("a", Priority.VERIFY, job))
    patient = asyncio.create_task(jobs.async_run("a", Priority.VERIFY, job))
    await wait_for(lambda: queue.is_running("a"))
    impatient.cancel()
    await asyncio.wait({impatient})
    gate.set()
    assert await patient == 7


async def test_all_who_wait_are_answered_when_the_lock_is_given_up(
    queue: JobQueue,
) -> None:
    jobs = AwaitedJobs(queue)
    queue.hold()

    async def job() -> int:
        return 7

    asked = [
        asyncio.create_task(jobs.async_run(key, Priority.VERIFY, job))
        for key in range(3)
    ]
    await wait_for(lambda: queue.is_waiting(2))
    jobs.async_cancel_all()
    assert await asyncio.gather(*asked) == [None, None, None]
    assert queue.is_idle


async def test_who_asks_after_the_end_is_answered_at_once(queue: JobQueue) -> None:
    # the queue took no job any more, and the answer never came
    jobs = AwaitedJobs(queue)
    await queue.async_close()
    jobs.async_close()

    async def job() -> int:
        return 7

    async with asyncio.timeout(1):
        assert await jobs.async_run("a", Priority.VERIFY, job) is None
