"""A site and its people, driven by dialogs, actions and switches, on any technology.

How to use it: the fixture `site` of `tests/components/<technology>` is a `SiteDriver`;
`await site.manage()`, then `person = await site.add("Ann", PIN)` and
`await person.until_shown("in_sync")`. A new technology derives it and gives a `Network`.
Where tests name the lock each time, as on Z-Wave, derive `BaseSiteDriver` and
`BasePersonDriver`, and `BaseDoorDriver` of `door_driver`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Final, Protocol

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.keyholder.const import DOMAIN, EVENT_ACCESS
from tests.harness.site.flow_driver import (
    add_lock,
    add_person,
    choose,
    start_reconfigure,
    submit,
)
from tests.harness.waiting import PATIENCE, wait_for

PIN: Final = "907153"
OTHER: Final = "904862"
PINS: Final = (PIN, OTHER)
"""All that a test of a site gives to anybody."""


async def make_it_noon(hass: HomeAssistant) -> None:
    """Live where it is about noon: today stays today while a test runs."""
    hours = 12 - dt_util.utcnow().hour
    # these names count westwards
    await hass.config.async_set_time_zone(f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT")


class Network(Protocol):
    """The locks, as the integration of their technology shows them."""

    def lock_entity(self) -> er.RegistryEntry:
        """Return the registry entry of the first lock's entity."""

    async def settle(self) -> None:
        """Wait until all that locks have reported so far has been handled."""


@dataclass
class BaseSiteDriver[AnyNetwork]:
    """Home Assistant with Keyholder, and the locks."""

    hass: HomeAssistant
    network: AnyNetwork
    entry: ConfigEntry
    events: list[Mapping[str, Any]] = field(default_factory=list)
    """What went over the bus of what happened at the doors."""

    def __post_init__(self) -> None:
        """Begin to listen."""

        @callback
        def hear(event: Event) -> None:
            self.events.append(event.data)

        self.hass.bus.async_listen(EVENT_ACCESS, hear)

    @property
    def issues(self) -> set[str]:
        """Return what waits for somebody, by kind."""
        return {
            issue.translation_key
            for issue in ir.async_get(self.hass).issues.values()
            if issue.domain == DOMAIN and issue.active and issue.translation_key
        }


class SiteDriver[AnyNetwork: Network](BaseSiteDriver[AnyNetwork]):
    """A site whose tests drive its first lock."""

    async def manage(self, lock: er.RegistryEntry | None = None, **limits: int) -> None:
        """Let Keyholder manage a lock, the first one if none is named."""
        chosen = lock or self.network.lock_entity()
        await add_lock(self.hass, self.entry, chosen, **limits)

    async def add(self, name: str, pin: str, *, enabled: bool = True) -> PersonDriver:
        """Add somebody in the dialog."""
        subentry = await add_person(self.hass, self.entry, name, pin, enabled=enabled)
        await self.hass.async_block_till_done()
        return PersonDriver(self, subentry)

    def person(self, name: str) -> PersonDriver:
        """Return somebody who was added."""
        subentries = self.entry.subentries.values()
        return PersonDriver(
            self, next(each for each in subentries if each.title == name)
        )

    async def verify(self) -> None:
        """Have every code of the lock read back."""
        await self._call(DOMAIN, "verify", self.network.lock_entity().entity_id)

    async def switch_autolock(self, *, on: bool) -> None:
        """Turn the switch of the lock's autolock."""
        entity = self._entity("switch", "autolock")
        await self._call("switch", "turn_on" if on else "turn_off", entity)

    async def start_autolock(self, duration: timedelta) -> None:
        """Have the door lock itself after a while."""
        lock, seconds = self.network.lock_entity().entity_id, duration.total_seconds()
        await self._call(DOMAIN, "autolock_start", lock, duration={"seconds": seconds})

    def shown(self, platform: str, key: str) -> str:
        """Return what an entity of the lock shows."""
        state = self.hass.states.get(self._entity(platform, key))
        assert state is not None
        return state.state

    async def settle(self) -> None:
        """Wait until all that the lock reported has been handled."""
        await self.network.settle()

    async def _call(
        self, domain: str, action: str, entity_id: str, **data: object
    ) -> None:
        await self.hass.services.async_call(
            domain, action, {"entity_id": entity_id, **data}, blocking=True
        )

    def _entity(self, platform: str, key: str) -> str:
        entity = er.async_get(self.hass).async_get_entity_id(
            platform, DOMAIN, f"{self.network.lock_entity().id}_{key}"
        )
        assert entity is not None
        return entity


