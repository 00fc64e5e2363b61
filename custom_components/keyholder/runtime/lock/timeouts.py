"""Run a library call with a timeout, apart from the caller's own cancellation."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any


class CallTimeoutError(Exception):
    """The call did not return: it is not known whether it took effect."""


async def async_run_with_timeout[T](
    call: Coroutine[Any, Any, T], limit: timedelta
) -> T:
    """Return the result of the call; raise CallTimeoutError if it does not return.

    The call runs in a task of its own. So a library that swallows cancellation cannot
    block the caller, and a cancellation inside the library (some raise it when their
    connection closes) is distinguished from the caller's own.
    """
    task = asyncio.ensure_future(call)
    try:
        done, _ = await asyncio.wait({task}, timeout=limit.total_seconds())
    except asyncio.CancelledError:
        _abandon(task)
        raise
    if not done:
        _abandon(task)
        raise CallTimeoutError("no answer in time")
    if task.cancelled():
        raise CallTimeoutError("broken off by the library")
    return task.result()


def _abandon(task: asyncio.Future[Any]) -> None:
    task.cancel()
    # retrieved, so that asyncio does not log a late exception as never retrieved
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
