"""Driver of the demo: reads and operates its locks, and waits for what Keyholder does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from simulators.zigbee.stick_process import StickProcess

from .demo_site import DemoSite
from .demo_stack import STUDIO, WORKSHOP, DemoStack, MatterStack

FRONT, BACK, GARAGE, SHED = "Front door", "Back door", "Garage", "Shed"
NODES: Final = {FRONT: 2, BACK: 3, GARAGE: 4, SHED: 5}
"""The Z-Wave locks."""
LOCKS: Final = (*NODES, STUDIO, WORKSHOP)
ANN_PIN: Final = "907153"
ANN_NEW_PIN: Final = "908264"
UNMANAGED_PIN: Final = "9047"
"""On the front door before Keyholder comes; see networks/demo.json."""
KEYPAD_PIN: Final = "909375"
MIA_PIN: Final = "905286"

SOON: Final = 15.0
"""Seconds for what is waited for."""
_PLATFORMS: Final = {STUDIO: "matter", WORKSHOP: "zha"}
_MASKED: Final = (BACK, STUDIO)
"""Locks that report presence of a code, not its value."""
_OF_CODES: Final = ("SetCredential", "ClearCredential")
_OF_ZIGBEE_CODES: Final = ("SET_PIN", "CLEAR_PIN", "CLEAR_ALL_PINS")


class CheckFailedError(Exception):
    """A step of the scenario found something other than it expects."""


def check(holds: object, otherwise: str) -> None:
    """Raise CheckFailedError unless it holds."""
    if not holds:
        raise CheckFailedError(otherwise)


@dataclass
class DemoDriver:
    """Reads and operates the locks of a demo; each step of the scenario is handed one."""

    stack: DemoStack
    site: DemoSite
    ben_pin: str = ""
    _matter_commands: int = 0
    _zigbee_changes: int = 0

    @property
    def matter(self) -> MatterStack:
        """The Matter lock and its server, of a demo that has one."""
        assert self.stack.matter is not None, "a demo without Matter"
        return self.stack.matter

    @property
    def zigbee(self) -> StickProcess:
        """The stick with the Zigbee lock, of a demo that has one."""
        assert self.stack.zigbee is not None, "a demo without Zigbee"
        return self.stack.zigbee

    async def truth(self, lock: str) -> dict[int, str]:
        """Return the codes that a lock holds, by slot, read past Home Assistant."""
        if lock == STUDIO:
            return await self.matter.lock.pins()
        if lock == WORKSHOP:
            return await self.zigbee.pins()
        truth = await asyncio.to_thread(self.stack.zwave.truth, NODES[lock])
        return {slot: code["code"] for slot, code in truth["codes"].items()}

    async def act(self, lock: str, do: str, **details: int | str) -> None:
        """Do something at the door."""
        await asyncio.to_thread(
            lambda: self.stack.zwave.act(NODES[lock], do, **details)
        )

    async def program(self, lock: str, slot: int, code: str) -> None:
        """Store a code at the keypad of a Z-Wave lock or the Zigbee lock."""
        if lock == WORKSHOP:
            await self.zigbee.do("program", user=slot, pin=code)
        else:
            await self.act(lock, "keypad_set_code", slot=slot, code=code)

    async def faults(self, lock: str, **faults: bool | int | str) -> None:
        """Change the faults of a Z-Wave lock."""
        await asyncio.to_thread(lambda: self.stack.zwave.faults(NODES[lock], **faults))

    async def enter(self, lock: str, pin: str) -> bool:
        """Type a code at the Matter or the Zigbee lock; return whether it was taken."""
        if lock == STUDIO:
            return bool(await self.matter.lock.act("enter", pin=pin))
        assert lock == WORKSHOP, "a Z-Wave lock takes the slot that is used"
        return bool(await self.zigbee.do("enter", pin=pin))

    async def entity_of_lock(self, lock: str) -> str:
        """Return the lock entity of Z-Wave JS, Matter or ZHA."""
        platform, mark = _PLATFORMS.get(lock, "zwave_js"), ""
        if platform == "zwave_js":
            mark = f".{NODES[lock]}-"
        found: str = next(
            entity["entity_id"]
            for entity in await self.site.client.entities()
            if entity["platform"] == platform
            and entity["entity_id"].startswith("lock.")
            and mark in entity["unique_id"]
        )
        return found

    async def reset_counts(self) -> None:
        """Start counting anew what the locks receive."""
        for node in NODES.values():
            await asyncio.to_thread(self.stack.zwave.reset_counts, node)
        if self.stack.matter is not None:
            self._matter_commands = len(await self.matter.lock.received())
        if self.stack.zigbee is not None:
            await self.zigbee.do("received")
            self._zigbee_changes = 0

    async def changes(self) -> int:
        """Return how many codes were written or cleared since."""
        counts = [
            await asyncio.to_thread(self.stack.zwave.counts, node)
            for node in NODES.values()
        ]
        changes = sum(count["writes"] + count["clears"] for count in counts)
        if self.stack.matter is not None:
            received = (await self.matter.lock.received())[self._matter_commands :]
            changes += sum(each["command"] in _OF_CODES for each in received)
        if self.stack.zigbee is not None:
            await self._count_zigbee_changes()
            changes += self._zigbee_changes
        return changes

    async def restart_stick(self) -> None:
        """Cut the power of stick and Zigbee lock; while Home Assistant is not running."""
        await self._count_zigbee_changes()
        await self.zigbee.kill()
        await self.stack.start_stick()

    async def _count_zigbee_changes(self) -> None:
        """Count the changes that the Zigbee lock has received since the last call."""
        received = await self.zigbee.do("received")
        self._zigbee_changes += sum(each in _OF_ZIGBEE_CODES for each in received)

    async def until(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait until it is so, or raise CheckFailedError."""
        try:
            async with asyncio.timeout(SOON):
                while not await condition():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise CheckFailedError(f"not in {SOON:.0f} s: {what}") from None

    async def until_codes(self, lock: str, *codes: str) -> None:
        """Wait until exactly these codes are in a lock."""

        async def holds() -> bool:
            return sorted((await self.truth(lock)).values()) == sorted(codes)

        await self.until(holds, f"{len(codes)} codes on {lock}")

    async def in_sync(self, person: str, *locks: str) -> None:
        """Wait until a person's codes are verified on these locks."""
        for lock in locks:
            state = await self.site.wait_for_slot(person, lock, "in_sync", seconds=SOON)
            grade = "presence" if lock in _MASKED else "value"
            check(
                state.attributes["evidence"] == grade,
                f"{lock} shows {state.attributes['evidence']}, not {grade}",
            )
