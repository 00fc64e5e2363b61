"""The fake and the real lock side by side: what is done to one is done to the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulators.matter import Node
from simulators.matter.real import VirtualLock
from simulators.matter.terms import DoorState
from tests.harness.matter_stack.conversation import Conversation, Event

_OPERATION_ERROR: Final = 3
_NOBODY: Final = {"userIndex": None, "credentials": None}


@dataclass
class Pair:
    """Two locks that are to answer and tell the same."""

    fake: Conversation
    fake_node: Node
    real: Conversation
    real_lock: VirtualLock
    differences: list[str] = field(default_factory=list)

    async def command(
        self, name: str, payload: Mapping[str, Any], *, timed: int | None = 10000
    ) -> None:
        """Send a command to both."""
        fake = await self.fake.command(name, payload, timed=timed)
        real = await self.real.command(name, payload, timed=timed)
        if fake != real:
            self.differences.append(f"{name} {payload}: fake {fake}, real {real}")

    async def act(self, act: str, pin: str, index: int) -> None:
        """Do something at both doors, where it is possible."""
        door, memory = self.fake_node.door, self.fake_node.lock.memory
        match act:
            case "enter":
                taken = door.enter(pin)
                if await self.real_lock.act("enter", pin=pin) != taken:
                    self.differences.append(f"enter {pin}: fake {taken}")
            case "turn":
                await self._turn(unlock=index > 1)
            case "program":
                taken = index in memory.users or (1, index) in memory.credentials
                if taken or memory.find(1, pin.encode()) is not None:
                    return
                if self.fake_node.lock.limits.fits(1, pin.encode()):
                    door.program(pin, index, user=index)
                    await self.real_lock.act("program", pin=pin, index=index)
            case "push":
                state = DoorState.OPEN if index == 1 else DoorState.CLOSED
                if self.fake_node.lock.door != state:  # it tells what is news
                    door.push(state)
                    await self.real_lock.act("push", state=state)
            case "delete" if (1, index) in memory.credentials:
                door.delete_pin(index)
                await self.real_lock.act("deletePin", index=index)

    async def compare_what_was_told(self) -> int:
        """Compare all events and the bolt; return how many events there were."""
        # After the last turn nothing else can come.
        for unlock in (True, False):
            await self._turn(unlock=unlock)
        # and what comes before an answer has been received
        await self.fake.lock_state()
        await self.real.until_events(len(self.fake.events))
        fake = [_as_matter_js_tells(event) for event in self.fake.events]
        # Numbers are the order in which things happened. matter.js stores events side by
        # side: under load two may be told the other way round.
        reported = zip(self.real.numbers, self.real.events, strict=True)
        real = [event for _, event in sorted(reported, key=lambda each: each[0])]
        for number, (one, other) in enumerate(zip(fake, real, strict=False)):
            if one != other:
                self.differences.append(f"event {number}: fake {one}, real {other}")
                break
        if len(fake) != len(real):
            self.differences.append(f"events: fake {len(fake)}, real {len(real)}")
        if await self.real.lock_state() != await self.fake.lock_state():
            self.differences.append("the bolt is elsewhere")
        return len(fake)

    async def _turn(self, *, unlock: bool) -> None:
        self.fake_node.door.turn(unlock=unlock)
        await self.real_lock.act("turn", unlock=unlock)


def _as_matter_js_tells(event: Event) -> Event:
    """By radio, matter.js names nobody who was refused; the specification does."""
    if event.event_id == _OPERATION_ERROR and event.data["operationSource"] == 7:
        return Event(event.event_id, {**event.data, **_NOBODY})
    return event
