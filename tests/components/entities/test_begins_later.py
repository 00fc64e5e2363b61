"""What is shown of a guest who begins later."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock
from tests.harness.site.states import wait_for_state

SLOT = "sensor.anna_code_on_front_door"
STATUS = "sensor.anna_status"


@pytest.mark.parametrize(
    ("lock", "shown_as"),
    [
        (
            FakeProvider(),
            ("reserved", "absent", "home_assistant"),
        ),
        (
            FakeProvider(schedules=ScheduleSupport(year_days=1)),
            ("in_sync", "present", "lock"),
        ),
    ],
    ids=["slot set aside", "on the lock"],
)
async def test_the_sensor_says_where_the_code_of_somebody_is_who_begins_later(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    lock: FakeProvider,
    shown_as: tuple[str, str, str],
) -> None:
    """Clause 16.38: instead of unknown."""
    await add_lock(hass, site, fake_locks.add("Front door", lock))
    begin = dt_util.now().replace(second=0, microsecond=0) + timedelta(days=3)

    await hass.services.async_call(
        "keyholder",
        "add_person",
        {"name": "Anna", "from": begin, "until": begin + timedelta(days=2)},
        blocking=True,
        return_response=True,
    )

    await wait_for_state(hass, SLOT, shown_as[0])
    shown = hass.states.get(SLOT)
    assert shown is not None
    attributes = shown.attributes
    assert (attributes["desired"], attributes["enforced_by"]) == shown_as[1:]
    assert hass.states.is_state(STATUS, "scheduled")
    assert hass.states.is_state("binary_sensor.front_door_credentials_problem", "off")