@dataclass(frozen=True)
class BasePersonDriver[AnySite: BaseSiteDriver[Any]]:
    """Somebody whom Keyholder knows."""

    patience: ClassVar[float] = PATIENCE
    """Seconds for everything that is waited for."""

    site: AnySite
    subentry: ConfigSubentry

    async def set_rule(self, rule: Mapping[str, Any]) -> None:
        """Enter when the code works, in the dialog."""
        hass, entry = self.site.hass, self.site.entry
        current = entry.subentries[self.subentry.subentry_id]
        form = await choose(hass, await start_reconfigure(hass, entry, current), "rule")
        result = await submit(hass, form, **rule)
        assert result.get("reason") == "reconfigure_successful", result.get("errors")

    async def switch(self, *, on: bool) -> None:
        """Turn the person's switch."""
        await self.site.hass.services.async_call(
            "switch",
            "turn_on" if on else "turn_off",
            {"entity_id": self.entity("switch", "enabled")},
            blocking=True,
        )

    async def set_pin(self, pin: str) -> None:
        """Give the person another PIN, by the action."""
        await self.site.hass.services.async_call(
            DOMAIN,
            "set_pin",
            {"person": self.entity("switch", "enabled"), "pin": pin},
            blocking=True,
        )

    def entity(self, platform: str, key: str) -> str:
        """Return an entity of the person's device."""
        entity = self.find(platform, key)
        assert entity is not None
        return entity

    def code_on(self, lock: er.RegistryEntry) -> State | None:
        """Return what is shown of the person's code on a lock."""
        entity = self.find("sensor", f"{lock.id}_slot")
        return None if entity is None else self.site.hass.states.get(entity)

    def shows(self, lock: er.RegistryEntry, state: str, **attributes: object) -> bool:
        """Return whether the person's code on a lock is shown so."""
        code = self.code_on(lock)
        return (
            code is not None
            and code.state == state
            and attributes.items() <= code.attributes.items()
        )

    async def until_shown_on(
        self, lock: er.RegistryEntry, state: str, **attributes: object
    ) -> None:
        """Wait until the person's code on a lock is shown so."""
        await self.until_on(lock, lambda: self.shows(lock, state, **attributes))

    async def until_on(
        self, lock: er.RegistryEntry, condition: Callable[[], bool]
    ) -> None:
        """Wait until something is so; fail with what is shown of the code instead."""
        try:
            await wait_for(condition, self.patience)
        except AssertionError:
            shown = self.code_on(lock)
            raise AssertionError(f"it is not shown: {shown}") from None

    def find(self, platform: str, key: str) -> str | None:
        """Return an entity of the person's device, None while there is none."""
        return er.async_get(self.site.hass).async_get_entity_id(
            platform, DOMAIN, f"{self.subentry.unique_id}_{key}"
        )


class PersonDriver(BasePersonDriver[SiteDriver[Any]]):
    """Somebody with a code for the first lock of the site."""

    @property
    def slot(self) -> State | None:
        """Return what is shown of the code."""
        return self.code_on(self._lock)

    async def until_shown(self, state: str, **attributes: object) -> None:
        """Wait until the code is shown so."""
        await self.until_shown_on(self._lock, state, **attributes)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        await self.until_on(self._lock, condition)

    @property
    def _lock(self) -> er.RegistryEntry:
        lock: er.RegistryEntry = self.site.network.lock_entity()
        return lock
