"""Every provider on the bench, for one suite."""

from collections.abc import AsyncIterator, Iterator
import logging
from typing import Final

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zwave_js.provider import ZWaveJsProvider
from simulators.matter import Node
from simulators.zigbee import LockNode
from simulators.zigbee2mqtt import Device
from tests.fixtures.matter import MatterNetwork
from tests.fixtures.zha import ZhaNetwork
from tests.fixtures.zigbee2mqtt import Zigbee2MqttNetwork
from tests.fixtures.zwave import ZWaveNetwork
from tests.waiting import until

from .benches import Bench, FakeBench, ZWaveBench
from .catalogue import FAKES, SWITCHING, ZWAVE, params
from .codes import CODE
from .matter_bench import MATTER, MatterBench, small_node
from .matter_lock import MatterLock, make_provider
from .zha_bench import EVERYWHERE, ZHA, ZhaBench, small_lock
from .zha_lock import ZhaLock, make_zha_provider
from .zigbee2mqtt_bench import ZIGBEE2MQTT, Zigbee2MqttBench, small_device
from .zigbee2mqtt_lock import (
    Zigbee2MqttLock,
    make_provider as make_zigbee2mqtt_provider,
)
from .zwave_lock import ZWaveLock

OURS: Final = "custom_components.keyholder"


type Network = ZWaveNetwork | MatterNetwork | ZhaNetwork | Zigbee2MqttNetwork


async def make_bench(name: str, network: Network | None) -> Bench:
    """Return a lock that is as new."""
    if network is None:
        return FakeBench((FAKES | SWITCHING)[name])
    if isinstance(network, MatterNetwork):
        lock = await async_create_provider(network.hass, network.lock_entity())
        return MatterBench(MATTER[name], lock, network)
    if isinstance(network, ZhaNetwork):
        lock = await async_create_provider(network.hass, network.lock_entity())
        return ZhaBench(ZHA[name], lock, network)
    if isinstance(network, Zigbee2MqttNetwork):
        lock = await async_create_provider(network.hass, network.lock_entity())
        return Zigbee2MqttBench(ZIGBEE2MQTT[name], lock, network)
    node, traits = ZWAVE[name]
    await network.reset(node)
    await network.settle(node)
    provider = await async_create_provider(network.hass, network.lock_entity(node))
    return ZWaveBench(traits, provider, network, node)


@pytest.fixture(
    scope="session", params=params(*FAKES, *MATTER, *EVERYWHERE, *ZIGBEE2MQTT, *ZWAVE)
)
def bench_name(request: pytest.FixtureRequest) -> str:
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
    if "bench_name" in request.fixturenames:
        return [small_lock(request.getfixturevalue("bench_name"))]
    return [small_lock()]


@pytest.fixture
def zigbee2mqtt_devices(request: pytest.FixtureRequest) -> list[Device]:
    """A lock of few slots, and as it is set for the bench where there is one."""
    if "bench_name" in request.fixturenames:
        return [small_device(request.getfixturevalue("bench_name"))]
    return [small_device()]


@pytest.fixture
def network(request: pytest.FixtureRequest, bench_name: str) -> Network | None:
    """The network behind the bench, if the lock has one."""
    if bench_name in MATTER:
        matter: MatterNetwork = request.getfixturevalue("matter_network")
        return matter
    if bench_name in ZHA:
        zha: ZhaNetwork = request.getfixturevalue("zha_network")
        return zha
    if bench_name in ZIGBEE2MQTT:
        zigbee2mqtt: Zigbee2MqttNetwork = request.getfixturevalue("zigbee2mqtt_network")
        return zigbee2mqtt
    if bench_name not in ZWAVE:
        return None
    found: ZWaveNetwork = request.getfixturevalue("zwave_network")
    return found


@pytest.fixture
async def bench(
    hass: HomeAssistant,
    bench_name: str,
    network: Network | None,
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


@pytest.fixture
async def lock(
    request: pytest.FixtureRequest,
    hass: HomeAssistant,
    zwave_network: ZWaveNetwork,
    logs: pytest.LogCaptureFixture,
) -> AsyncIterator[ZWaveLock]:
    """The lock of the node that the test is parametrised with."""
    node: int = request.param
    await zwave_network.reset(node)
    await zwave_network.settle(node)
    provider = await async_create_provider(hass, zwave_network.lock_entity(node))
    assert isinstance(provider, ZWaveJsProvider)
    await provider.async_probe()
    lock = ZWaveLock(zwave_network, node, provider)
    unsubscribe = provider.subscribe(lock.events.append)
    lock.events.clear()
    yield lock
    unsubscribe()
    await zwave_network.reset(node)


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
async def zha_lock(
    zha_network: ZhaNetwork, logs: pytest.LogCaptureFixture
) -> AsyncIterator[ZhaLock]:
    """A Zigbee lock with a subscription to it."""
    lock = ZhaLock(zha_network, await make_zha_provider(zha_network))
    lock.node.attribute_reads = 0
    unsubscribe = lock.provider.subscribe(lock.events.append)
    # The first thing that a subscription does is to ask where the bolt is
    await until(lambda: lock.node.attribute_reads == 1)
    await zha_network.settle()
    lock.heard()
    yield lock
    unsubscribe()


@pytest.fixture
async def zigbee2mqtt_lock(
    zigbee2mqtt_network: Zigbee2MqttNetwork, logs: pytest.LogCaptureFixture
) -> AsyncIterator[Zigbee2MqttLock]:
    """A lock of Zigbee2MQTT with a subscription to it."""
    provider = await make_zigbee2mqtt_provider(zigbee2mqtt_network)
    lock = Zigbee2MqttLock(zigbee2mqtt_network, provider)
    unsubscribe = provider.subscribe(lock.events.append)
    options = f"{zigbee2mqtt_network.bridge.base}/bridge/response/device/options"
    await until(lambda: zigbee2mqtt_network.broker.is_subscribed(options))
    lock.heard()
    yield lock
    unsubscribe()
