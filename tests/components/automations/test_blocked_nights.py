"""Clause 16.19: events of a calendar of bookings that are no bookings."""

from datetime import datetime, timedelta

import pytest

from tests.components.automations.test_bookings import (
    Bookings,
    calendar,  # noqa: F401 (a fixture)
    guests,
    look,
    now,
    start,
)
from tests.harness.site.automation_site import AutomationSite
from tests.harness.waiting import wait_for

AIRBNB = (
    "Reservation URL: https://www.airbnb.com/hosting/reservations/details/HMABC2DEFG\n"
    "Phone Number (Last 4 Digits): 9071"
)
BLOCKED = [
    ("Airbnb (Not available)", None),
    ("AIRBNB (NOT AVAILABLE)", ""),
    ("Airbnb  (Nicht\u00a0verf\u00fcgbar)", None),
    ("Airbnb (No disponible)", None),
    ("Airbnb (Indisponible)", None),
    ("Airbnb (Non disponibile)", None),
    ("Airbnb (Niet beschikbaar)", None),
    ("Airbnb (Indispon\u00edvel)", None),
    ("Blocked", "Blocked by the owner"),
    (" Not available ", None),
    ("Gesperrt", None),
]
BOOKED = [
    ("Reserved", AIRBNB),
    ("Reserved - Ann Smith", "Vrbo, 2 guests"),
    ("Blocked By Guesty", "Confirmation code: GY-9071"),
    ("CLOSED - Not available", "Booking.com calls every booking that"),
    ("Nicht verf\u00fcgbar: Familie M\u00fcller", None),
    ("Reserviert", "Gast: M\u00fcller, Anreise unblocked"),
    ("Airbnb reservation (HMABC2)", None),
]


def book_all(calendar: Bookings, events: list[tuple[str, str | None]]) -> datetime:  # noqa: F811
    """Write these events, each of another day; all are looked at now."""
    begin = now() - timedelta(days=1)
    for summary, description in events:
        calendar.book(summary, begin, begin + timedelta(days=30), description)
    return begin


def who_is_there(automation_site: AutomationSite) -> set[str]:
    """Return the names of the guests, without the first word and the day."""
    return {
        name[len("Guest ") : -len(" 2026-01-01")] for name in guests(automation_site)
    }


async def test_nights_that_platforms_block_are_left_out_and_bookings_are_not(
    automation_site: AutomationSite,
    calendar: Bookings,  # noqa: F811
) -> None:
    book_all(calendar, [*BLOCKED, *BOOKED])
    await start(automation_site, lead={"days": 2})

    await look(automation_site)

    assert who_is_there(automation_site) == {summary[:40] for summary, _ in BOOKED}


@pytest.mark.parametrize(
    ("inputs", "there"),
    [
        ({"leave_out": ""}, {"Smith", "Owner", "Cleaning", "Blocked"}),
        ({"leave_out": "owner\n\n CLEANING "}, {"Smith", "Blocked"}),
        ({"leave_out": ["owner", "cleaning"]}, {"Smith", "Blocked"}),
        # of the description
        ({"leave_out": "by   the\u200b neighbour"}, {"Smith", "Owner", "Blocked"}),
        # the whole title, in any quotation marks
        (
            {"leave_out": '\u201eBlock\u201c\n"Own"'},
            {"Smith", "Owner", "Cleaning", "Blocked"},
        ),
        ({"leave_out": "\u00abBlocked\u00bb"}, {"Smith", "Owner", "Cleaning"}),
        ({"leave_out": "", "only": "reservation url"}, {"Smith"}),
        ({"leave_out": "", "only": "smith\nblocked"}, {"Smith", "Blocked"}),
        ({"leave_out": "smith", "only": "smith\nowner"}, {"Owner"}),
        ({"only": '"Smi"'}, set()),
        ({"only": " \n "}, {"Smith", "Owner", "Cleaning"}),
    ],
)
async def test_the_host_says_which_events_count(
    automation_site: AutomationSite,
    calendar: Bookings,  # noqa: F811
    inputs: dict[str, object],
    there: set[str],
) -> None:
    book_all(
        calendar,
        [
            ("Smith", AIRBNB),
            ("Owner", None),
            ("Cleaning", "by the\nneighbour"),
            ("Blocked", None),
        ],
    )
    await start(automation_site, **inputs)

    await look(automation_site)

    assert who_is_there(automation_site) == there


async def test_a_booking_that_becomes_a_blocked_night_takes_its_guest_away(
    automation_site: AutomationSite,
    calendar: Bookings,  # noqa: F811
) -> None:
    begin = book_all(calendar, [("Smith", AIRBNB)])
    await start(automation_site)
    await look(automation_site)
    assert who_is_there(automation_site) == {"Smith"}

    calendar.events.clear()
    calendar.book("Airbnb (Not available)", begin, begin + timedelta(days=30))
    await look(automation_site)

    await wait_for(lambda: not guests(automation_site))
