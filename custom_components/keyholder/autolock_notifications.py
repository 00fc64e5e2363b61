"""Autolock notices as persistent notifications in Home Assistant's language."""

import logging
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .logic.markdown import markdown_placeholders
from .model.autolock import (
    AutolockFailure,
    AutolockNotice,
    AutolockNoticeType,
    ErrorMessage,
)
from .model.credential import LockId
from .runtime.site.subentries import locks_from_entry
from .translation import async_translate, async_translate_error

_LOGGER: Final = logging.getLogger(__name__)

_KEYS: Final = {
    AutolockNoticeType.FAILED: "autolock_failed",
    AutolockNoticeType.GAVE_UP: "autolock_failed",
    AutolockNoticeType.DOOR_OPEN: "autolock_door",
    AutolockNoticeType.DOOR_UNKNOWN: "autolock_door",
    AutolockNoticeType.LOCKED_WHILE_OPEN: "autolock_late",
}
"""Suffix of the notification id; notices with the same suffix replace each other."""


class AutolockNotifications:
    """The persistent notifications of one lock's autolock."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], lock: LockId
    ) -> None:
        """Initialize the notifications of a lock."""
        self._hass = hass
        self._entry = entry
        self._lock = lock

    @callback
    def async_publish(self, notice: AutolockNotice) -> None:
        """Create the notification of a notice; dismiss all of them when cleared.

        A notice type without a notification is ignored.
        """
        if notice.notice is AutolockNoticeType.CLEARED:
            self.async_dismiss()
            return
        if (key := _KEYS.get(notice.notice)) is None:
            return
        persistent_notification.async_create(
            self._hass,
            self._text(f"autolock_{notice.notice}", notice),
            async_translate(self._hass, "autolock_title", lock=self._name),
            self._id(key),
        )

    @callback
    def async_dismiss(self) -> None:
        """Dismiss every notification of the lock."""
        for key in sorted(set(_KEYS.values())):
            try:
                persistent_notification.async_dismiss(self._hass, self._id(key))
            except Exception:
                # the others must be dismissed all the same
                _LOGGER.exception(
                    "Dismissing an autolock notification of %s failed", self._name
                )

    def _id(self, key: str) -> str:
        return f"{DOMAIN}_{self._lock}_{key}"

    def _text(self, key: str, notice: AutolockNotice) -> str:
        reason = async_failure_text(self._hass, self._lock, notice) or ""
        words = markdown_placeholders({"lock": self._name, "reason": reason})
        return async_translate(self._hass, key, **words)

    @property
    def _name(self) -> str:
        settings = locks_from_entry(self._entry).get(self._lock)
        if settings is not None:
            return settings.name
        entity = er.async_get(self._hass).async_get(self._lock)
        return self._lock if entity is None else entity.entity_id


@callback
def async_failure_text(
    hass: HomeAssistant, lock: LockId, notice: AutolockNotice
) -> str | None:
    """Return why a door could not be locked, None if the notice is of no failure.

    The message of Home Assistant's exception is kept, and stands alone where nothing
    more is known than that the command failed.
    """
    if notice.failure is None:
        return None
    entity = er.async_get(hass).async_get(lock)
    reason = async_translate(
        hass,
        f"autolock_reason_{notice.failure}",
        entity=lock if entity is None else entity.entity_id,
    )
    message = _message_text(hass, notice.message)
    if message is None:
        return reason
    if notice.failure is AutolockFailure.COMMAND_FAILED:
        return message
    return f"{reason} ({message.rstrip('.')})"


def _message_text(hass: HomeAssistant, message: ErrorMessage | None) -> str | None:
    if message is None:
        return None
    text = async_translate_error(
        hass, message.domain, message.key, message.placeholders
    )
    if text is None:
        return None
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
