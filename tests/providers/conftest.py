"""Every provider on the bench, for one suite."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
import pytest
import pytest_asyncio

from custom_components.keyholder.providers.registry import async_create_provider
from simulators.matter import Node
from simulators.zigbee import LockNode
from simulators.zigbee2mqtt import Device
from simulators.zwave.network_process import NetworkProcess
from tests.harness.networks.matter import MatterNetwork
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.networks.zigbee2mqtt import Zigbee2MqttNetwork
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.providers.catalogue import FAKES, SWITCHING, ZWAVE, params
from tests.harness.providers.codes import CODE
from tests.harness.providers.matter_harness import MATTER, MatterHarness, small_node
from tests.harness.providers.matter_lock import MatterLock, make_provider
from tests.harness.providers.provider_harness import (
    FakeHarness,
    ProviderHarness,
    ZWaveHarness,
)
from tests.harness.providers.reuse import InstancePool, ReusedInstance
from tests.harness.providers.reused_zha import ReusedZha
from tests.harness.providers.reused_zigbee2mqtt import ReusedZigbee2Mqtt
from tests.harness.providers.reused_zwave import ReusedZWave
from tests.harness.providers.zha_harness import EVERYWHERE, ZHA, ZhaHarness, small_lock
from tests.harness.providers.zha_lock import ZhaLock, subscribed_zha
from tests.harness.providers.zigbee2mqtt_harness import (
    ZIGBEE2MQTT,
    Zigbee2MqttHarness,
    small_device,
)
from tests.harness.providers.zigbee2mqtt_lock import (
    Zigbee2MqttLock,
    subscribed_zigbee2mqtt,
)
from tests.harness.providers.zwave_lock import ZWaveLock, subscribed_zwave

OURS: Final = "custom_components.keyholder"


REUSED: Final = frozenset((*ZHA, *ZIGBEE2MQTT, *ZWAVE))
"""Locks of the bench whose networks are used by one test after the other.

