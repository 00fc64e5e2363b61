"""The way to a Z-Wave lock, and the library that it goes through."""

import asyncio
import subprocess
import sys

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from zwave_js_server.model.access_control import (
    AccessControlAPI,
)

from custom_components.keyholder.model.lock_events import (
    Connected,
    Disconnected,
    LockEvent,
    LockOperated,
)
from custom_components.keyholder.model.provider_io import SlotReading, WriteResult
from custom_components.keyholder.providers.base import (
    IncompatibleLibraryError,
    LockUnreachableError,
    NotSupportedError,
)
from custom_components.keyholder.providers.registry import async_create_provider
from tests.harness.networks.zwave import ZWaveNetwork
from tests.harness.providers.codes import PIN, SLOT, expect_no_code_in
from tests.harness.providers.zwave_lock import (
    U3C,
    UC1,
    UC2_SUP,
    ZWaveLock,
    alone_on,
    on,
)
from tests.harness.waiting import wait_for

pytestmark = pytest.mark.simulator


@on(UC1)
async def test_a_dead_lock_is_lost_and_found_again(lock: ZWaveLock) -> None:
    await lock.faults(dead=True)
    with pytest.raises(LockUnreachableError):
        await lock.read()
    await wait_for(lambda: bool(lock.events))
    assert lock.events == [Disconnected()]

    await lock.faults(dead=False)
    assert await lock.read() == SlotReading.empty()
    await wait_for(lambda: len(lock.events) == 2)
    assert lock.events == [Disconnected(), Connected()]


@on(UC1)
async def test_a_lock_that_speaks_up_is_found_again(lock: ZWaveLock) -> None:
    await lock.faults(dead=True)
    with pytest.raises(LockUnreachableError):
        await lock.read()
    await lock.faults(dead=False)

    await lock.act("manual_unlock")
    await wait_for(lambda: len(lock.events) == 3)

    assert lock.events[:2] == [Disconnected(), Connected()]
    assert isinstance(lock.events[2], LockOperated)


@alone_on(U3C, UC2_SUP)
async def test_a_connection_lost_during_a_call_is_no_cancellation(
    own_lock: ZWaveLock,
) -> None:
    """The library cancels its futures; the caller must not look cancelled."""
    await own_lock.faults(answerDelayMs=5000)
    writing = asyncio.ensure_future(own_lock.write())
    await own_lock.has_received_something()
    await own_lock.network.drop_connection()

    with pytest.raises(LockUnreachableError) as caught:
        await writing
    expect_no_code_in(caught.value)
    await own_lock.faults(answerDelayMs=0)


@alone_on(UC1)
async def test_without_its_integration_a_lock_is_unreachable(
    own_lock: ZWaveLock,
) -> None:
    entries = own_lock.network.hass.config_entries
    await entries.async_unload(own_lock.network.entry.entry_id)

    assert own_lock.events == [Disconnected()]
    for call in (
        own_lock.provider.async_probe(),
        own_lock.read(),
        own_lock.write(),
        own_lock.provider.async_clear(SLOT),
    ):
        with pytest.raises(LockUnreachableError):
            await call

    assert await entries.async_setup(own_lock.network.entry.entry_id)
    assert own_lock.events == [Disconnected(), Connected()]
    assert await own_lock.read() == SlotReading.empty()


@alone_on(UC1)
async def test_a_subscription_made_before_the_integration_loads_works(
    own_lock: ZWaveLock,
) -> None:
    entries = own_lock.network.hass.config_entries
    entity = own_lock.network.lock_entity(UC1)
    await entries.async_unload(own_lock.network.entry.entry_id)
    provider = await async_create_provider(own_lock.network.hass, entity)
    events: list[LockEvent] = []
    unsubscribe = provider.subscribe(events.append)
    assert events == []

    await entries.async_setup(own_lock.network.entry.entry_id)

    assert events == [Connected()]
    unsubscribe()


@alone_on(UC1)
async def test_a_lock_is_known_by_its_registry_entry_not_by_its_name(
    own_lock: ZWaveLock,
) -> None:
    registry = er.async_get(own_lock.network.hass)
    entity = own_lock.network.lock_entity(UC1)
    registry.async_update_entity(entity.entity_id, new_entity_id="lock.renamed")

    assert await own_lock.write() is WriteResult.OPTIMISTIC
    assert await own_lock.code() == PIN

    registry.async_remove("lock.renamed")
    with pytest.raises(LockUnreachableError):
        await own_lock.read()


async def test_a_library_that_lacks_something_is_incompatible_at_once(
    hass: HomeAssistant, zwave_network: ZWaveNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = zwave_network.lock_entity(UC1)
    monkeypatch.setattr(AccessControlAPI, "add_user", lambda self, user_id: None)

    with pytest.raises(IncompatibleLibraryError, match="library changed"):
        await async_create_provider(hass, entity)


@on(UC1)
async def test_an_answer_of_another_shape_is_the_librarys_fault(
    lock: ZWaveLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise KeyError(f"no field {PIN}")

    monkeypatch.setattr(AccessControlAPI, "is_supported", fail)

    with pytest.raises(IncompatibleLibraryError) as caught:
        await lock.provider.async_probe()
    expect_no_code_in(caught.value)


@on(UC1)
async def test_a_lock_without_codes_is_not_supported(
    lock: ZWaveLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no(*_: object) -> bool:
        return False

    monkeypatch.setattr(AccessControlAPI, "is_supported", no)

    with pytest.raises(NotSupportedError):
        await lock.provider.async_probe()


def test_the_library_is_not_imported_before_a_lock_needs_it() -> None:
    """A site without Z-Wave pays nothing for it, and needs nothing of it."""
    code = (
        "import sys, custom_components.keyholder.providers.registry;"
        "sys.exit(any(name.startswith('zwave_js_server') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
