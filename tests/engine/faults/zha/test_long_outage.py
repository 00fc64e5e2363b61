"""What a dead Zigbee lock costs: each try of ours is three of zigpy's."""

import asyncio
from itertools import product
from typing import Final

import pytest

from simulators.zigbee import DoorLock, Identity, Limits, LockNode, Presence, Sleep
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.faults.zha.command_recorder import CommandRecorder
from tests.harness.instances.zha import zha_instance
from tests.harness.sampling import sample
from tests.harness.site.site_driver import PIN

DAY: Final = 24 * 3600
AT_MOST: Final = 150
"""Commands on the air in 24 hours: fifty of ours."""


@pytest.mark.parametrize(
    ("presence", "sleep", "revoked"),
    sample(
        [
            *product(
                (Presence.UNREACHABLE, Presence.NO_ANSWER),
                (None, Sleep()),
                (True, False),
            )
        ],
        3,
    ),
)
def test_a_dead_lock_is_tried_ever_more_rarely_until_done(
    presence: Presence, sleep: Sleep | None, revoked: bool
) -> None:
    async def scenario() -> None:
        identity = Identity(manufacturer="Sim", model="Front")
        node = LockNode(DoorLock(Limits(pins=11)), identity, sleep=sleep)
        async with zha_instance([node]) as instance:
            site = instance.site
            await site.manage()
            ann = await site.add("Ann", PIN, enabled=revoked)
            await asyncio.sleep(90)
            wire = CommandRecorder(instance.mesh)
            node.presence = presence
            await ann.switch(on=not revoked)

            await asyncio.sleep(DAY)
            assert sum(wire.commands(node).values()) <= AT_MOST
            assert ann.slot is not None
            assert ann.slot.attributes["reason"] == "lock_unreachable"
            assert ann.slot.state != "in_sync"
            wire.forget(node)
            await asyncio.sleep(DAY)
            assert sum(wire.commands(node).values()) <= AT_MOST

            node.presence = Presence.ONLINE
            node.join()
            await asyncio.sleep(120)
            assert ann.slot.state == "in_sync"
            assert list(node.pins().values()) == ([] if revoked else [PIN])

    run_on_virtual_clock(scenario())
