"""Whoever follows a person is notified, and whoever fails to listen disturbs nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, override

from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import DATA_COMPONENT, NotifyEntityFeature
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    Jammed,
    LockEvent,
    LockOperated,
    Method,
)
from custom_components.keyholder.model.pin import Pin
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.fakes.provider import Profile
from tests.harness.restart.crash_harness import CrashHarness
from tests.harness.restart.instances import (
    ANN,
    BOB,
    BOBS,
    OLD,
    add_lock,
    add_person,
    entry_of,
    running_instance,
    site_of,
    subentry,
)

PHONE, TABLET, NOTE = "notify.phone", "notify.tablet", "script.note"
ANN_SLOT, BOB_SLOT = 2, 3

type Scenario = Callable[[There], Awaitable[None]]


class Screen(NotifyEntity):
    """Shows messages, or has some trouble with them."""

    def __init__(self, entity_id: str, *features: NotifyEntityFeature) -> None:
        self.entity_id = entity_id
        self._attr_supported_features = sum(features, NotifyEntityFeature(0))
        self._attr_unique_id = entity_id
        self.shown: list[tuple[str, str | None]] = []
        self.trouble: Exception | None = None
        self.takes = 0.0

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        await asyncio.sleep(self.takes)
        if self.trouble is not None:
            raise self.trouble
        self.shown.append((message, title))

    def go_away(self) -> None:
        """Be out of reach from now on."""
        self._attr_available = False
        self.async_write_ha_state()


class There:
    """Ann and Bob have codes on the front door; there are two screens and a script."""

    def __init__(self, hass: HomeAssistant, harness: CrashHarness) -> None:
        self.hass = hass
        self.harness = harness
        self.phone, self.tablet = (
            Screen(PHONE, NotifyEntityFeature.TITLE),
            Screen(TABLET),
        )
        self.noted: list[dict[str, Any]] = []
        self.published: list[AccessEvent] = []

    async def move_in(self) -> None:
        """Set it all up."""
        await async_load_integrations(self.hass, {DOMAIN})
        add_lock(self.hass)
        await add_person(self.hass, ANN, OLD)
        await add_person(self.hass, BOB, BOBS)
        assert await async_setup_component(self.hass, "notify", {})
        screens = self.hass.data[DATA_COMPONENT]
        await screens.async_add_entities([self.phone, self.tablet])
        names = ("type", "person", "lock", "lock_entity", "method", "at")
        note = {name: f"{{{{ {name} }}}}" for name in names}
        sequence = [{"event": "noted", "event_data": note}, {"delay": 3600}]
        config = {"note": {"mode": "parallel", "sequence": sequence}}
        assert await async_setup_component(self.hass, "script", {"script": config})
        self.hass.bus.async_listen("noted", self._note)
        await asyncio.sleep(30)
        site_of(self.hass).access_log.async_listen(self.published.append)

    async def _note(self, event: Event) -> None:
        self.noted.append(dict(event.data))

    def choose(self, person: str, *targets: str, **when: bool) -> None:
        """Choose who is notified of a person, and of what."""
        self.set_data(person, notify={**when, "targets": list(targets)})

    def set_data(self, person: str, **changes: Any) -> None:
        """Change a person."""
        former = subentry(self.hass, person)
        self.hass.config_entries.async_update_subentry(
            entry_of(self.hass), former, data={**former.data, **changes}
        )

    async def happens(self, *events: LockEvent) -> None:
        """Let the lock report."""
        await asyncio.sleep(3)
        for event in events:
            self.harness.lock.emit(event)
        await asyncio.sleep(2)


def operated(
    slot: int | None,
    action: Action = Action.UNLOCK,
    method: Method = Method.KEYPAD,
    ago: float = 0,
) -> LockOperated:
    return LockOperated(action, method, slot, dt_util.utcnow() - timedelta(seconds=ago))


def denied(slot: int | None = None) -> AccessDenied:
    return AccessDenied(dt_util.utcnow(), slot)


def run_notifying(scenario: Scenario) -> None:
    """Let a scenario happen in a whole Home Assistant."""
    harness = CrashHarness(Profile.READABLE)

    async def happen() -> None:
        await harness.build()
        async with running_instance() as hass:
            there = There(hass, harness)
            await there.move_in()
            await scenario(there)

    with harness.live():
        run_on_virtual_clock(happen())


def test_a_use_of_the_same_digits_notifies_and_names_nobody() -> None:
    """Clause 16.4: it goes where a use by the person goes."""

    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, on_use=True)
        site = site_of(there.hass)
        (lock,) = site.locks
        site.vault.async_note_code(lock, 1, Pin(OLD))
        await there.happens(operated(1))
        assert there.phone.shown == [
            ("A code with the digits of Ann unlocked Front.", "Front")
        ]

    run_notifying(scenario)


def test_a_use_notifies_each_target() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, TABLET, NOTE, on_use=True)
        await there.happens(operated(ANN_SLOT))
        assert there.phone.shown == [("Ann unlocked Front.", "Front")]
        # it does not say that it can show titles
        assert there.tablet.shown == [("Ann unlocked Front.", None)]
        (event,) = there.published
        assert there.noted == [
            {
                "type": "unlocked",
                "person": "Ann",
                "lock": "Front",
                "lock_entity": "lock.front",
                "method": "keypad",
                "at": event.at.isoformat(),
            }
        ]
        await there.happens(operated(ANN_SLOT))
        assert len(there.phone.shown) == len(there.noted) == 2

    run_notifying(scenario)


def test_what_is_no_use_of_this_person_does_not_notify() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, on_use=True)
        there.choose(BOB, PHONE, on_denied=True)
        await there.happens(operated(BOB_SLOT))
        await there.happens(operated(ANN_SLOT, Action.LOCK))
        await there.happens(operated(ANN_SLOT, method=Method.REMOTE))
        await there.happens(operated(None), Jammed(dt_util.utcnow()))
        await there.happens(denied(ANN_SLOT))
        assert len(there.published) == 6
        assert there.phone.shown == []

    run_notifying(scenario)


def test_a_door_that_a_code_locks_notifies_who_asked_for_that() -> None:
    """Clause 16.15: locking by code is told as unlocking is, and not to others."""

    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, NOTE, on_lock=True)
        there.choose(BOB, TABLET, on_use=True, on_denied=True)
        await there.happens(operated(ANN_SLOT, Action.LOCK))
        await there.happens(operated(BOB_SLOT, Action.LOCK))
        await there.happens(operated(ANN_SLOT))
        await there.happens(operated(ANN_SLOT, Action.LOCK, Method.MANUAL))
        await there.happens(operated(None, Action.LOCK))
        await there.happens(operated(ANN_SLOT, Action.LOCK, ago=3600))
        assert there.phone.shown == [("Ann locked Front.", "Front")]
        assert [(note["type"], note["person"]) for note in there.noted] == [
            ("locked", "Ann")
        ]
        assert there.tablet.shown == []

    run_notifying(scenario)


def test_nobody_is_notified_who_is_not_chosen() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE)
        there.choose(BOB, on_use=True, on_denied=True)
        await there.happens(operated(ANN_SLOT), operated(BOB_SLOT), denied())
        assert there.phone.shown == there.tablet.shown == []

    run_notifying(scenario)


def test_a_refusal_notifies_for_its_person_or_all_of_that_lock() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, on_denied=True)
        there.choose(BOB, TABLET, NOTE, on_denied=True)
        await there.happens(denied(ANN_SLOT))
        assert there.phone.shown == [("Ann was turned away at Front.", "Front")]
        assert there.tablet.shown == []

        there.set_data(ANN, all_locks=False, locks=["another"])
        await there.happens(denied())
        published = "An unknown keypad user was turned away at Front."
        assert there.tablet.shown == [(published, None)]
        assert len(there.phone.shown) == 1
        assert [(note["type"], note["person"]) for note in there.noted] == [
            ("denied", None)
        ]

    run_notifying(scenario)


def test_two_who_name_the_same_target_make_one_message() -> None:
    async def scenario(there: There) -> None:
        registered = er.async_get(there.hass).async_get(PHONE)
        assert registered is not None
        there.choose(ANN, PHONE, PHONE, NOTE, on_denied=True)
        there.choose(BOB, registered.id, NOTE, on_denied=True)
        await there.happens(denied())
        assert len(there.phone.shown) == len(there.noted) == 1

    run_notifying(scenario)


def test_a_target_is_followed_by_its_registry_id() -> None:
    async def scenario(there: There) -> None:
        registry = er.async_get(there.hass)
        registered = registry.async_get(PHONE)
        assert registered is not None
        there.choose(ANN, registered.id, on_use=True)
        registry.async_update_entity(PHONE, new_entity_id="notify.new_phone")
        await there.happens(operated(ANN_SLOT))
        assert len(there.phone.shown) == 1

    run_notifying(scenario)


def test_a_report_that_comes_twice_or_late_makes_one_message_or_none() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, NOTE, on_use=True, on_denied=True)
        await there.happens(operated(None), operated(ANN_SLOT), operated(ANN_SLOT))
        assert len(there.phone.shown) == len(there.noted) == 1
        await there.happens(
            operated(ANN_SLOT, ago=3600),
            AccessDenied(dt_util.utcnow() - timedelta(hours=1), ANN_SLOT),
        )
        assert site_of(there.hass).counters.usage(ANN).uses == 2
        assert len(there.phone.shown) == len(there.noted) == 1

    run_notifying(scenario)


def test_a_name_may_look_like_a_placeholder() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, on_use=True)
        there.hass.config_entries.async_update_subentry(
            entry_of(there.hass), subentry(there.hass, ANN), title="{lock} {0}"
        )
        await asyncio.sleep(5)
        await there.happens(operated(ANN_SLOT))
        assert there.phone.shown == [("{lock} {0} unlocked Front.", "Front")]

    run_notifying(scenario)


def test_a_language_without_texts_falls_back_to_english() -> None:
    async def scenario(there: There) -> None:
        await there.hass.config.async_update(language="eo")
        await async_load_integrations(there.hass, {DOMAIN})
        there.choose(ANN, PHONE, on_use=True)
        await there.happens(operated(ANN_SLOT))
        assert there.phone.shown == [("Ann unlocked Front.", "Front")]

    run_notifying(scenario)


# Trouble


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what we have complained about."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "custom_components.keyholder.notifications"
        and record.levelname == "WARNING"
    ]


@pytest.mark.parametrize(
    "trouble", [HomeAssistantError("no battery"), RuntimeError("a bug")]
)
def test_a_screen_that_raises_is_logged_once_until_it_works_again(
    caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, TABLET, on_use=True)
        there.phone.trouble = trouble
        for times in (1, 2, 3):
            await there.happens(operated(ANN_SLOT))
            assert len(there.tablet.shown) == times
        name = type(trouble).__name__
        assert warnings(caplog) == [f"Notification target {PHONE} failed: {name}"]
        assert str(trouble) not in caplog.text

        there.phone.trouble = None
        await there.happens(operated(ANN_SLOT))
        assert len(there.phone.shown) == 1
        there.phone.trouble = trouble
        await there.happens(operated(ANN_SLOT))
        assert len(warnings(caplog)) == 2
        assert len(there.published) == len(there.tablet.shown) == 5

    run_notifying(scenario)


@pytest.mark.parametrize(
    "target",
    ["notify.gone", "script.gone", "0123456789abcdef", "no target", "light.lamp"],
)
def test_a_target_that_is_not_there_is_logged_once(
    caplog: pytest.LogCaptureFixture, target: str
) -> None:
    async def scenario(there: There) -> None:
        there.hass.states.async_set("light.lamp", "on")
        there.choose(ANN, target, PHONE, on_use=True)
        for times in (1, 2, 3):
            await there.happens(operated(ANN_SLOT))
            assert len(there.phone.shown) == times
        (line,) = warnings(caplog)
        assert line.startswith(f"Notification target {target} failed: ")

    run_notifying(scenario)


def test_a_screen_that_is_unavailable_is_not_called(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, on_use=True)
        there.phone.go_away()
        await there.happens(operated(ANN_SLOT))
        assert there.phone.shown == []
        assert warnings(caplog) == [
            f"Notification target {PHONE} failed: it is unavailable"
        ]

    run_notifying(scenario)


def test_a_screen_that_hangs_holds_up_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, TABLET, on_use=True)
        there.phone.takes = 100_000
        await there.happens(operated(ANN_SLOT))
        await there.happens(operated(BOB_SLOT))
        assert [event.type for event in there.published] == [AccessType.UNLOCKED] * 2
        assert len(there.tablet.shown) == 1
        assert warnings(caplog) == []
        await asyncio.sleep(60)
        assert warnings(caplog) == [
            f"Notification target {PHONE} failed: no answer in time"
        ]
        assert there.phone.shown == []

    run_notifying(scenario)


def test_an_unload_ends_what_is_under_way() -> None:
    async def scenario(there: There) -> None:
        there.choose(ANN, PHONE, on_use=True)
        there.phone.takes = 20
        await there.happens(operated(ANN_SLOT))
        entry = entry_of(there.hass)
        assert await there.hass.config_entries.async_unload(entry.entry_id)
        await asyncio.sleep(60)
        assert there.phone.shown == []

    run_notifying(scenario)
