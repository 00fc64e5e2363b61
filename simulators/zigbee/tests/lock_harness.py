"""`LockHarness`: one simulated lock, commands to it, and the events it has emitted."""

from simulators.zigbee import Command, DoorLock, Limits, RefusedError, invoke
from simulators.zigbee.events import Alarmed, LockEvent, Operated, Programmed
from simulators.zigbee.fields import text, u8, u16, u32
from simulators.zigbee.keypad_user import KeypadUser
from simulators.zigbee.terms import LockState

CODE, OTHER, THIRD = "907153", "904862", "908431"
ENABLED, DISABLED = 1, 3
UNRESTRICTED, YEAR_DAY, WEEK_DAY, MASTER, NON_ACCESS = range(5)


class LockHarness:
    """One lock without a network."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.emitted: list[LockEvent] = []
        self.lock = DoorLock(limits or Limits(), on_event=self.emitted.append)
        self.door = KeypadUser(self.lock)

    def do(self, command: Command, payload: bytes = b"") -> bytes:
        """Send a command; return the answer."""
        return invoke(self.lock, command, payload)

    def refusal(self, command: Command, payload: bytes = b"") -> int:
        """Send a command that is answered by a DefaultResponse; return its status."""
        try:
            self.do(command, payload)
        except RefusedError as refused:
            return refused.status
        raise AssertionError("it was not refused")

    def put(
        self,
        user: int,
        pin: str,
        *,
        status: int = ENABLED,
        kind: int = UNRESTRICTED,
        command: Command = Command.SET_PIN,
    ) -> int:
        """Store a PIN; return the status."""
        payload = u16(user) + u8(status) + u8(kind) + text(pin.encode())
        return self.do(command, payload)[0]

    def show(
        self, user: int, command: Command = Command.GET_PIN
    ) -> tuple[int, int, bytes]:
        """Read a PIN; return status, type and digits."""
        answer = self.do(command, u16(user))
        assert answer[:2] == u16(user)
        assert answer[4] == len(answer) - 5
        return answer[2], answer[3], answer[5:]

    def clear(self, user: int, command: Command = Command.CLEAR_PIN) -> int:
        """Remove a PIN; return the status."""
        return self.do(command, u16(user))[0]

    def week_day(
        self,
        user: int,
        days: int,
        start: tuple[int, int],
        end: tuple[int, int],
        number: int = 0,
    ) -> int:
        """Set hours; return the status."""
        payload = u8(number) + u16(user) + bytes([days, *start, *end])
        return self.do(Command.SET_WEEK_DAY, payload)[0]

    def year_day(self, user: int, start: int, end: int, number: int = 0) -> int:
        """Set a span; return the status."""
        payload = u8(number) + u16(user) + u32(start) + u32(end)
        return self.do(Command.SET_YEAR_DAY, payload)[0]

    def bolt(self) -> LockState:
        """Return where the bolt is."""
        return self.lock.state

    def events(self) -> list[tuple[int, int, int]]:
        """Return source, number and user of all emitted events, and clear them."""
        reported, self.emitted[:] = list(self.emitted), []
        return [_short(one) for one in reported]


def _short(reported: LockEvent) -> tuple[int, int, int]:
    match reported:
        case Operated():
            return reported.source, reported.operation, reported.user
        case Programmed():
            return reported.source, reported.change, reported.user
        case Alarmed():
            return -1, reported.alarm, 0
