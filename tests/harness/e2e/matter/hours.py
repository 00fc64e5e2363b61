"""A schedule of Home Assistant that says when a person may come in."""

from typing import Any, Final, Self

from simulators.demo.demo_site import DemoSite
from simulators.home_assistant import Client

_DAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_OPEN: Final = [{"from": "00:00:00", "to": "24:00:00"}]
_SOON: Final = 30.0


class Hours:
    """One schedule helper, open or closed all day."""

    def __init__(self, client: Client, name: str, schedule_id: str) -> None:
        """Hold one that was made."""
        self._client = client
        self._name = name
        self._id = schedule_id
        self.entity_id = f"schedule.{name.lower()}"

    @classmethod
    async def make(cls, client: Client, name: str) -> Self:
        """Make one that is open."""
        made = await client.command("schedule/create", name=name, **_week(on=True))
        hours = cls(client, name, made["id"])
        await client.wait_for_state(hours.entity_id, "on", _SOON)
        return hours

    async def are_for(self, demo_site: DemoSite, person: str) -> None:
        """Let a person come in only while it is open."""
        await demo_site.set_rule(person, source={"entity": self.entity_id, "grace": 15})

    async def turn(self, *, on: bool) -> None:
        """Open or close it."""
        await self._client.command(
            "schedule/update", schedule_id=self._id, name=self._name, **_week(on=on)
        )
        await self._client.wait_for_state(self.entity_id, "on" if on else "off", _SOON)

    async def delete(self) -> None:
        """Leave nothing behind."""
        await self._client.command("schedule/delete", schedule_id=self._id)


def _week(*, on: bool) -> dict[str, Any]:
    return {day: _OPEN if on else [] for day in _DAYS}
