"""Jobs in the queue of a lock that somebody waits for."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from homeassistant.core import callback

from .queue import JobQueue, Priority


class AwaitedJobs:
    """Runs jobs in turn and hands their results to who asked.

    When the lock turns out to be out of reach nobody is left waiting: every errand
    that has not finished is answered with None.
    """

    def __init__(self, queue: JobQueue) -> None:
        """Run errands in this queue."""
        self._queue = queue
        self._open: dict[Hashable, asyncio.Future[Any]] = {}
        self._closed = False

    async def async_run[T](
        self, key: Hashable, priority: Priority, job: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Return what the job returns; who asks for the same key shares its answer."""
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
        """Answer every errand that has not begun, and every one that has."""
        for key in list(self._open):
            self._queue.cancel(key)
            self._answer(key, None)

    @callback
    def close(self) -> None:
        """Answer everybody, and whoever asks from now on, with None."""
        self._closed = True
        self.cancel_all()

    @callback
    def _answer(self, key: Hashable, result: object) -> None:
        future = self._open.pop(key, None)
        if future is not None and not future.done():
            future.set_result(result)
