"""A ZHA network that one test after the other uses is as new for each of them."""

import pytest

from custom_components.keyholder.model.provider_io import SlotReading
from tests.harness.providers.catalogue import params
from tests.harness.providers.codes import SLOT
from tests.harness.providers.provider_harness import ProviderHarness
from tests.harness.providers.reuse import InstancePool
from tests.harness.providers.reused_zha import ReusedZha, number_frames
from tests.harness.providers.zha_harness import ZhaHarness


async def ask(harness: ProviderHarness) -> int:
    """Return how often the lock is asked for what is in a slot; the frame has number 7."""
    assert isinstance(harness, ZhaHarness)
    number_frames(harness.network, 6)
    await harness.operations()
    assert await harness.provider.async_read([SLOT]) == {SLOT: SlotReading.empty()}
    return await harness.operations()


@pytest.mark.parametrize("harness_name", params("zha"), indirect=True)
async def test_a_frame_like_one_of_the_test_before_is_not_taken_for_it(
    harness: ProviderHarness, instance_pool: InstancePool
) -> None:
    first = await ask(harness)
    await instance_pool.lend("zha", ReusedZha("zha"))
    assert (first, await ask(harness)) == (1, 1)
