"""Tells what happened at a door, and what people were told."""

from collections.abc import Awaitable, Callable

from custom_components.keyholder.model.autolock import AutolockNoticeType
from tests.virtual.run import run_virtually

from .door import FrontDoor, Home, home

type Story = Callable[[Home], Awaitable[None]]


def at_the_door(story: Story, door: FrontDoor | None = None) -> FrontDoor:
    """Return the door after the story."""
    door = door or FrontDoor()

    async def run() -> None:
        async with home(door) as there:
            await story(there)

    run_virtually(run())
    return door


def notices(door: FrontDoor) -> list[AutolockNoticeType]:
    """Return what was told, in order."""
    return [told.notice for told in door.told]
