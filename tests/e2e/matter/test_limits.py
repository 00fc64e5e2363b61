"""A code for a while, on a lock that keeps times itself."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from simulators.home_assistant.config import TIME_ZONE

from .visit import Visit

YEAR_DAY: Final = 1
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def local_seconds(moment: datetime) -> int:
    """Return a moment as year-day schedules count: by the wall clock, from 2000."""
    return int((moment.replace(tzinfo=UTC) - _EPOCH).total_seconds())


async def test_a_guest_s_days_are_kept_by_the_lock(visit: Visit) -> None:
    today = datetime.now(ZoneInfo(TIME_ZONE)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    start, end = today - timedelta(days=1), today + timedelta(days=3)
    pin = visit.hosted.new_pin()
    await visit.client.call_service(
        "keyholder",
        "add_person",
        {
            "name": "Guest",
            "pin": pin,
            "from": f"{start:%Y-%m-%d %H:%M:%S}",
            "until": f"{end:%Y-%m-%d %H:%M:%S}",
        },
    )
    shown = await visit.in_sync("Guest")

    assert shown.attributes["enforced_by"] == "lock"
    held = await visit.lock.dump()
    (user,) = held["users"]
    assert (user["userType"], user["userStatus"]) == (YEAR_DAY, 1)
    (entry,) = held["yearDaySchedules"]
    assert entry["userIndex"] == user["userIndex"]
    # matter.js keeps moments since 1970
    since = int(_EPOCH.timestamp())
    assert entry["localStartTime"] - since == local_seconds(start)
    assert entry["localEndTime"] - since == local_seconds(end)
    assert list((await visit.lock.pins()).values()) == [pin]

    await visit.turn("Guest", on=False)
    await visit.until_off("Guest")
    left = await visit.lock.dump()
    assert (left["users"], left["credentials"]) == ([], [])
    assert left["yearDaySchedules"] == []
