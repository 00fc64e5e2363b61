"""Buttons of a lock: verify its codes now."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .data import KeyholderConfigEntry
from .dynamic_entities import async_setup_member_entities, per_lock
from .entity import LockDeviceEntity

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
    plan = per_lock(VerifyButton, (VERIFY,))
    await async_setup_member_entities(entry, Platform.BUTTON, async_add_entities, plan)


class VerifyButton(LockDeviceEntity, ButtonEntity):
    """Reads back every managed slot of a lock."""

    @override
    async def async_press(self) -> None:
        """Read back every slot. Raises HomeAssistantError if a slot gave no answer."""
        coordinator = self.site.locks.get(self.lock)
        answers = (
            {} if coordinator is None else await coordinator.requests.async_verify()
        )
        if coordinator is None or not all(answers.values()):
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="lock_did_not_answer",
                translation_placeholders={
                    "locks": self.lock if coordinator is None else coordinator.name
                },
            )
