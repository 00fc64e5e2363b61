"""Clause 16.19: bookings in Home Assistant's own calendar, as platforms export them."""

from datetime import timedelta
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.components.automations.test_bookings import AUTOMATION, guests
from tests.harness.site.automation_site import AutomationSite

EXPORT = """BEGIN:VCALENDAR
PRODID;X-RICAL-TZSOURCE=TZINFO:-//Airbnb Inc//Hosting Calendar 0.8.8//EN
CALSCALE:GREGORIAN
VERSION:2.0
{events}END:VCALENDAR
"""
BLOCKED = """BEGIN:VEVENT
DTEND;VALUE=DATE:{end}
DTSTART;VALUE=DATE:{start}
DTSTAMP:20260101T000000Z
UID:blocked@airbnb.com
SUMMARY:Airbnb (Not available)
END:VEVENT
"""
RESERVED = """BEGIN:VEVENT
DTEND;VALUE=DATE:{end}
DTSTART;VALUE=DATE:{start}
DTSTAMP:20260101T000000Z
UID:reserved@airbnb.com
DESCRIPTION:Reservation URL: https://www.airbnb.com/hosting/reservations/d
 etails/HMABC2DEFG\\nPhone Number (Last 4 Digits): 9071
SUMMARY:Reserved
END:VEVENT
"""


async def test_an_export_with_a_blocked_night_makes_one_guest(
    hass: HomeAssistant, automation_site: AutomationSite
) -> None:
    today = dt_util.now().date()
    days = {
        "start": f"{today - timedelta(days=1):%Y%m%d}",
        "end": f"{today + timedelta(days=3):%Y%m%d}",
    }
    events = "".join(each.format(**days) for each in (BLOCKED, RESERVED))
    path = Path(hass.config.path(".storage/local_calendar.bookings.ics"))
    await hass.async_add_executor_job(write, path, EXPORT.format(events=events))
    entry = MockConfigEntry(
        domain="local_calendar",
        data={"calendar_name": "Bookings", "storage_key": "bookings"},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    await automation_site.use_blueprint(
        "bookings", calendar="calendar.bookings", only="Reservation URL"
    )
    await hass.services.async_call(
        "automation",
        "trigger",
        {"entity_id": AUTOMATION, "skip_condition": False},
        blocking=True,
    )
    await hass.async_block_till_done()

    assert [name.split()[1] for name in guests(automation_site)] == ["Reserved"]


def write(path: Path, text: str) -> None:
    """Put a file where the calendar looks for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
