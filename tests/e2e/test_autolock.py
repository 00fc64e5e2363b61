"""A door that locks itself again, on a lock and a Home Assistant that are real enough."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulators.demo.demo_driver import BACK, FRONT, NODES
from simulators.demo.demo_site import DOMAIN
from simulators.home_assistant.listeners import Events
from tests.harness.e2e.page_objects import SitePage
from tests.harness.sampling import has_twin, sample

SOON = 30.0
RETRIED = 90.0
"""The second attempt comes after 15 s, the third 30 s later, on a busy machine."""


class Bolt:
    """A lock with its autolock switched on."""

    def __init__(
        self, site_page: SitePage, name: str, lock: str, at: str, access: str
    ) -> None:
        self.site_page = site_page
        self.name = name
        self.lock = lock
        self.at = at
        self.access = access
        self.events: Events

    @classmethod
    async def of(cls, site_page: SitePage, name: str) -> Bolt:
        return cls(
            site_page,
            name,
            await site_page.entity_of_lock(name),
            await site_page.lock_entity(name, "sensor", "autolock_at"),
            await site_page.lock_entity(name, "event", "access"),
        )

    async def turn(self, on_or_off: str) -> None:
        switch = await self.site_page.lock_entity(self.name, "switch", "autolock")
        await self.site_page.client.call_service(
            "switch", f"turn_{on_or_off}", target={"entity_id": switch}
        )
        await self.site_page.client.wait_for_state(switch, on_or_off)

    async def set_minutes(self, minutes: int) -> None:
        for key in ("autolock_day", "autolock_night"):
            number = await self.site_page.lock_entity(self.name, "number", key)
            await self.site_page.client.call_service(
                "number", "set_value", {"value": minutes}, {"entity_id": number}
            )
            await self.site_page.client.wait_for_state(number, str(minutes))

    async def is_locked(self) -> bool:
        """Return where the bolt really is."""
        truth = await asyncio.to_thread(
            self.site_page.stack.zwave.truth, NODES[self.name]
        )
        return truth["locked"]

    async def lock_soon(self) -> None:
        """Unlock at the keypad, and let the time be over in a moment."""
        await self.site_page.act(self.name, "keypad_unlock", userId=1)
        await self.site_page.client.wait_for_state(self.lock, "unlocked")
        await self.site_page.client.call_service(
            DOMAIN, "autolock_start", {"duration": {"seconds": 2}}, self.target
        )

    @property
    def target(self) -> dict[str, str]:
        return {"entity_id": self.lock}

    async def listen(self) -> None:
        """Hear all from now on; one event may follow the other at once."""
        self.events = await self.site_page.client.subscribe_events("state_changed")

    async def tells(self, event_type: str, seconds: float = SOON) -> datetime:
        """Return when the lock's event reported this."""
        reported = await self.events.wait_for(
            lambda event: (
                event["data"]["entity_id"] == self.access
                and (new := event["data"]["new_state"]) is not None
                and new["attributes"].get("event_type") == event_type
            ),
            seconds,
        )
        return datetime.fromisoformat(reported["data"]["new_state"]["state"])

    async def is_done(self, seconds: float = SOON) -> None:
        """Wait until it is locked, has reported so, and nothing is left to be done."""
        await self.tells("autolocked", seconds)
        assert await self.is_locked()
        await self.site_page.client.wait_for_state(self.lock, "locked", SOON)
        await self.site_page.client.wait_for_state(self.at, "unknown", SOON)

    async def notices(self) -> dict[str, str]:
        """Return what is shown to the owner of a failure, by its id."""
        shown: list[dict[str, Any]] = await self.site_page.client.command(
            "persistent_notification/get"
        )
        return {
            each["notification_id"]: each["message"]
            for each in shown
            if each["notification_id"].endswith("_autolock_failed")
        }

    async def fails(self, reason: str) -> None:
        """Wait until a failure is reported for this reason, and the door stays unlocked."""
        await self.tells("autolock_failed", RETRIED)
        assert not await self.is_locked()
        (message,) = (await self.notices()).values()
        assert message.startswith(f"{self.name} could not be locked: {reason}")

    async def is_settled(self) -> None:
        """Wait until nobody is notified any more that it failed."""

        async def is_gone() -> bool:
            return not await self.notices()

        await self.site_page.until(is_gone, "the notification is gone")


