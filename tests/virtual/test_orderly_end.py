"""What a start makes of codes that were not where they should be at an orderly end."""

from datetime import timedelta

import pytest

from tests.fakes.provider import FakeProvider, Profile
from tests.integration.engine.house import House

from .watched import rest, tell

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_after_an_orderly_end_no_command_is_presumed_that_was_not_noted(
    profile: Profile,
) -> None:
    """After a power cut there may be one."""
    provider = FakeProvider(profile)

    async def story(house: House) -> None:
        lock = house.add_lock("Front", provider)
        ann = await house.add_person("Ann", "907153")
        await rest(5 * MINUTE)
        assert provider.codes == {1: "907153"}
        provider.disconnect()
        await house.set_pin(ann, "907154")
        await rest(5 * MINUTE)

        await house.reopen()

        (record,) = house.site.locks[lock].page.records.values()
        assert record.revision == 2
        assert not any(
            command.assumed_after_power_loss for command in record.unresolved_commands
        )

    tell(story)
