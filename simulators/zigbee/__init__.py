"""Simulated Zigbee locks, in the process of a test or behind a simulated stick.

    node = LockNode(DoorLock(Limits(pins=12)), Identity(endpoint=11), sleep=None)
    mesh = Mesh([node])
    with replace_radio(mesh):                     # radio.py: zigpy's radio, in memory
        ...                                       # set up Home Assistant's `zha`
        node.join()                               # pairs; later: comes back
        node.pins()                               # the truth, by user id
        node.lock.memory.pins / .rfids / .week_days / .year_days / .holidays
        node.lock.traits.shows_codes = False      # Traits: where locks differ
        node.lock.clock.ahead += 3600             # the lock's own clock and zone
        node.door.enter("907153")                 # keypad; also show (card), turn, touch,
                                                  # jam, push (door), program, delete_pin, ...
        node.faults.add(Command.SET_PIN, refused(Stored.MEMORY_FULL), count=2)
                                                  # faults.py: request_lost, reply_lost,
                                                  # silently_dropped, about_another, slow, ...
        node.presence = Presence.NO_ANSWER           # or GONE
        node.delays.answer = 0.02                   # seconds
        node.received                                # (command, payload) as they came
        mesh.unplug(); mesh.plug()                # the stick is pulled, and put back

`python -m simulators.zigbee` plays a ConBee II on a TCP port, with the same locks behind it,
for processes of their own: `stick_process.py` starts it and speaks its control channel.
"""

from .commands import invoke
from .faults import Faults
from .keypad_user import KeypadUser
from .limits import Limits, Mask, Traits
from .lock import DoorLock, RefusedError
from .lock_node import Identity, LockNode
from .mesh import Mesh
from .node import Presence, Sleep
from .terms import Command, Stored

__all__ = [
    "Command",
    "DoorLock",
    "Faults",
    "Identity",
    "KeypadUser",
    "Limits",
    "LockNode",
    "Mask",
    "Mesh",
    "Presence",
    "RefusedError",
    "Sleep",
    "Stored",
    "Traits",
    "invoke",
]
