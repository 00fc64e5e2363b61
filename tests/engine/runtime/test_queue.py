"""One job at a time, the most important one first, and no task while nothing is to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from custom_components.keyholder.runtime.lock.job_queue import JobQueue, Priority
from tests.harness.waiting import wait_for

type Make = Callable[[str], Callable[[], Awaitable[None]]]


@pytest.fixture
async def queue() -> AsyncIterator[JobQueue]:
    queue = JobQueue("Front", timedelta(0))
    yield queue
    await queue.async_close()


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def job(done: list[str]) -> Make:
    def make(name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await asyncio.sleep(0)
            done.append(name)

        return run

    return make


def tasks() -> set[str]:
    return {
        task.get_name()
        for task in asyncio.all_tasks()
        if task.get_name().startswith("keyholder")
    }


async def test_the_most_important_job_goes_first_and_equals_in_their_order(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    queue.submit("s", Priority.SCAN, job("scan"))
    queue.submit("v", Priority.VERIFY, job("verify"))
    queue.submit("w1", Priority.WRITE, job("first write"))
    queue.submit("w2", Priority.WRITE, job("second write"))
    queue.submit("r", Priority.REVOKE, job("revoke"))

    await wait_for(lambda: queue.is_idle)
    assert done == ["revoke", "first write", "second write", "verify", "scan"]


async def test_a_revocation_overtakes_what_waits_behind_the_running_job(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    gate = asyncio.Event()

    async def long() -> None:
        await gate.wait()
        done.append("long")

    queue.submit("long", Priority.WRITE, long)
    for number in range(30):
        queue.submit(number, Priority.WRITE, job(str(number)))
    await wait_for(lambda: queue.is_running("long"))
    queue.submit("r", Priority.REVOKE, job("revoke"))
    gate.set()

    await wait_for(lambda: queue.is_idle)
    assert done[:3] == ["long", "revoke", "0"]


@pytest.mark.parametrize(
    ("first", "second"),
    [(Priority.REVOKE, Priority.SCAN), (Priority.SCAN, Priority.REVOKE)],
)
async def test_a_key_is_queued_once_with_its_newest_job(
    queue: JobQueue, job: Make, done: list[str], first: Priority, second: Priority
) -> None:
    queue.submit("a", first, job("old"))
    queue.submit("b", Priority.REVOKE, job("other"))
    queue.submit("a", second, job("new"))

    await wait_for(lambda: queue.is_idle)
    assert done == ["new", "other"]


async def test_nothing_starts_while_held_and_the_running_job_ends(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    async def hold() -> None:
        queue.hold()
        await asyncio.sleep(0)
        done.append("held")

    queue.submit("a", Priority.WRITE, hold)
    queue.submit("b", Priority.WRITE, job("after"))
    await wait_for(lambda: done == ["held"] and not tasks())
    assert queue.is_waiting("b")
    assert not queue.is_idle

    queue.release()
    await wait_for(lambda: queue.is_idle)
    assert done == ["held", "after"]


async def test_a_queue_that_is_held_before_it_has_begun_begins_when_released(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    queue.hold()
    queue.submit("a", Priority.WRITE, job("a"))
    assert not tasks()
    queue.release()
    queue.hold()
    queue.release()

    await wait_for(lambda: done == ["a"])


async def test_a_job_that_raises_does_not_stop_the_next_nor_leak_its_text(
    queue: JobQueue, job: Make, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ValueError("907153")

    queue.submit("a", Priority.WRITE, fail)
    queue.submit("b", Priority.WRITE, job("b"))

    await wait_for(lambda: queue.is_idle)
    assert done == ["b"]
    assert "ValueError" in caplog.text
    assert "907153" not in caplog.text


async def test_a_library_that_raises_cancellation_does_not_end_the_queue(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    async def fail() -> None:
        raise asyncio.CancelledError

    queue.submit("a", Priority.WRITE, fail)
    queue.submit("b", Priority.WRITE, job("b"))

    await wait_for(lambda: done == ["b"])


async def test_closing_drops_what_waits_and_cancels_and_joins_what_runs(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            done.append("cancelled")

    queue.submit("a", Priority.WRITE, long)
    queue.submit("b", Priority.WRITE, job("b"))
    await wait_for(lambda: queue.is_running("a"))
    await queue.async_close()
    assert done == ["cancelled"]
    assert queue.is_idle

    queue.submit("c", Priority.WRITE, job("c"))
    queue.release()
    assert queue.is_idle
    assert not tasks()


async def test_a_job_may_submit_others_and_at_its_end_itself(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    async def first() -> None:
        queue.submit("other", Priority.SCAN, job("other"))
        queue.submit("self", Priority.WRITE, job("self again"))
        await asyncio.sleep(0)
        done.append("self")

    queue.submit("self", Priority.WRITE, first)

    await wait_for(lambda: queue.is_idle)
    assert done == ["self", "self again", "other"]


async def test_there_is_a_task_only_while_there_is_work(
    queue: JobQueue, job: Make
) -> None:
    assert not tasks()
    queue.submit("a", Priority.WRITE, job("a"))
    assert tasks() == {"keyholder queue of Front"}
    await wait_for(lambda: not tasks())
    assert queue.is_idle


async def test_what_was_withdrawn_is_not_done(
    queue: JobQueue, job: Make, done: list[str]
) -> None:
    queue.submit("a", Priority.WRITE, job("a"))
    queue.submit("b", Priority.WRITE, job("b"))
    queue.cancel("a")
    queue.cancel("never there")

    await wait_for(lambda: queue.is_idle)
    assert done == ["b"]


async def test_two_jobs_are_spaced(job: Make, done: list[str]) -> None:
    queue = JobQueue("Front", timedelta(seconds=0.05))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    queue.submit("a", Priority.WRITE, job("a"))
    queue.submit("b", Priority.WRITE, job("b"))

    await wait_for(lambda: done == ["a", "b"])
    assert loop.time() - begun >= 0.05
    await queue.async_close()
