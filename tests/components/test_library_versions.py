"""A technology whose library is missing, or is not the one that Keyholder was written for."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
import re
import sys

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.importlib import DATA_IMPORT_FAILURES
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.providers.base import IncompatibleLibraryError
from custom_components.keyholder.providers.registry import (
    LOADERS,
    async_create_provider,
)
from tests.harness.engine.engine_harness import our_log
from tests.harness.fakes.provider import FakeProvider, loader_of
from tests.harness.site.expected_texts import translations
from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    submit,
)
from tests.harness.site.repair_dialog import kinds, no_issues, only_issue
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.waiting import wait_for

OURS = "custom_components.keyholder.providers"
FOLDERS = {
    "zwave_js": "zwave_js",
    "matter": "matter",
    "zha": "zha",
    "mqtt": "zigbee2mqtt",
}
"""Where the provider is of a lock of that integration."""

MISSING = {
    "zwave_js": ("zwave_js_server.exceptions", "zwave_js_server"),
    "matter": ("matter_server.client", "matter_server"),
    "zha": ("zigpy.exceptions", "zigpy"),
    "mqtt": ("homeassistant.components.mqtt", "mqtt"),
}
"""A module that is not installed, and what is said of it."""
ACCESS_CONTROL = "zwave_js_server.model.access_control:AccessControlAPI"
RESPONSES = "zigpy.zcl.clusters.closures:DoorLock.ClientCommandDefs"
COMPONENTS = "homeassistant.components"
OLD = [
    # cannot even be imported
    ("zwave_js", ACCESS_CONTROL),
    ("matter", "chip.clusters.Objects:TimeSynchronization"),
    ("zha", f"{RESPONSES}.get_week_day_schedule_response"),
    # lacks a function
    ("zwave_js", f"{COMPONENTS}.zwave_js.helpers:async_get_node_from_device_id"),
    ("matter", "matter_server.client:MatterClient.send_device_command"),
    ("zha", f"{COMPONENTS}.zha.helpers:get_zha_gateway_proxy"),
    ("mqtt", f"{COMPONENTS}.mqtt.client:async_on_subscribe_done"),
]
"""Names that an old library does not have."""


@contextmanager
def without(platform: str, gone: str) -> Iterator[None]:
    """Let a module, or a name in one, not be there when the provider is imported."""
    path = f"{OURS}.{FOLDERS[platform]}"
    ours = import_module(path)
    module, _, name = gone.partition(":")
    with pytest.MonkeyPatch.context() as patch:
        # whatever is imported meanwhile leaves with the patch
        patch.setattr(import_module(OURS), FOLDERS[platform], ours)
        if name:
            patch.delattr(f"{module}.{name}")
        else:
            patch.setitem(sys.modules, module, None)
        for known in list(sys.modules):
            if known == path or known.startswith(f"{path}."):
                patch.delitem(sys.modules, known)
        yield


def restart(hass: HomeAssistant) -> None:
    """Let Home Assistant look for modules again that it did not find before."""
    hass.data.pop(DATA_IMPORT_FAILURES, None)


@pytest.mark.parametrize(
    ("platform", "gone"),
    [*((platform, gone) for platform, (gone, _) in MISSING.items()), *OLD],
)
async def test_what_a_technology_lacks_is_said_in_its_place(
    hass: HomeAssistant, fake_locks: FakeLocks, platform: str, gone: str
) -> None:
    lock = fake_locks.add_entity("Front door", platform=platform)
    said = dict(MISSING.values()).get(gone, re.split("[.:]", gone)[-1])
    with without(platform, gone), pytest.raises(IncompatibleLibraryError, match=said):
        await async_create_provider(hass, lock)
    restart(hass)
    await async_create_provider(hass, lock)


@pytest.mark.parametrize("platform", FOLDERS)
async def test_a_technology_that_cannot_be_used_stops_no_other(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
    platform: str,
) -> None:
    gone, said = MISSING[platform]
    garage = fake_locks.add("Garage")
    front = fake_locks.add_entity("Front door", platform=platform)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LOADERS, platform, loader_of({front.unique_id: FakeProvider()}))
        await add_lock(hass, site, front)
        await add_lock(hass, site, garage)
        await add_person(hass, site, "Anna", "907153")
        await wait_until_in_sync(hass, site)
        await hass.config_entries.async_unload(site.entry_id)
    caplog.clear()

    with without(platform, gone):
        assert await hass.config_entries.async_setup(site.entry_id)
        issue = await only_issue(hass, "provider_broken")

        assert issue.translation_placeholders == {"lock": "Front door"}
        assert issue.severity is ir.IssueSeverity.ERROR
        reported = _log_lines_of(caplog, "Front door")
        assert len(reported) == 2
        assert all(said in line for line in reported)
        assert "Traceback" not in caplog.text
        # what was proven stays so, and the other lock goes on
        await wait_for_state(hass, "sensor.anna_code_on_front_door", "in_sync")
        await add_person(hass, site, "Bert", "904862")
        provider = fake_locks.provider(garage)
        await wait_for(lambda: set(provider.codes.values()) == {"907153", "904862"})
        await hass.config_entries.async_unload(site.entry_id)

    restart(hass)
    assert await hass.config_entries.async_setup(site.entry_id)
    await hass.async_block_till_done()
    await wait_for(lambda: "provider_broken" not in kinds(hass))


@pytest.mark.parametrize("platform", FOLDERS)
async def test_a_lock_of_a_library_that_is_not_there_is_not_taken(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    caplog: pytest.LogCaptureFixture,
    platform: str,
) -> None:
    front = fake_locks.add_entity("Front door", platform=platform)
    with without(platform, MISSING[platform][0]):
        for _ in range(2):
            form = await start(hass, site, "lock")
            result = await submit(hass, form, lock=front.entity_id)
            assert result["errors"] == {"lock": "provider_broken"}

    words = translations()["config_subentries"]["lock"]["error"]["provider_broken"]
    assert "cannot be used" in words
    reported = _log_lines_of(caplog, "Front door")
    assert len(reported) == 2
    assert all("library" in line for line in reported)
    assert not site.subentries
    await no_issues(hass)


def _log_lines_of(caplog: pytest.LogCaptureFixture, lock: str) -> list[str]:
    """Return what the log says that is wrong with a lock."""
    return [line for line in our_log(caplog) if "ERROR" in line and lock in line]
