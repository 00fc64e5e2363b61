"""A lock that was out of reach, while its entity showed nothing of it."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
import pytest

from tests.components.autolock.conftest import LOCK, SimulatedDoor
from tests.harness.site.autolock_entities import call, notifications, state, switch_on
from tests.harness.waiting import wait_for


async def test_a_lock_that_answers_again_is_locked_though_it_was_given_up(
    hass: HomeAssistant, door: SimulatedDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead Z-Wave node stays `unlocked`: nothing brought it back after the bound."""
    monkeypatch.setattr(
        "custom_components.keyholder.logic.autolock.RETRY_BASE",
        timedelta(milliseconds=10),
    )
    await switch_on(hass)
    door.refuses = True
    door.set_bolt("unlocked")
    door.provider.disconnect()
    await call(hass, "keyholder", "autolock_start", LOCK, duration={"seconds": 0})
    await wait_for(lambda: "still not locked" in notifications(hass).get("failed", ""))
    assert len(door.commands) == 5

    door.refuses = False
    assert state(hass, LOCK) == "unlocked"
    door.provider.connect()
    await wait_for(lambda: state(hass, LOCK) == "locked")
    await wait_for(lambda: notifications(hass) == {})
    assert len(door.commands) == 6
