"""Plays a ConBee II with one simulated lock behind it, until its standard input closes.

    python -m simulators.zigbee --port 20108

The first line that it prints is `{"stick": port, "control": port}`; README.md says what
the control channel takes. The lock joins when it is told to.
"""

import argparse
import asyncio
import json
import sys

from .conbee import ConBee
from .control import Control
from .limits import Limits
from .lock import DoorLock
from .lock_node import Identity, LockNode
from .mesh import Mesh
from .node import Sleep
from .stick import Stick


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators.zigbee")
    parser.add_argument("--port", type=int, default=0, help="of the stick")
    parser.add_argument("--control", type=int, default=0, help="port to control it by")
    parser.add_argument("--pins", type=int, default=30, help="that the lock holds")
    parser.add_argument("--week-days", type=int, default=0, help="schedules per user")
    parser.add_argument("--year-days", type=int, default=0, help="schedules per user")
    parser.add_argument("--endpoint", type=int, default=1, help="of the lock")
    parser.add_argument("--manufacturer", default=Identity.manufacturer)
    parser.add_argument("--model", default=Identity.model)
    parser.add_argument(
        "--sleeps",
        type=float,
        default=0,
        help="seconds between two moments of attention",
    )
    parser.add_argument(
        "--takes", type=float, default=0.02, help="seconds to answer a command"
    )
    return parser.parse_args()


def _lock(asked: argparse.Namespace) -> LockNode:
    limits = Limits(
        pins=asked.pins,
        week_days_per_user=asked.week_days,
        year_days_per_user=asked.year_days,
    )
    identity = Identity(
        manufacturer=asked.manufacturer, model=asked.model, endpoint=asked.endpoint
    )
    sleep = Sleep(every=asked.sleeps) if asked.sleeps else None
    node = LockNode(DoorLock(limits), identity, sleep=sleep)
    node.pace.answer = asked.takes
    return node


async def _main() -> None:
    asked = _arguments()
    node = _lock(asked)
    stick = Stick(ConBee(Mesh([node])))
    await stick.start(asked.port)
    control = await asyncio.start_server(
        Control(stick, [node]).serve, "127.0.0.1", asked.control
    )
    control_port = control.sockets[0].getsockname()[1]
    print(json.dumps({"stick": stick.port, "control": control_port}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    control.close()
    await stick.stop()


if __name__ == "__main__":
    asyncio.run(_main())