@pytest.fixture
async def bolt(
    site_page: SitePage, request: pytest.FixtureRequest
) -> AsyncIterator[Bolt]:
    bolt = await Bolt.of(site_page, getattr(request, "param", FRONT))
    # whoever came before may have left the door unlocked
    await site_page.act(bolt.name, "manual_lock")
    await site_page.client.wait_for_state(bolt.lock, "locked", SOON)
    await bolt.listen()
    await bolt.turn("on")
    try:
        yield bolt
    finally:
        await site_page.hosted.ensure_running()
        await site_page.revive(bolt.name)
        await bolt.turn("off")
        await site_page.act(bolt.name, "idle")
        await site_page.act(bolt.name, "manual_lock")
        await site_page.client.wait_for_state(bolt.lock, "locked", SOON)


async def test_the_time_goes_on_over_a_restart_to_the_second(
    site_page: SitePage, bolt: Bolt
) -> None:
    await bolt.set_minutes(1)
    assert site_page.client.state(bolt.at).state == "unknown"
    unlocked_at = datetime.now(UTC)
    await site_page.act(bolt.name, "keypad_unlock", userId=1)
    shown = await site_page.client.wait_for(
        lambda states: found if (found := states[bolt.at]).state != "unknown" else None
    )
    deadline = datetime.fromisoformat(shown.state)
    # the sensor shows whole seconds
    lasts = deadline - unlocked_at
    assert timedelta(seconds=59) <= lasts < timedelta(seconds=70)
    assert shown.attributes["duration"] == 60
    assert shown.attributes["reason"] == "unlocked"
    # there is nothing to wait for but that a part of the time has gone by
    await asyncio.sleep(15)

    await site_page.restart()
    await bolt.listen()

    again = await site_page.client.wait_for(
        lambda states: (
            found
            if (found := states.get(bolt.at))
            and found.state not in ("unknown", "unavailable")
            else None
        )
    )
    assert (again.state, again.attributes["reason"]) == (shown.state, "unlocked")
    assert not await bolt.is_locked()
    reported = await bolt.tells("autolocked", 120)
    assert await bolt.is_locked()
    late = reported - deadline
    assert timedelta(0) <= late < timedelta(seconds=SOON)
    await bolt.is_done()
    assert not await bolt.notices()


# without Supervision, the back door is shown as locked as soon as it is asked to be
@pytest.mark.parametrize("bolt", sample([FRONT, BACK], 1), indirect=True)
async def test_a_lock_that_jams_is_reported_and_tried_again(
    site_page: SitePage, bolt: Bolt
) -> None:
    await site_page.faults(bolt.name, jam=True)
    await bolt.lock_soon()
    await bolt.fails("the bolt is jammed")
    await site_page.client.wait_for(lambda states: states[bolt.at].state != "unknown")

    # what was reported of a guess is over
    await bolt.listen()
    await site_page.faults(bolt.name, jam=False)
    await bolt.is_done(RETRIED)
    await bolt.is_settled()


@has_twin(
    "components/autolock/test_reconnect.py",
    "test_a_lock_that_answers_again_is_locked_though_it_was_given_up",
)
async def test_a_dead_lock_is_a_notice_and_locked_when_it_is_alive_again(
    site_page: SitePage, bolt: Bolt
) -> None:
    await site_page.act(bolt.name, "keypad_unlock", userId=1)
    await site_page.client.wait_for_state(bolt.lock, "unlocked")
    await site_page.faults(bolt.name, dead=True)
    await site_page.client.call_service(
        DOMAIN, "autolock_start", {"duration": {"seconds": 2}}, bolt.target
    )
    await bolt.fails("the command failed")

    await site_page.revive(bolt.name)
    await bolt.is_done(RETRIED)
    await bolt.is_settled()
