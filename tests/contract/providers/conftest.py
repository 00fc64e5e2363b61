"""Every provider on the bench, for one suite."""

from collections.abc import AsyncIterator, Iterator
import logging
import re
from typing import Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.providers.registry import async_create_provider
from tests.fixtures.zwave import ZWaveNetwork

from .benches import Bench, FakeBench, Traits, ZWaveBench

OURS: Final = "custom_components.keyholder"
CODE: Final = re.compile(r"(?<![0-9A-Za-z])0*90\d\d(?!\d)")
"""What every code of the tests looks like."""

VALUE: Final = Traits(evidence=Evidence.VALUE)
MASKED: Final = Traits(evidence=Evidence.VALUE, masks=True)
USERS: Final = Traits(evidence=Evidence.VALUE, write_new=2)

FAKES: Final = {
    "fake readable": VALUE,
    "fake masking": Traits(evidence=Evidence.PRESENCE),
    "fake write-only": Traits(evidence=Evidence.ACKNOWLEDGED),
}
ZWAVE: Final = {
    # Nodes of simulators/zwave/networks/test.json
    "zwave uc1": (2, VALUE),
    "zwave uc2": (3, VALUE),
    "zwave uc2-sup": (4, VALUE),
    "zwave u3c": (5, USERS),
    "zwave uc1-sup s2": (6, VALUE),
    "zwave u3c-noreadback": (7, Traits(evidence=Evidence.PRESENCE, write_new=2)),
    "zwave uc1 masked": (8, MASKED),
    "zwave uc2 masked": (9, MASKED),
    "zwave u3c s2": (10, USERS),
}
REPRESENTATIVE: Final = ("zwave uc1", "zwave u3c", "zwave uc1-sup s2", *FAKES)
"""One of each way to fail, for what takes the driver seconds."""


def params(*names: str) -> list[object]:
    """Return these providers as parameters."""
    return [
        pytest.param(name, id=name, marks=pytest.mark.simulator)
        if name in ZWAVE
        else pytest.param(name, id=name)
        for name in names
    ]


async def make_bench(name: str, network: ZWaveNetwork | None) -> Bench:
    """Return a lock that is as new."""
    if network is None:
        return FakeBench(FAKES[name])
    node, traits = ZWAVE[name]
    await network.reset(node)
    await network.settle(node)
    provider = await async_create_provider(network.hass, network.lock_entity(node))
    return ZWaveBench(traits, provider, network, node)


@pytest.fixture(scope="session", params=params(*FAKES, *ZWAVE))
def bench_name(request: pytest.FixtureRequest) -> str:
    """Say which provider is on the bench; a test may choose others."""
    name = str(request.param)
    if name in ZWAVE:
        # Before Home Assistant counts the threads that its test begins with
        request.getfixturevalue("zwave_rig")
    return name


@pytest.fixture
def network(request: pytest.FixtureRequest, bench_name: str) -> ZWaveNetwork | None:
    """The network behind the bench, if the lock has one."""
    if bench_name not in ZWAVE:
        return None
    found: ZWaveNetwork = request.getfixturevalue("zwave_network")
    return found


@pytest.fixture
async def bench(
    hass: HomeAssistant,
    bench_name: str,
    network: ZWaveNetwork | None,
    logs: pytest.LogCaptureFixture,
) -> AsyncIterator[Bench]:
    """The lock under test, probed."""
    bench = await make_bench(bench_name, network)
    await bench.provider.async_probe()
    await bench.operations()
    yield bench
    if isinstance(bench, ZWaveBench):
        await bench.network.reset(bench.node)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything we log; no code is ever in it."""
    caplog.set_level(logging.DEBUG, OURS)
    yield caplog
    for record in caplog.get_records("call"):
        if record.name.startswith(OURS):
            text = f"{record.getMessage()} {record.exc_text}"
            assert not CODE.search(text), "there is a code in a log"
