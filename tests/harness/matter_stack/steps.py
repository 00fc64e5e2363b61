"""Random steps that both locks can take."""

import base64
from typing import Any, Final

from simulators.matter.tests.lock_harness import PIN, RFID, key
from simulators.matter.tests.test_random_commands import PINS, Chance
from tests.harness.matter_stack.pair import Pair

_ALL: Final = 0xFFFE
_ALL_SCHEDULES: Final = 0xFE

type Command = tuple[str, dict[str, Any]]


class Steps(Chance):
    """Commands of one fabric, and people at the door.

    Cards and PINs only: matter.js has room for fingers although the lock has no reader.
    """

    async def take(self, pair: Pair) -> None:
        """Take one step."""
        if self.pick(*range(6)) == 0:
            act = self.pick("enter", "enter", "turn", "push", "program", "delete")
            await pair.act(act, self.pick(*PINS), self.pick(1, 2, 3))
            return
        name, payload = self.pick(
            *[self.command] * 5, self.any_schedule, self.operate, self.clear
        )()
        await pair.command(name, payload)

    def key(self) -> dict[str, int]:
        """Return the address of a PIN or a card."""
        return key(self.index(), self.pick(*[PIN] * 4, RFID))

    def any_schedule(self) -> Command:
        """Return a command about a span or a holiday."""
        user, index = {"userIndex": self.index()}, self.pick(*[1, 2] * 4, 5, 0)
        start = self.pick(800_000_000, 850_000_000)
        span = {
            "localStartTime": start,
            "localEndTime": start + self.pick(3600, 0, -3600),
        }
        everything = self.pick(index, index, _ALL_SCHEDULES)
        commands: list[Command] = [
            ("SetYearDaySchedule", {"yearDayIndex": index, **user, **span}),
            ("GetYearDaySchedule", {"yearDayIndex": index, **user}),
            ("ClearYearDaySchedule", {"yearDayIndex": everything, **user}),
            (
                "SetHolidaySchedule",
                {"holidayIndex": index, **span, "operatingMode": self.pick(0, 1, 4)},
            ),
            ("GetHolidaySchedule", {"holidayIndex": index}),
            ("ClearHolidaySchedule", {"holidayIndex": everything}),
        ]
        return self.pick(*commands)

    def operate(self) -> Command:
        """Return a command that moves the bolt, mostly with a code."""
        pin = base64.b64encode(self.pick(*PINS).encode()).decode()
        code: dict[str, Any] = {"PINCode": pin}
        return self.pick("LockDoor", "UnlockDoor"), self.pick({}, code, code, code)

    def clear(self) -> Command:
        """Return a command that clears much, and seldom everything."""
        if self.seldom():
            everything: list[Command] = [
                ("ClearUser", {"userIndex": _ALL}),
                ("ClearCredential", {"credential": None}),
                ("ClearCredential", {"credential": key(_ALL, self.pick(PIN, RFID))}),
                ("ClearCredential", {"credential": key(0, 0)}),
            ]
            return self.pick(*everything)
        if self.pick(True, False):
            return "ClearUser", {"userIndex": self.index()}
        return "ClearCredential", {"credential": self.key()}
