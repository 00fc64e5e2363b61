"""A code for a while, on a lock that keeps times itself."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from simulators.home_assistant.config import TIME_ZONE
from tests.harness.e2e.matter.page_objects import MatterSitePage

YEAR_DAY: Final = 1
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def local_seconds(moment: datetime) -> int:
    """Return a moment as year-day schedules count: by the wall clock, from 2000."""
    return int((moment.replace(tzinfo=UTC) - _EPOCH).total_seconds())


async def test_the_days_of_a_person_are_enforced_by_the_lock(
    site_page: MatterSitePage,
) -> None:
    today = datetime.now(ZoneInfo(TIME_ZONE)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    start, end = today - timedelta(days=1), today + timedelta(days=3)
    pin = site_page.hosted.new_pin()
    await site_page.client.call_service(
        "keyholder",
        "add_person",
        {
            "name": "Guest",
            "pin": pin,
            "from": f"{start:%Y-%m-%d %H:%M:%S}",
            "until": f"{end:%Y-%m-%d %H:%M:%S}",
        },
    )
    shown = await site_page.in_sync("Guest")

    assert shown.attributes["enforced_by"] == "lock"
    held = await site_page.lock.dump()
    (user,) = held["users"]
    assert (user["userType"], user["userStatus"]) == (YEAR_DAY, 1)
    (entry,) = held["yearDaySchedules"]
    assert entry["userIndex"] == user["userIndex"]
    # matter.js keeps moments since 1970
    since = int(_EPOCH.timestamp())
    assert entry["localStartTime"] - since == local_seconds(start)
    assert entry["localEndTime"] - since == local_seconds(end)
    assert list((await site_page.lock.pins()).values()) == [pin]

    await site_page.turn("Guest", on=False)
    await site_page.until_off("Guest")
    left = await site_page.lock.dump()
    assert (left["users"], left["credentials"]) == ([], [])
    assert left["yearDaySchedules"] == []
