"""A Matter server with simulated door locks, for tests in one process with Home Assistant.

    async with FakeMatterServer([Node(1), Node(2, {1: DoorLock(Limits(pins=5))})]) as server:
        server.url                                  # for the `url` of the `matter` entry
        node = server.node                          # the first; server.nodes[2] another
        node.lock.memory.users / .credentials       # the truth: by index, by (type, index)
        node.lock.traits.drops_empty_users = True   # Traits: where locks differ
        node.lock.clock.ahead += 3600               # the lock's own clock and zone
        node.door.enter("907153")                   # keypad; also show (card), turn, jam,
                                                    # push (door), program, delete_pin, ...
        node.faults.add("SetCredential", refused(Status.BUSY), count=2)
                                                    # faults.py: slow, answer_lost,
                                                    # applied_then_refused, silently_dropped,
                                                    # connection_closed, answered, command_lost
        node.drop_subscription()                    # events wait until restore_subscription()
        node.reboot()                               # the same, and the event numbers jump
        node.reachable = False                      # commands time out, still "available"
        node.set_available(False)
        await server.drop_clients()                 # sockets close, commands in flight end
        await server.stop(); await server.start()   # what happens in between is lost
        invoke(node.lock, "SetUser", {...}, FOREIGN)  # a command of another fabric
        node.calls                                  # (command name, payload) as they came

`dialect=CHIP` words errors like python-matter-server, OHF (default) like the OHF server.
`lock.py` and what it uses know no network: `invoke(DoorLock(), name, payload, OURS)`.
"""

from .commands import invoke
from .dialects import CHIP, OHF, Dialect
from .keypad_user import KeypadUser
from .limits import Limits, Traits
from .lock import Clock, DoorLock, RefusedError
from .memory import AT_THE_LOCK, FOREIGN, OURS, Author
from .node import Identity, Node
from .server import FakeMatterServer

__all__ = [
    "AT_THE_LOCK",
    "CHIP",
    "FOREIGN",
    "OHF",
    "OURS",
    "Author",
    "Clock",
    "Dialect",
    "DoorLock",
    "FakeMatterServer",
    "Identity",
    "KeypadUser",
    "Limits",
    "Node",
    "RefusedError",
    "Traits",
    "invoke",
]
