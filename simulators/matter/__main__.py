"""A fake Matter server with one lock, as a process of its own.

Prints one line of JSON when it is ready: `ws` is for Home Assistant, `control` the address
of the control channel (see README.md). It ends when its stdin does.
"""

import argparse
import asyncio
from contextlib import suppress
import json
import os
from pathlib import Path
import signal
import sys
from typing import Final
from zoneinfo import ZoneInfo

from .control import Control
from .lock import Clock, DoorLock
from .node import Identity, Node
from .server import FakeMatterServer
from .stored import MemoryFile

_GONE_AFTER: Final = 14.0
"""Seconds after which a real server gives up a lock that is gone."""
_SAVE_SECONDS: Final = 0.5


def main() -> None:
    """Serve until stdin ends or a signal comes."""
    parser = argparse.ArgumentParser(
        prog="python -m simulators.matter", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="of the websocket")
    parser.add_argument("--control", type=int, default=0, help="of the control channel")
    parser.add_argument("--name", default="Virtual Lock", help="of the lock")
    parser.add_argument("--state", type=Path, help="a file that keeps what it holds")
    parser.add_argument("--time-zone", default="UTC", help="of the lock's clock")
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


async def _serve(arguments: argparse.Namespace) -> None:
    lock = DoorLock(clock=Clock(zone=ZoneInfo(arguments.time_zone)))
    memory = MemoryFile(arguments.state, lock) if arguments.state else None
    if memory is not None:
        memory.load()
    save = memory.save if memory is not None else lambda: None
    node = Node(1, {1: lock}, Identity(product=arguments.name))
    ended = _ended()
    server = FakeMatterServer([node], gone_after=_GONE_AFTER, port=arguments.port)
    async with server:
        control = Control(server, save)
        url = await control.start(arguments.control)
        ready = {"ws": server.url, "control": url, "pid": os.getpid()}
        print(json.dumps({"event": "ready", **ready}), flush=True)
        while not ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _SAVE_SECONDS)
            save()
        await control.stop()


def _ended() -> asyncio.Event:
    """Return what is set when whoever started us is gone, or wants us to end."""
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


if __name__ == "__main__":
    main()
