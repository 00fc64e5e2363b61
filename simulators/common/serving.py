"""A simulator that is a process of its own: how it runs, and when it has to end."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
import os
import signal
import sys
from typing import Final

from .state_file import DamagedError

_SAVE_SECONDS: Final = 0.5


def run(serve: Coroutine[None, None, None]) -> None:
    """Serve to the end, or end with a sentence if what was kept is damaged."""
    try:
        asyncio.run(serve)
    except DamagedError as err:
        sys.exit(str(err))
    except KeyboardInterrupt:
        pass


async def save_until_the_end(save: Callable[[], None]) -> None:
    """Save now and then, and last when our owner is gone or wants us to end.

    The owner holds our standard input open. Ctrl-C in a terminal comes to all processes.
    """
    ended = _ended()
    while not ended.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _SAVE_SECONDS)
        save()


def _ended() -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            ended.set()

    if not sys.stdin.isatty():
        loop.add_reader(sys.stdin.fileno(), read)
    return ended