The others are set up in no time.
"""
REUSING: Final = frozenset({"zha_lock", "zigbee2mqtt_lock"})
"""Fixtures of tests that use such a network, beside `bench` and `on`."""

type Network = ZWaveNetwork | MatterNetwork | ZhaNetwork | Zigbee2MqttNetwork


async def make_bench(name: str, network: Network | None) -> ProviderHarness:
    """Return a lock that is as new."""
    if network is None:
        return FakeHarness((FAKES | SWITCHING)[name])
    if isinstance(network, MatterNetwork):
        lock = await async_create_provider(network.hass, network.lock_entity())
        return MatterHarness(MATTER[name], lock, network)
    if isinstance(network, ZhaNetwork):
        lock = await async_create_provider(network.hass, network.lock_entity())
        return ZhaHarness(ZHA[name], lock, network)
    if isinstance(network, Zigbee2MqttNetwork):
        lock = await async_create_provider(network.hass, network.lock_entity())
        return Zigbee2MqttHarness(ZIGBEE2MQTT[name], lock, network)
    node, traits = ZWAVE[name]
    await network.reset(node)
    await network.settle(node)
    provider = await async_create_provider(network.hass, network.lock_entity(node))
    return ZWaveHarness(traits, provider, network, node)


@pytest.fixture(
    scope="session", params=params(*FAKES, *MATTER, *EVERYWHERE, *ZIGBEE2MQTT, *ZWAVE)
)
def harness_name(request: pytest.FixtureRequest) -> str:
    """Say which provider is on the bench; a test may choose others."""
    name = str(request.param)
    if name in ZWAVE:
        # Before Home Assistant counts the threads that its test begins with
        request.getfixturevalue("zwave_rig")
    return name


@pytest.fixture
def matter_nodes() -> list[Node]:
    """A lock of ten slots, as all are on the bench."""
    return [small_node()]


@pytest.fixture
def zigbee_locks(request: pytest.FixtureRequest) -> list[LockNode]:
    """A lock of ten slots, and as it is called on the bench where there is one."""
    if "harness_name" in request.fixturenames:
        return [small_lock(request.getfixturevalue("harness_name"))]
    return [small_lock()]


@pytest.fixture
def zigbee2mqtt_devices(request: pytest.FixtureRequest) -> list[Device]:
    """A lock of few slots, and as it is set for the bench where there is one."""
    if "harness_name" in request.fixturenames:
        return [small_device(request.getfixturevalue("harness_name"))]
    return [small_device()]


@pytest.fixture
def network(request: pytest.FixtureRequest, harness_name: str) -> Network | None:
    """The network behind the bench, if the lock has one."""
    if harness_name in MATTER:
        matter: MatterNetwork = request.getfixturevalue("matter_network")
        return matter
    if harness_name in ZHA:
        zha: ZhaNetwork = request.getfixturevalue("zha_network")
        return zha
    if harness_name in ZIGBEE2MQTT:
        zigbee2mqtt: Zigbee2MqttNetwork = request.getfixturevalue("zigbee2mqtt_network")
        return zigbee2mqtt
    if harness_name not in ZWAVE:
        return None
    found: ZWaveNetwork = request.getfixturevalue("zwave_network")
    return found


@pytest.fixture
def harness(request: pytest.FixtureRequest, harness_name: str) -> ProviderHarness:
    """The lock under test, probed; where set-up takes long, others use the network too."""
    name = "reused_harness" if harness_name in REUSED else "own_harness"
    found: ProviderHarness = request.getfixturevalue(name)
    return found


@pytest.fixture
async def own_harness(
    hass: HomeAssistant,
    harness_name: str,
    network: Network | None,
    logs: pytest.LogCaptureFixture,
) -> AsyncIterator[ProviderHarness]:
    """The same, for tests that do something to the way to the lock."""
    async with probed_bench(harness_name, network) as harness:
        yield harness


@pytest_asyncio.fixture(loop_scope="session")
async def reused_harness(
    used_instance: ReusedInstance[Network],
    harness_name: str,
    logs: pytest.LogCaptureFixture,
) -> AsyncIterator[ProviderHarness]:
    """The same, in a network that others use as well."""
    async with probed_bench(harness_name, used_instance.network) as harness:
        yield harness
    if isinstance(harness, ZWaveHarness):
        # Home Assistant has to know of the reset before it is used again
        await harness.network.settle(harness.node)


@asynccontextmanager
async def probed_bench(
    name: str, network: Network | None
) -> AsyncIterator[ProviderHarness]:
    """Return a lock that is as new, and probed."""
    harness = await make_bench(name, network)
    await harness.provider.async_probe()
    await harness.operations()
    yield harness
    if isinstance(harness, ZWaveHarness):
        await harness.network.reset(harness.node)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def instance_pool() -> AsyncIterator[InstancePool]:
    """Every Home Assistant that is used by one test after the other."""
    homes = InstancePool()
    yield homes
    await homes.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def lent_instance(
    request: pytest.FixtureRequest, instance_pool: InstancePool, socket_enabled: None
) -> ReusedInstance[Any]:
    """The Home Assistant of the test's lock, as new."""
    kinds = (f"{each}_kind" for each in REUSING if each in request.fixturenames)
    kind = "harness_name" if "harness" in request.fixturenames else next(kinds, None)
    name: str = request.getfixturevalue(kind) if kind else ""
    if name in ZHA:
        return await instance_pool.lend(name, ReusedZha(name))
    if name in ZIGBEE2MQTT:
        return await instance_pool.lend(name, ReusedZigbee2Mqtt(name))
    # All its locks are in one network
    return await instance_pool.lend(
        "zwave", ReusedZWave(request.getfixturevalue("zwave_rig"))
    )


@pytest_asyncio.fixture(loop_scope="session")
async def nobody_else_on_zwave(instance_pool: InstancePool) -> None:
    """Leave the simulator to the test, with which it can do what it likes.

    A server that is restarted waits for its clients to answer, and one that is not in
    use does not.
    """
    await instance_pool.stop("zwave")


@pytest.fixture
def zwave_network(
    nobody_else_on_zwave: None, zwave_network: ZWaveNetwork
) -> ZWaveNetwork:
    """The test network in a Home Assistant of the test's own."""
    return zwave_network


@pytest_asyncio.fixture(loop_scope="session")
async def used_instance(
    lent_instance: ReusedInstance[Any], verify_cleanup: None
) -> AsyncIterator[ReusedInstance[Any]]:
    """The same, in use by the test."""
    async with lent_instance.used():
        yield lent_instance


