"""Order of delivery on a machine that is late."""

import asyncio
import time

from simulators.zigbee.radio_medium import RadioMedium


def be_late() -> None:
    """Let the machine have other things to do."""
    time.sleep(0.02)


async def test_what_was_to_come_later_comes_later_on_a_machine_that_is_late() -> None:
    """An answer was handled in one go with a notification that was sent before it.

    Who waited for the notification had not gone on by then, so the answer was lost.
    """
    medium, reported, ended = RadioMedium(), list[str](), asyncio.Event()
    loop = asyncio.get_running_loop()

    def first() -> None:
        reported.append("first")
        loop.call_soon(reported.append, "what follows from it")

    def second() -> None:
        reported.append("second")
        ended.set()

    medium.after(0.001, first)
    medium.after(0.002, second)
    be_late()
    await asyncio.wait_for(ended.wait(), 5)
    assert reported == ["first", "what follows from it", "second"]
