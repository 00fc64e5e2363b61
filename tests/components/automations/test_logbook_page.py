"""The line on the logbook page, out of Home Assistant's own recorder and logbook."""

from datetime import timedelta
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.harness.site.automation_site import FRONT, AutomationSite
from tests.harness.waiting import wait_for


@pytest.fixture(autouse=True)
async def recorder(recorder_mock: Recorder) -> Recorder:
    """Record before anything happens: Home Assistant wants it to be there first."""
    return recorder_mock


@pytest.mark.parametrize("where", ["everything", "device"])
async def test_the_logbook_page_of_a_lock_says_who_opened_it(
    hass: HomeAssistant,
    recorder: Recorder,
    automation_site: AutomationSite,
    hass_ws_client: WebSocketGenerator,
    where: str,
) -> None:
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()
    begin = dt_util.utcnow() - timedelta(minutes=1)
    automation_site.door().unlock_at_keypad(1)
    await wait_for(lambda: hass.states.get(FRONT).state != "unknown")  # type: ignore[union-attr]
    await async_wait_recording_done(hass)

    client = await hass_ws_client()
    asked: dict[str, Any] = {
        "type": "logbook/get_events",
        "start_time": begin.isoformat(),
    }
    if where == "device":
        asked["device_ids"] = [automation_site.device("lock.front_door")]
        asked["entity_ids"] = ["lock.front_door", FRONT]
    await client.send_json_auto_id(asked)
    answer = await client.receive_json()
    assert answer["success"], answer
    lines = [each for each in answer["result"] if each.get("domain") == "keyholder"]
    assert [(line["name"], line["message"]) for line in lines] == [
        ("Front door", "was unlocked by Anna with a PIN")
    ]
    assert lines[0]["entity_id"] == "lock.front_door"
