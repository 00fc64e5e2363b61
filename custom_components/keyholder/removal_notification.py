"""Tell what a site that was deleted has left on its locks: Home Assistant runs no dialog."""

from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, SUBENTRY_LOCK
from .logic.markdown import escape_markdown
from .model.left_codes import LeftCode
from .translation import async_translate


@callback
def async_notify_left_codes(
    hass: HomeAssistant, entry: ConfigEntry[Any], codes: list[LeftCode] | None
) -> None:
    """Create a persistent notification of the codes that stay; None if it is not known.

    No code, no notification.
    """
    if codes is None:
        locks = sorted(
            subentry.title
            for subentry in entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_LOCK
        )
        lines = [f"- {escape_markdown(lock)}" for lock in locks]
        key = "site_removed_unknown"
    else:
        lines = code_lines(hass, codes)
        key = "site_removed"
    if not lines:
        return
    site = escape_markdown(entry.title)
    persistent_notification.async_create(
        hass,
        async_translate(hass, key, site=site, codes="\n".join(lines)),
        async_translate(hass, "site_removed_title", site=site),
        f"{DOMAIN}_removed_{entry.entry_id}",
    )


@callback
def code_lines(hass: HomeAssistant, codes: list[LeftCode]) -> list[str]:
    """Return a line of a list in markdown for each code."""
    return [
        async_translate(
            hass,
            "site_removed_code",
            lock=escape_markdown(code.lock),
            slot=str(code.slot),
            person=escape_markdown(code.person),
        )
        for code in codes
    ]
