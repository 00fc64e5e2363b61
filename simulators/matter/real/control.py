"""Client of the control channel of a Matter lock, virtual or on the fake server."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

from simulators.common.control_channel import ControlChannelError, send_request

from .errors import StackError


class User(TypedDict):
    """A user as matter.js keeps it."""

    userIndex: int
    userName: str
    userUniqueId: int | None
    userStatus: int
    userType: int
    credentials: list[dict[str, int]]
    creatorFabricIndex: int | None


class Credential(TypedDict):
    """A credential with what it is made of."""

    credentialType: int
    credentialIndex: int
    creatorFabricIndex: int | None
    data: str


class Dump(TypedDict):
    """All that the lock holds."""

    lockState: int
    doorState: int
    users: list[User]
    credentials: list[Credential]
    weekDaySchedules: list[dict[str, int]]
    yearDaySchedules: list[dict[str, int]]
    holidaySchedules: list[dict[str, int]]


class Received(TypedDict):
    """A command that the lock received."""

    command: str
    fault: str | None
    at: NotRequired[int]


class VirtualLock:
    """Client of the control channel of one lock: what it holds, actions, faults."""

    def __init__(self, url: str) -> None:
        """Speak with the control channel at this address."""
        self.url = url

    async def pairing_code(self) -> str:
        """Return the code with which a controller commissions the lock.

        Raises:
            StackError: the lock ended, or is not ready in 90 seconds.
        """
        return cast(dict[str, str], await self._ask("GET", "/pairing"))["code"]

    async def dump(self) -> Dump:
        """Return what the lock really holds."""
        return cast(Dump, await self._ask("GET", "/dump"))

    async def pins(self) -> dict[int, str]:
        """Return the PINs by their index."""
        held = (await self.dump())["credentials"]
        return {
            one["credentialIndex"]: one["data"]
            for one in held
            if one["credentialType"] == 1
        }

    async def act(self, do: str, **details: int | str | bool) -> Any:
        """Do something at the door: enter, turn, jam, sound, push, program, deletePin."""
        answer = cast(
            dict[str, Any], await self._ask("POST", "/act", {"do": do, **details})
        )
        return answer["result"]

    async def fault(self, command: str, kind: str, **details: Any) -> None:
        """Let something go wrong with a command; see faults.mjs."""
        await self._ask(
            "POST", "/faults", {"command": command, "kind": kind, **details}
        )

    async def received(self) -> list[Received]:
        """Return all commands that came since the last reset, without what was in them."""
        return cast(list[Received], await self._ask("GET", "/received"))

    async def reset(self) -> None:
        """Clear users, credentials and faults; nothing is reported of it."""
        await self._ask("POST", "/reset", {})

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> object:
        try:
            return cast(object, await send_request(self.url, method, path, body))
        except ControlChannelError as err:
            raise StackError(f"the virtual lock: {err}") from err
