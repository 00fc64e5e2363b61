"""The way to a Zigbee lock, and the libraries that it goes through."""

import asyncio

from homeassistant.components.zha import helpers
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import entity_registry as er
import pytest
from zigpy.zcl.clusters.closures import DoorLock as DoorLockCluster

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_events import (
    Connected,
    Disconnected,
    LockEvent,
    LockOperated,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    CodeTarget,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    InterviewIncompleteError,
    LockUnreachableError,
    NotSupportedError,
)
from custom_components.keyholder.providers.registry import async_create_provider
from custom_components.keyholder.providers.zha import check_library
from simulators.zigbee import Command, DoorLock, Identity, Limits, LockNode, Presence
from simulators.zigbee.faults import cut_short, silently_dropped
from simulators.zigbee.terms import Attribute, General
from tests.harness.networks.zha import ZhaNetwork
from tests.harness.providers.codes import PIN, SLOT
from tests.harness.providers.reused_zha import listeners_of
from tests.harness.providers.zha_lock import ZhaLock, make_zha_provider
from tests.harness.waiting import wait_for
from tests.providers.connected import is_connected

THERE = Connected(events_missed=True)


async def test_without_its_integration_a_lock_is_unreachable(
    own_zha_lock: ZhaLock,
) -> None:
    entries, entry = (
        own_zha_lock.network.hass.config_entries,
        own_zha_lock.network.entry,
    )
    await entries.async_unload(entry.entry_id)
    assert own_zha_lock.events == [THERE, Disconnected()]
    for call in (
        own_zha_lock.provider.async_probe(),
        own_zha_lock.read(),
        own_zha_lock.write(),
        own_zha_lock.clear(),
    ):
        with pytest.raises(LockUnreachableError):
            await call
    await entries.async_setup(entry.entry_id)
    await own_zha_lock.network.wait_until_loaded()
    assert own_zha_lock.events == [THERE, Disconnected(), THERE]
    assert await own_zha_lock.read() == SlotReading.empty()


async def test_a_stick_that_was_pulled_takes_the_lock_along(
    own_zha_lock: ZhaLock,
) -> None:
    mesh = own_zha_lock.network.mesh
    mesh.unplug()
    await own_zha_lock.network.hass.async_block_till_done()
    assert own_zha_lock.network.entry.state is not ConfigEntryState.LOADED
    assert own_zha_lock.events == [THERE, Disconnected()]
    with pytest.raises(LockUnreachableError):
        await own_zha_lock.write()
    mesh.plug()
    await own_zha_lock.network.wait_until_loaded()
    assert own_zha_lock.events[2:] == [THERE]
    assert await own_zha_lock.write() is WriteResult.OPTIMISTIC


async def test_after_a_reconnect_the_position_of_the_bolt_is_read(
    own_zha_lock: ZhaLock,
) -> None:
    """ZHA shows what it knew before, and would for up to three quarters of an hour."""
    own_zha_lock.network.mesh.unplug()
    await own_zha_lock.network.hass.async_block_till_done()
    own_zha_lock.door.turn()
    await own_zha_lock.settle()
    own_zha_lock.network.mesh.plug()
    await own_zha_lock.network.wait_until_loaded()
    await wait_for(lambda: own_zha_lock.network.state() == "unlocked")


async def test_another_interview_is_followed(own_zha_lock: ZhaLock) -> None:
    await own_zha_lock.network.reinterview()
    assert own_zha_lock.events == [THERE, Disconnected(), THERE]
    own_zha_lock.events.clear()
    own_zha_lock.door.turn()
    await own_zha_lock.settle()
    assert [type(event) for event in own_zha_lock.events] == [LockOperated]
    assert await own_zha_lock.write() is WriteResult.OPTIMISTIC
    assert own_zha_lock.code() == PIN


async def test_a_lock_that_zha_thinks_away_is_tried_all_the_same(
    own_zha_lock: ZhaLock,
) -> None:
    device = own_zha_lock.network.zha_device()
    device.update_available(False)
    await own_zha_lock.network.hass.async_block_till_done()
    assert own_zha_lock.events == [THERE, Disconnected()]
    assert await own_zha_lock.read() == SlotReading.empty()
    # Whatever it says makes ZHA think it there again, a moment later
    await wait_for(lambda: own_zha_lock.events[2:] == [THERE])


