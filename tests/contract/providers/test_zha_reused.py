"""A ZHA network that one test after the other uses is as new for each of them."""

import pytest

from custom_components.keyholder.model.provider_io import SlotReading

from .benches import Bench
from .catalogue import params
from .codes import SLOT
from .reuse import Homes
from .reused_zha import ReusedZha, number_frames
from .zha_bench import ZhaBench


async def ask(bench: Bench) -> int:
    """Return how often the lock is asked for what is in a slot; the frame has number 7."""
    assert isinstance(bench, ZhaBench)
    number_frames(bench.network, 6)
    await bench.operations()
    assert await bench.provider.async_read([SLOT]) == {SLOT: SlotReading.empty()}
    return await bench.operations()


@pytest.mark.parametrize("bench_name", params("zha"), indirect=True)
async def test_a_frame_like_one_of_the_test_before_is_not_taken_for_it(
    bench: Bench, homes: Homes
) -> None:
    first = await ask(bench)
    await homes.lend("zha", ReusedZha("zha"))
    assert (first, await ask(bench)) == (1, 1)
