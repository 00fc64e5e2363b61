"""Empty slots are found for several people before the first of them is written."""

from datetime import timedelta

import pytest

from tests.fakes.provider import FakeProvider
from tests.integration.engine.house import House

from .watched import rest, tell


@pytest.mark.parametrize(("seconds", "found"), [(4.5, 2), (5, 1)])
def test_slots_are_looked_for_only_while_the_first_is_fresh_for_long_enough(
    seconds: float, found: int
) -> None:
    """A reading holds for ten seconds, and the write still has to have its turn."""
    provider = FakeProvider()
    provider.faults.answers_after = seconds

    async def story(house: House) -> None:
        for number in range(3):
            await house.add_person(str(number), f"90715{number}")
        house.add_lock("Front", provider)
        while not provider.counts.writes:
            await rest(timedelta(seconds=0.25))
        assert provider.counts.reads == found

    tell(story)
