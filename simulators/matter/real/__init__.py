"""A real Matter stack on this machine: a virtual lock and a server for Home Assistant.

The lock is matter.js (`simulators/matter/virtual_lock`), the server is python-matter-server on
the CHIP library; between them is a real Matter network with commissioning, sessions and
subscriptions, in a network namespace that needs no root. `script/matter_stack` installs both.

    async with RealStack(folder) as stack:
        stack.url                                  # for the `url` of Home Assistant's entry
        await stack.lock.act("enter", pin="907153")
        (await stack.lock.dump())["credentials"]   # what the lock really holds
"""

from .control import Dump, VirtualLock
from .errors import StackError, UnavailableError
from .installation import unavailable_reason
from .stack import RealStack

__all__ = [
    "Dump",
    "RealStack",
    "StackError",
    "UnavailableError",
    "VirtualLock",
    "unavailable_reason",
]