@pytest.fixture(autouse=True)
def verify_cleanup(request: pytest.FixtureRequest) -> None:
    """Let the plugin look for what a test leaves behind, but for what is lent to it."""
    if "zwave_network" in request.fixturenames:
        # it outlives the test; pytest does not see it behind a fixture of the same name
        request.getfixturevalue("zwave_rig")
    if is_reusing(request.node):
        request.getfixturevalue("lent_instance")
    request.getfixturevalue("verify_cleanup")


def is_reusing(item: pytest.Item) -> bool:
    """Return whether a test uses a network that others use as well."""
    names = getattr(item, "fixturenames", ())
    call = getattr(item, "callspec", None)
    chosen = call.params if call is not None else {}
    if "harness" in names:
        return chosen["harness_name"] in REUSED
    return "lock" in chosen or not REUSING.isdisjoint(names)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder that share a Home Assistant in one loop."""
    for item in items:
        if item.path.parent == Path(__file__).parent and is_reusing(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything we log; no code is ever in it."""
    caplog.set_level(logging.DEBUG, OURS)
    yield caplog
    for record in caplog.get_records("call"):
        if record.name.startswith(OURS):
            text = f"{record.getMessage()} {record.exc_text}"
            assert not CODE.search(text), "there is a code in a log"


@pytest_asyncio.fixture(loop_scope="session")
async def lock(
    request: pytest.FixtureRequest,
    zwave_rig: NetworkProcess,
    used_instance: ReusedInstance[ZWaveNetwork],
    logs: pytest.LogCaptureFixture,
) -> AsyncIterator[ZWaveLock]:
    """The lock of the node that the test is parametrised with, in a reused network."""
    async with subscribed_zwave(used_instance.network, request.param) as lock:
        yield lock
    # Home Assistant has to know of the reset before it is used again
    await lock.network.settle(lock.node)


@pytest.fixture
async def own_lock(
    request: pytest.FixtureRequest,
    zwave_network: ZWaveNetwork,
    logs: pytest.LogCaptureFixture,
) -> AsyncIterator[ZWaveLock]:
    """The same, for tests that do something to the network, or to Home Assistant."""
    async with subscribed_zwave(zwave_network, request.param) as lock:
        yield lock


@pytest.fixture
async def matter_lock(
    matter_network: MatterNetwork, logs: pytest.LogCaptureFixture
) -> AsyncIterator[MatterLock]:
    """A Matter lock with a subscription to it."""
    lock = MatterLock(matter_network, await make_provider(matter_network))
    unsubscribe = lock.provider.subscribe(lock.events.append)
    yield lock
    unsubscribe()


@pytest.fixture
def zha_lock_kind() -> str:
    """Which lock of the bench `zha_lock` is; a module may choose another."""
    return "zha"


@pytest_asyncio.fixture(loop_scope="session")
async def zha_lock(
    used_instance: ReusedInstance[ZhaNetwork], logs: pytest.LogCaptureFixture
) -> AsyncIterator[ZhaLock]:
    """A Zigbee lock with a subscription to it, in a network that others use as well."""
    async with subscribed_zha(used_instance.network) as lock:
        yield lock


@pytest.fixture
async def own_zha_lock(
    zha_network: ZhaNetwork, logs: pytest.LogCaptureFixture
) -> AsyncIterator[ZhaLock]:
    """One for tests that do something to the network, or to Home Assistant."""
    async with subscribed_zha(zha_network) as lock:
        yield lock


@pytest.fixture
def zigbee2mqtt_lock_kind() -> str:
    """Which lock of the bench `zigbee2mqtt_lock` is."""
    return "zigbee2mqtt"


@pytest_asyncio.fixture(loop_scope="session")
async def zigbee2mqtt_lock(
    used_instance: ReusedInstance[Zigbee2MqttNetwork], logs: pytest.LogCaptureFixture
) -> AsyncIterator[Zigbee2MqttLock]:
    """A lock of Zigbee2MQTT with a subscription to it, in a reused network."""
    async with subscribed_zigbee2mqtt(used_instance.network) as lock:
        yield lock


@pytest.fixture
async def own_zigbee2mqtt_lock(
    zigbee2mqtt_network: Zigbee2MqttNetwork, logs: pytest.LogCaptureFixture
) -> AsyncIterator[Zigbee2MqttLock]:
    """The same, for tests that do something to the network, or to Home Assistant."""
    async with subscribed_zigbee2mqtt(zigbee2mqtt_network) as lock:
        yield lock