async def test_a_subscription_that_ends_leaves_nobody_who_listens_to_the_lock(
    zha_lock: ZhaLock,
) -> None:
    """Home Assistant may be up for months, and the site reloaded at each change."""
    cluster = zha_lock.network.cluster()
    before = listeners_of(cluster)
    unsubscribe = zha_lock.provider.subscribe(zha_lock.events.append)
    assert listeners_of(cluster) > before
    unsubscribe()
    assert listeners_of(cluster) == before


async def test_a_lock_that_is_removed_is_gone(own_zha_lock: ZhaLock) -> None:
    device = own_zha_lock.network.zigpy_device()
    await device.application.remove(device.ieee)
    await wait_for(lambda: Disconnected() in own_zha_lock.events)
    await own_zha_lock.settle()
    with pytest.raises(LockUnreachableError):
        await own_zha_lock.read()


async def test_a_subscription_made_before_the_integration_loads_works(
    zha_network: ZhaNetwork,
) -> None:
    entries = zha_network.hass.config_entries
    entity = zha_network.lock_entity()
    await entries.async_unload(zha_network.entry.entry_id)
    provider = await async_create_provider(zha_network.hass, entity)
    events: list[LockEvent] = []
    unsubscribe = provider.subscribe(events.append)
    assert events == []
    await entries.async_setup(zha_network.entry.entry_id)
    await zha_network.wait_until_loaded()
    assert events == [THERE]
    unsubscribe()


async def test_a_lock_is_known_by_its_registry_entry_not_by_its_name(
    own_zha_lock: ZhaLock,
) -> None:
    registry = er.async_get(own_zha_lock.network.hass)
    entity = own_zha_lock.network.lock_entity()
    registry.async_update_entity(entity.entity_id, new_entity_id="lock.renamed")
    await own_zha_lock.settle()
    assert await own_zha_lock.write() is WriteResult.OPTIMISTIC
    registry.async_remove("lock.renamed")
    with pytest.raises(LockUnreachableError):
        await own_zha_lock.read()


async def test_an_entity_without_endpoint_is_the_first_lock_of_its_device(
    own_zha_lock: ZhaLock,
) -> None:
    entity = own_zha_lock.network.lock_entity()
    er.async_get(own_zha_lock.network.hass).async_update_entity(
        entity.entity_id, new_unique_id=f"{entity.unique_id.split('-')[0]}-77-257"
    )
    assert await own_zha_lock.write() is WriteResult.OPTIMISTIC
    assert own_zha_lock.code() == PIN


async def test_a_device_whose_lock_an_interview_did_not_find_is_unreachable(
    own_zha_lock: ZhaLock,
) -> None:
    endpoints = own_zha_lock.network.zigpy_device().non_zdo_endpoints
    for endpoint in endpoints:
        endpoint.in_clusters.pop(DoorLockCluster.cluster_id, None)
    with pytest.raises(InterviewIncompleteError):
        await own_zha_lock.read()
    assert not is_connected(own_zha_lock.provider)


