"""Queue jobs whose callers await the result; callers of the same key share it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from homeassistant.core import callback

from .job_queue import JobQueue, Priority


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
    def cancel_all(self) -> None:
        """Return None to every caller; jobs that have not started are dropped."""
        for key in list(self._open):
            self._queue.cancel(key)
            self._answer(key, None)

    @callback
    def close(self) -> None:
        """Return None to every caller, now and from now on."""
        self._closed = True
        self.cancel_all()

    @callback
    def _answer(self, key: Hashable, result: object) -> None:
        future = self._open.pop(key, None)
        if future is not None and not future.done():
            future.set_result(result)
