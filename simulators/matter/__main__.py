"""A fake Matter server with one lock, as a process of its own.

Prints one line of JSON when it is ready: `ws` is for Home Assistant, `control` the address
of the control channel (see README.md). It ends when its stdin does.
"""

import argparse
import json
import os
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from simulators.common.process_main import run, save_until_stopped
from simulators.common.state_file import StateFile

from .control import Control
from .lock import Clock, DoorLock
from .node import Identity, Node
from .saved_state import restore, to_json
from .server import FakeMatterServer

_UNREACHABLE_AFTER: Final = 14.0
"""Seconds after which a real server gives up an unreachable lock."""


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
    run(_serve(parser.parse_args()))


async def _serve(arguments: argparse.Namespace) -> None:
    lock = DoorLock(clock=Clock(zone=ZoneInfo(arguments.time_zone)))
    file = StateFile(arguments.state)
    file.load(lambda held: restore(lock, held))

    def save() -> None:
        file.save(to_json(lock))

    node = Node(1, {1: lock}, Identity(product=arguments.name))
    server = FakeMatterServer(
        [node], unreachable_after=_UNREACHABLE_AFTER, port=arguments.port
    )
    async with server:
        channel = Control(server, save).channel
        url = await channel.start(arguments.control)
        ready = {"ws": server.url, "control": url, "pid": os.getpid()}
        print(json.dumps({"event": "ready", **ready}), flush=True)
        await save_until_stopped(save)
        await channel.stop()


if __name__ == "__main__":
    main()