class TestOtherLocks:
    """Locks differ in endpoint and in what they say of themselves."""

    @pytest.fixture
    def zigbee_locks(self) -> list[LockNode]:
        """One on endpoint 11, one that says little, one with no codes at all."""
        locks = [
            LockNode(
                DoorLock(limits), Identity(0xD6F0011223300 + nwk, nwk, endpoint=ep)
            )
            for nwk, ep, limits in (
                (0x11, 11, Limits(pins=5, pin_length=(6, 12))),
                (0x12, 1, Limits()),
                (0x13, 1, Limits(pins=0)),
            )
        ]
        locks[0].lock.traits.shows_codes = False
        locks[1].lock.traits.hidden_attributes = frozenset(
            {
                Attribute.MIN_PIN_LENGTH,
                Attribute.MAX_PIN_LENGTH,
                Attribute.SEND_PIN_OVER_THE_AIR,
            }
        )
        return locks

    async def test_each_is_probed_by_its_own_attribute(
        self, zha_network: ZhaNetwork
    ) -> None:
        eleven, vague, bare = zha_network.locks
        first = await make_zha_provider(zha_network, eleven)
        known = await first.async_probe()
        assert (known.slots, known.pin_min_length, known.pin_max_length) == (
            range(1, 5),
            6,
            12,
        )
        assert known.best_evidence is Evidence.PRESENCE
        await first.async_write(SLOT, CodeTarget(Pin("907153"), "Anna"))
        assert (eleven.pins(), vague.pins()) == ({SLOT: "907153"}, {})

        known = await (await make_zha_provider(zha_network, vague)).async_probe()
        assert (known.slots, known.pin_min_length, known.pin_max_length) == (
            range(1, 30),
            4,
            10,
        )
        assert known.best_evidence is Evidence.VALUE
        asked = vague.attribute_reads
        await (await make_zha_provider(zha_network, vague)).async_probe()
        assert vague.attribute_reads == asked
        with pytest.raises(NotSupportedError):
            await make_zha_provider(zha_network, bare)


class TestSecretiveLock:
    """A lock that does not say how many codes it holds."""

    @pytest.fixture
    def zigbee_locks(self) -> list[LockNode]:
        """It has them, and no word for how many."""
        node = LockNode()
        node.lock.traits.hidden_attributes = frozenset({Attribute.PINS})
        return [node]

    async def test_it_cannot_be_managed(self, zha_network: ZhaNetwork) -> None:
        with pytest.raises(NotSupportedError):
            await make_zha_provider(zha_network)


async def test_a_lock_that_was_never_asked_has_to_be_there(
    zha_network: ZhaNetwork,
) -> None:
    zha_network.node.presence = Presence.UNREACHABLE
    with pytest.raises(LockUnreachableError):
        await make_zha_provider(zha_network)
    zha_network.node.presence = Presence.ONLINE
    for fault in (cut_short(3), cut_short(0)):
        # zigpy asks again for what an answer leaves out
        zha_network.node.faults.add(General.READ_ATTRIBUTES, fault, None)
        with pytest.raises(LockUnreachableError):
            await make_zha_provider(zha_network)
        zha_network.node.faults.clear()
    await make_zha_provider(zha_network)


def test_a_library_that_changed_is_incompatible_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_library()
    monkeypatch.delattr(helpers, "async_get_zha_device_proxy")
    with pytest.raises(IncompatibleLibraryError, match="async_get_zha_device_proxy"):
        check_library()


async def test_a_position_that_the_lock_did_not_report_is_read(
    own_zha_lock: ZhaLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows locked as soon as the lock has accepted the command."""
    monkeypatch.setattr(
        "custom_components.keyholder.providers.zha.bolt_state.CONFIRM_DELAY", 0.05
    )
    network, node = own_zha_lock.network, own_zha_lock.node
    entity = network.lock_entity().entity_id
    own_zha_lock.door.turn()
    await own_zha_lock.settle()
    assert network.state() == "unlocked"
    node.faults.add(Command.LOCK, silently_dropped(reported=False))
    node.attribute_reads = 0

    await network.hass.services.async_call(
        "lock", "lock", {"entity_id": entity}, blocking=True
    )

    assert network.state() == "locked"
    await wait_for(lambda: network.state() == "unlocked")
    assert node.attribute_reads == 1


async def test_a_position_that_the_lock_has_reported_is_not_read(
    own_zha_lock: ZhaLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.keyholder.providers.zha.bolt_state.CONFIRM_DELAY", 0.05
    )
    network, node = own_zha_lock.network, own_zha_lock.node
    await own_zha_lock.settle()
    node.attribute_reads = 0
    for service in ("unlock", "lock"):
        await network.hass.services.async_call(
            "lock",
            service,
            {"entity_id": network.lock_entity().entity_id},
            blocking=True,
        )
        await own_zha_lock.settle()
    own_zha_lock.door.turn()
    await asyncio.sleep(0.2)
    assert network.state() == "unlocked"
    assert node.attribute_reads == 0
