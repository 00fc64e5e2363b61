"""Simulate a ConBee II with one lock behind it, until standard input closes.

    python -m simulators.zigbee --port 20108

The first line that it prints is `{"stick": port, "control": address}`; README.md says what
the control channel takes. The lock joins on the action `join`.
"""

import argparse
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from simulators.common.door_lock.clock import LockClock
from simulators.common.process_main import run, save_until_stopped
from simulators.common.state_file import StateFile

from .conbee import ConBee
from .control import Control
from .limits import Limits
from .lock import DoorLock
from .lock_node import Identity, LockNode
from .mesh import Mesh
from .node import Sleep
from .saved_state import restore, to_json
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
    parser.add_argument("--state", type=Path, help="a file that keeps what they hold")
    parser.add_argument("--time-zone", default="UTC", help="of the lock's clock")
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
    lock = DoorLock(limits, clock=LockClock(zone=ZoneInfo(asked.time_zone)))
    node = LockNode(lock, identity, sleep=sleep)
    node.delays.answer = asked.takes
    return node


async def _serve(asked: argparse.Namespace) -> None:
    node = _lock(asked)
    conbee = ConBee(Mesh([node]))
    file = StateFile(asked.state)
    file.load(lambda held: restore(conbee, [node], held))

    def save() -> None:
        file.save(to_json(conbee, [node]))

    stick = Stick(conbee)
    await stick.start(asked.port)
    channel = Control(stick, [node], save).channel
    url = await channel.start(asked.control)
    print(json.dumps({"stick": stick.port, "control": url}), flush=True)
    await save_until_stopped(save)
    await channel.stop()
    await stick.stop()


if __name__ == "__main__":
    run(_serve(_arguments()))
