"""State of stick and locks as JSON: a process that starts again restores the network.

Faults, traits and presence are not saved: a test sets them, the lock does not hold them.
"""

from typing import Any

from simulators.common.door_lock.lockout import Lockout

from .conbee import ConBee
from .lock import DoorLock
from .lock_node import LockNode
from .memory import Code
from .terms import DoorState, LockState

type Json = dict[str, Any]


def to_json(stick: ConBee, nodes: list[LockNode]) -> Json:
    """Return what they hold, keys and PINs included."""
    return {
        "stick": {
            "parameters": [
                [number, value.hex()] for number, value in stick.parameters.items()
            ],
            "keys": [[index, key.hex()] for index, key in stick.keys.items()],
            "link_keys": [
                [ieee.hex(), key.hex()] for ieee, key in stick.link_keys.items()
            ],
            "endpoints": [
                [index, data.hex()] for index, data in stick.endpoints.items()
            ],
            "network": stick.network,
        },
        "nodes": [[node.addresses.ieee, _node_to_json(node)] for node in nodes],
    }


def restore(stick: ConBee, nodes: list[LockNode], held: Json) -> None:
    """Let them hold what was written of them; a node of which nothing was stays new."""
    was = held["stick"]
    stick.parameters.update(_bytes_by_number(was["parameters"]))
    stick.keys.update(_bytes_by_number(was["keys"]))
    stick.link_keys.update(
        (bytes.fromhex(ieee), bytes.fromhex(key)) for ieee, key in was["link_keys"]
    )
    stick.endpoints.update(_bytes_by_number(was["endpoints"]))
    stick.network = int(was["network"])
    known = dict(held["nodes"])
    for node in nodes:
        if node.addresses.ieee in known:
            _restore_node(node, known[node.addresses.ieee])


def _bytes_by_number(held: list[list[Any]]) -> dict[int, bytes]:
    return {int(number): bytes.fromhex(value) for number, value in held}


def _node_to_json(node: LockNode) -> Json:
    return {
        "joined": node.joined,
        "bound": sorted(node.bound),
        "number": node.number,
        "battery": node.battery,
        "lock": _lock_to_json(node.lock),
    }


def _restore_node(node: LockNode, held: Json) -> None:
    node.joined = bool(held["joined"])
    node.bound = set(held["bound"])
    node.number = int(held["number"])
    node.battery = int(held["battery"])
    _restore_lock(node.lock, held["lock"])


def _lock_to_json(lock: DoorLock) -> Json:
    return {
        "bolt": int(lock.state),
        "door": int(lock.door),
        "wrong_codes": lock.lockout.wrong_codes,
        "disabled_until": lock.lockout.until,
        "attributes": [
            [number, value if isinstance(value, int) else value.hex()]
            for number, value in lock.written.items()
        ],
        "pins": _codes_to_json(lock.memory.pins),
        "rfids": _codes_to_json(lock.memory.rfids),
        **lock.memory.schedules_to_json(),
    }


def _restore_lock(lock: DoorLock, held: Json) -> None:
    lock.state = LockState(held["bolt"])
    lock.door = DoorState(held["door"])
    lock.lockout = Lockout(int(held["wrong_codes"]), float(held["disabled_until"]))
    lock.written = {
        int(number): value if isinstance(value, int) else bytes.fromhex(value)
        for number, value in held["attributes"]
    }
    lock.memory.pins = _codes_from_json(held["pins"])
    lock.memory.rfids = _codes_from_json(held["rfids"])
    lock.memory.restore_schedules(held)


def _codes_to_json(codes: dict[int, Code]) -> list[Any]:
    return [
        [user, [code.status, code.kind, code.data.hex()]]
        for user, code in codes.items()
    ]


def _codes_from_json(held: list[Any]) -> dict[int, Code]:
    return {
        int(user): Code(int(status), int(kind), bytes.fromhex(data))
        for user, (status, kind, data) in held
    }
