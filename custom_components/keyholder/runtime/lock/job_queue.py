"""Serial priority queue for the radio jobs of one lock, and jobs that callers await."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
import logging
from pathlib import Path
import traceback
from typing import Any, Final

from homeassistant.core import callback

_LOGGER: Final = logging.getLogger(__name__)

type Job = Callable[[], Awaitable[object]]


class Priority(IntEnum):
    """Order of jobs: revoke access, grant it, verify slots, scan."""

    REVOKE = 0
    WRITE = 1
    VERIFY = 2
    SCAN = 3


@dataclass(frozen=True, slots=True)
class _Queued:
    priority: Priority
    number: int
    job: Job


class JobQueue:
    """The serial priority queue of one lock.

    A key is queued once: submitting it again replaces the job, and keeps the higher
    priority and the position. While the queue is held no job starts; the running job
    is never cancelled. There is an asyncio task only while there is work.
    """

    def __init__(self, name: str, spacing: timedelta) -> None:
        """Create an empty queue; `spacing` is the pause between two jobs."""
        self._name = name
        self._spacing = spacing.total_seconds()
        self._waiting: dict[Hashable, _Queued] = {}
        self._running: Hashable | None = None
        self._task: asyncio.Task[None] | None = None
        self._held = False
        self._exempt: Callable[[Hashable], bool] | None = None
        self._closed = False
        self._count = 0

    @property
    def is_idle(self) -> bool:
        """Return whether no job is queued or running."""
        return not self._waiting and self._running is None

    def is_running(self, key: Hashable) -> bool:
        """Return whether the job of that key is running."""
        return self._running is not None and self._running == key

    def is_waiting(self, key: Hashable) -> bool:
        """Return whether a job of that key is queued."""
        return key in self._waiting

    def submit(self, key: Hashable, priority: Priority, job: Job) -> None:
        """Queue a job, or replace the queued job of the same key."""
        if self._closed:
            return
        self._count += 1
        number = self._count
        if (waiting := self._waiting.get(key)) is not None:
            priority = min(priority, waiting.priority)
            number = waiting.number
        self._waiting[key] = _Queued(priority, number, job)
        self._start()

    def cancel(self, key: Hashable) -> None:
        """Drop a job that has not started."""
        self._waiting.pop(key, None)

    def is_more_important_waiting(self, priority: Priority) -> bool:
        """Return whether the running job should end for one of higher priority."""
        return any(queued.priority < priority for queued in self._waiting.values())

    def mark_done(self) -> None:
        """Mark the running job as done, so that it may submit its own key again."""
        self._running = None

    @property
    def is_held(self) -> bool:
        """Return whether the queue is held."""
        return self._held

    def hold(self, spare: Callable[[Hashable], bool] | None = None) -> None:
        """Start no jobs until released, except those whose keys `spare` accepts."""
        self._held = True
        self._exempt = spare
        self._start()

    def release(self) -> None:
        """Start jobs again after `hold`."""
        self._held = False
        self._start()

    async def async_close(self) -> None:
        """Close for good: drop queued jobs, cancel the running one and wait for its end."""
        self._closed = True
        self._waiting.clear()
        if (task := self._task) is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait({task})

    def _start(self) -> None:
        if self._task is None and self._startable():
            self._task = asyncio.get_running_loop().create_task(
                self._run(), name=f"keyholder queue of {self._name}"
            )

    async def _run(self) -> None:
        try:
            # jobs that are submitted in the same turn are sorted together
            await asyncio.sleep(0)
            while self._startable():
                await self._run_first()
                if self._startable() and self._spacing:
                    await asyncio.sleep(self._spacing)
        finally:
            self._task = None
        self._start()

    def _startable(self) -> dict[Hashable, _Queued]:
        if not self._held:
            return self._waiting
        if (spares := self._exempt) is None:
            return {}
        return {key: job for key, job in self._waiting.items() if spares(key)}

    async def _run_first(self) -> None:
        key, queued = min(
            self._startable().items(),
            key=lambda item: (item[1].priority, item[1].number),
        )
        del self._waiting[key]
        self._running = key
        try:
            await queued.job()
        except asyncio.CancelledError:
            # a library may raise it although this task was not cancelled
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            _LOGGER.error("Job on %s was cancelled", self._name)
        except Exception as err:  # noqa: BLE001 - the next job has to run
            # never its text: that of a library's exception may hold a code
            _LOGGER.error(
                "Job on %s failed with %s at %s",
                self._name,
                type(err).__name__,
                location_of(err),
            )
        finally:
            self._running = None


class AwaitedJobs:
    """Runs jobs in the lock's queue and returns their results to the callers.

    When the lock turns out to be unreachable no caller is left waiting: every job that
    has not finished returns None.
    """

    def __init__(self, queue: JobQueue) -> None:
        """Run the jobs in this queue."""
        self._queue = queue
        self._open: dict[Hashable, asyncio.Future[Any]] = {}
        self._closed = False

    async def async_run[T](
        self, key: Hashable, priority: Priority, job: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Return the result of the job, None if cancelled; equal keys share one job."""
        if self._closed:
            return None
        future = self._open.get(key)
        if future is None:
            future = asyncio.get_running_loop().create_future()
            self._open[key] = future

            async def run() -> None:
                result: T | None = None
                try:
                    result = await job()
                finally:
                    self._answer(key, result)

            self._queue.submit(key, priority, run)
        answer: T | None = await asyncio.shield(future)
        return answer

    @callback
    def async_cancel_all(self) -> None:
        """Return None to every caller; jobs that have not started are dropped."""
        for key in list(self._open):
            self._queue.cancel(key)
            self._answer(key, None)

    @callback
    def async_close(self) -> None:
        """Return None to every caller, now and from now on."""
        self._closed = True
        self.async_cancel_all()

    @callback
    def _answer(self, key: Hashable, result: object) -> None:
        future = self._open.pop(key, None)
        if future is not None and not future.done():
            future.set_result(result)


def location_of(err: BaseException) -> str:
    """Return file, line and function of each frame, the innermost first.

    Never the text of the exception and never a value: either may hold a code.
    """
    frames = traceback.extract_tb(err.__traceback__)
    return ", ".join(
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in reversed(frames)
    )
