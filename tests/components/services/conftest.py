"""A site with two managed locks, and what the actions for people are called with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import DOMAIN
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks, add_lock

FRONT = "lock.front_door"
BACK = "lock.back_door"

type Act = Callable[..., Awaitable[Mapping[str, Any]]]


class ServiceSite:
    """What is in the locks, and who is in the site."""

    def __init__(
        self, hass: HomeAssistant, site: MockConfigEntry, locks: FakeLocks
    ) -> None:
        """Look at these."""
        self.hass = hass
        self.site = site
        self.locks = locks

    def entry(self, entity_id: str) -> er.RegistryEntry:
        """Return a lock as it is registered."""
        lock = er.async_get(self.hass).async_get(entity_id)
        assert lock is not None
        return lock

    def provider(self, entity_id: str) -> FakeProvider:
        """Return what stands behind a lock."""
        return self.locks.provider(self.entry(entity_id))

    def codes(self, entity_id: str) -> set[str]:
        """Return the codes in a lock."""
        return set(self.provider(entity_id).codes.values())

    def person(self, name: str) -> ConfigSubentry:
        """Return a person of the site."""
        return next(
            subentry
            for subentry in self.site.subentries.values()
            if subentry.title == name
        )

    def people(self) -> list[str]:
        """Return the names of the people of the site."""
        return [
            subentry.title
            for subentry in self.site.subentries.values()
            if subentry.subentry_type == "person"
        ]


@pytest.fixture
async def service_site(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> ServiceSite:
    """Return two managed locks, in a zone that has summer time."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    for name in ("Front door", "Back door"):
        await add_lock(hass, site, fake_locks.add(name))
    return ServiceSite(hass, site, fake_locks)


@pytest.fixture
def act(hass: HomeAssistant) -> Act:
    """Return how to call an action; `asking` for a response, or not."""

    async def call(
        action: str,
        data: Mapping[str, Any],
        *,
        asking: bool = False,
        user: str | None = None,
    ) -> Mapping[str, Any]:
        response = await hass.services.async_call(
            DOMAIN,
            action,
            dict(data),
            blocking=True,
            return_response=asking,
            context=Context(user_id=user),
        )
        return response or {}

    return call


async def wait_a_few_turns() -> None:
    """Let a call go as far as it gets."""
    for _ in range(20):
        await asyncio.sleep(0)
