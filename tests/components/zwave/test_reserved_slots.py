"""Slots that a lock keeps to itself, on the real driver."""

import pytest

from tests.harness.site.zwave import ZWaveSite
from tests.harness.site.zwave_locks import PIN, PLAIN

pytestmark = pytest.mark.simulator

RESERVED = 4


async def test_the_first_slot_that_the_lock_does_have_is_used(site: ZWaveSite) -> None:
    """Clause 16.8: "status not available" is neither empty, nor taken, nor silence."""
    await site.manage(PLAIN)
    await site.network.faults(PLAIN, reservedSlots=RESERVED)

    ann = await site.add("Ann", PIN, PLAIN)

    door = site.door(ann, PLAIN)
    await door.until_proven("present")
    assert door.slot is not None
    assert door.slot.attributes["slot"] == RESERVED + 1
    assert (await site.network.codes(PLAIN))[RESERVED + 1] == PIN
    assert site.issues == set()
