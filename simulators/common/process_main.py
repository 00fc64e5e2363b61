"""Main loop of a simulator process: save its state until it has to end."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
import os
import signal
import sys
from typing import Final

from .state_file import StateFileError

_SAVE_SECONDS: Final = 0.5


def run(serve: Coroutine[None, None, None]) -> None:
    """Run a simulator; exit with a message if its state file is damaged."""
    try:
        asyncio.run(serve)
    except StateFileError as err:
        sys.exit(str(err))
    except KeyboardInterrupt:
        pass


async def save_until_stopped(save: Callable[[], None]) -> None:
    """Save every half second, and last when standard input closes or a signal comes.

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
