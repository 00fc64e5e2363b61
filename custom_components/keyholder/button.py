"""Buttons of a lock: verify its codes now."""

from collections.abc import Iterator
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .data import KeyholderConfigEntry
from .dynamic_entities import EntityFactory, async_setup_member_entities
from .entity import LockEntity
from .model.settings import LockSettings
from .runtime.site.site import Site
from .runtime.site.subentries import locks_from_entry

PARALLEL_UPDATES = 0  # every lock has a queue of its own

VERIFY = ButtonEntityDescription(
    key="verify",
    translation_key="verify",
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: KeyholderConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons; add and remove them with the subentries."""
    await async_setup_member_entities(entry, Platform.BUTTON, async_add_entities, _plan)


def _plan(site: Site) -> Iterator[EntityFactory]:
    for settings in locks_from_entry(site.entry).values():
        yield settings.subentry_id, partial(VerifyButton, site, settings)


class VerifyButton(LockEntity, ButtonEntity):
    """Reads back every managed slot of a lock."""

    entity_description = VERIFY

    def __init__(self, site: Site, settings: LockSettings) -> None:
        """Initialize the button."""
        super().__init__(site, settings, VERIFY.key)

    @override
    async def async_press(self) -> None:
        """Read back every slot. Raises HomeAssistantError if a slot gave no answer."""
        coordinator = self.site.locks.get(self.lock)
        answers = {} if coordinator is None else await coordinator.async_verify()
        if coordinator is None or not all(answers.values()):
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="lock_did_not_answer",
                translation_placeholders={
                    "locks": self.lock if coordinator is None else coordinator.name
                },
            )
