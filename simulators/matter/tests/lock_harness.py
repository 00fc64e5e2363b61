"""`LockHarness`: one simulated lock, commands to it, and the events it has emitted."""

import base64
from typing import Any

from simulators.matter import OURS, Author, DoorLock, Limits, RefusedError, invoke
from simulators.matter.events import LockEvent
from simulators.matter.keypad_user import KeypadUser
from simulators.matter.terms import LockState

ADD, CLEAR, MODIFY = range(3)
PIN, RFID = 1, 2
CODE, OTHER, THIRD = "907153", "904862", "908431"


class LockHarness:
    """One lock without a network."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.emitted: list[LockEvent] = []
        self.lock = DoorLock(limits or Limits(), on_event=self.emitted.append)
        self.door = KeypadUser(self.lock)

    def do(self, command: str, by: Author = OURS, /, **payload: Any) -> Any:
        """Send a command."""
        return invoke(self.lock, command, payload, by)

    def status(self, command: str, by: Author = OURS, /, **payload: Any) -> Any:
        """Send a command that may be refused; return 0, its status, or status and cluster's."""
        try:
            self.do(command, by, **payload)
        except RefusedError as refused:
            if refused.cluster is None:
                return refused.status
            return refused.status, refused.cluster
        return 0

    def add_user(self, index: int, by: Author = OURS, **fields: Any) -> None:
        """Add a user."""
        self.do("SetUser", by, operationType=ADD, userIndex=index, **fields)

    def change_user(self, index: int, by: Author = OURS, **fields: Any) -> Any:
        """Change a user; return the status."""
        return self.status(
            "SetUser", by, operationType=MODIFY, userIndex=index, **fields
        )

    def put(
        self,
        index: int,
        data: str,
        user: int | None = None,
        by: Author = OURS,
        *,
        kind: int = PIN,
        operation: int = ADD,
    ) -> Any:
        """Store a credential; return the answer."""
        return self.do(
            "SetCredential",
            by,
            operationType=operation,
            credential=key(index, kind),
            credentialData=base64.b64encode(data.encode()).decode(),
            userIndex=user,
        )

    def person(self, index: int, code: str, **fields: Any) -> None:
        """Add a user with a PIN of the same index."""
        self.add_user(index, **fields)
        assert self.put(index, code, index)["status"] == 0

    def user(self, index: int) -> Any:
        """Read a user."""
        return self.do("GetUser", userIndex=index)

    def credential(self, index: int, kind: int = PIN) -> Any:
        """Read what can be read of a credential."""
        return self.do("GetCredentialStatus", credential=key(index, kind))

    def bolt(self) -> LockState | None:
        """Return where the bolt is."""
        return self.lock.state

    def last(self, event_id: int) -> Any:
        """Return the data of the last event of a kind."""
        return [
            reported.data for reported in self.emitted if reported.event_id == event_id
        ][-1]

    def events(self) -> list[int]:
        """Return the kinds of all events, and forget them."""
        kinds = [reported.event_id for reported in self.emitted]
        self.emitted.clear()
        return kinds


def key(index: int, kind: int = PIN) -> dict[str, int]:
    """Return the address of a credential."""
    return {"credentialType": kind, "credentialIndex": index}
