"""A call into a library that may hang, or be cancelled under our feet."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any


class CallTimeoutError(Exception):
    """The call did not come back: whether it was carried out is not known."""


async def run_with_timeout[T](call: Coroutine[Any, Any, T], limit: timedelta) -> T:
    """Return what the call returns, or raise CallLost when it does not return.

    The call runs in a task of its own, so that a library that swallows cancellation
    cannot keep the caller, and a cancellation inside the library (some raise it when
    their connection goes) is told apart from the caller's own.
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
    # fetched, so that a late exception is not reported as never retrieved
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
