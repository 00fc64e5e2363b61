"""Control channel of the fake server: HTTP with JSON, for the demo and tests.

It answers what that of the virtual lock answers (`virtual_lock/control.mjs`), and a
little more; `real/control.py` speaks with both.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from simulators.common.control_channel import ControlChannel, Route

from . import faults
from .lock import RefusedError
from .server import FakeMatterServer
from .terms import Alarm, DoorState

_FAULTS: Final[Mapping[str, Callable[..., faults.Fault]]] = {
    "refused": faults.refused,
    "answered": lambda answer: faults.answered(**answer),
    "slow": faults.slow,
    "applied_then_refused": faults.applied_then_refused,
    "answer_lost": faults.answer_lost,
    "command_lost": faults.command_lost,
    "silently_dropped": faults.silently_dropped,
    "connection_closed": faults.connection_closed,
}

type Json = Any


class Control:
    """The channel to the first node of a server."""

    def __init__(self, server: FakeMatterServer, changed: Callable[[], None]) -> None:
        """Control this server; `changed` is called when the lock may have changed."""
        self._server = server
        self._node = server.node
        self._is_served = True
        door = self._node.door
        self._acts: Mapping[str, Callable[..., object]] = {
            "enter": door.enter,
            "turn": door.turn,
            "jam": door.jam,
            "lockItself": door.lock_itself,
            "sound": lambda alarm: door.sound(Alarm(alarm)),
            "push": lambda state: door.push(DoorState(state)),
            "program": lambda **what: int(door.program(**what).status),
            "deletePin": door.delete_pin,
            "dropSubscription": self._node.drop_subscription,
            "restoreSubscription": self._node.restore_subscription,
            "reboot": self._node.reboot,
            "setAvailable": self._node.set_available,
        }
        routes: Mapping[str, Route] = {
            "GET /dump": lambda _: self._dump(),
            "GET /received": lambda _: [
                {"command": name, "fault": None} for name, _ in self._node.calls
            ],
            "POST /act": self._act,
            "POST /faults": self._add_fault,
            "POST /faults/clear": lambda _: self._node.faults.clear(),
            "POST /reset": lambda _: self._reset(),
            "POST /server": self._serve,
        }
        self.channel = ControlChannel(routes, changed, RefusedError)

    def _dump(self) -> dict[str, Json]:
        """Return all that the lock holds, PINs included."""
        lock = self._node.lock
        memory = lock.memory
        return {
            "lockState": lock.state,
            "doorState": int(lock.door),
            "users": [
                {
                    "userIndex": index,
                    "userName": user.name,
                    "userUniqueId": user.unique_id,
                    "userStatus": user.status,
                    "userType": user.kind,
                    "creatorFabricIndex": user.creator,
                    "credentials": [
                        {"credentialType": kind, "credentialIndex": number}
                        for kind, number in memory.credentials_of(index)
                    ],
                }
                for index, user in memory.users.items()
            ],
            "credentials": [
                {
                    "credentialType": kind,
                    "credentialIndex": index,
                    "creatorFabricIndex": held.creator,
                    "data": held.data.decode(errors="replace"),
                }
                for (kind, index), held in memory.credentials.items()
            ],
            "weekDaySchedules": [
                {"userIndex": user, "index": index, **asdict(each)}
                for (user, index), each in memory.week_days.items()
            ],
            "yearDaySchedules": [
                {"userIndex": user, "index": index, **asdict(each)}
                for (user, index), each in memory.year_days.items()
            ],
            "holidaySchedules": [
                {"index": index, **asdict(each)}
                for index, each in memory.holidays.items()
            ],
        }

    def _act(self, body: dict[str, Json]) -> dict[str, Json]:
        done = self._acts[body.pop("do")](**body)
        return {"result": done if isinstance(done, bool | int) else None}

    def _add_fault(self, body: dict[str, Json]) -> None:
        command, kind = body.pop("command"), body.pop("kind")
        count = body.pop("count", None)
        self._node.faults.add(command, _FAULTS[kind](**body), count)

    def _reset(self) -> None:
        """Clear users, credentials and faults; nothing is reported of it."""
        self._node.lock.memory.forget_all()
        self._node.lock.memory.holidays.clear()
        self._node.faults.clear()
        self._node.calls.clear()

    def _serve(self, body: dict[str, Json]) -> Awaitable[None] | None:
        """Stop the server, or start it again on its port."""
        wanted = bool(body["running"])
        if wanted is self._is_served:
            return None
        self._is_served = wanted
        return self._server.start() if wanted else self._server.stop()
