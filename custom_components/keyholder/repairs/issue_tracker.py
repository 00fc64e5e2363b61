"""Synchronise Home Assistant's issue registry with the issues of a site."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from ..const import DOMAIN
from ..data import KeyholderConfigEntry
from ..logic.markdown import markdown_placeholders
from ..model.credential import LockId
from .issues import Issue, issues_of_lock, issues_of_site


@callback
def async_track_issues(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Create and delete the issues of a site while its entry is loaded."""
    tracker = IssueTracker(hass, entry)
    tracker.async_update()
    entry.async_on_unload(tracker.async_clear)
    site = entry.runtime_data.site
    entry.async_on_unload(site.signals.async_subscribe_members(tracker.async_update))
    entry.async_on_unload(site.async_add_lock_listener(tracker.async_update_lock))
    entry.async_on_unload(
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, tracker.async_on_entity)
    )
    entry.async_on_unload(
        hass.bus.async_listen(
            ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, tracker.async_on_issue
        )
    )


class IssueTracker:
    """Tracks the issues of one site. They derive from the state alone, not from events."""

    def __init__(self, hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
        """Initialize without issues."""
        self._hass = hass
        self._entry = entry
        self._found: dict[LockId | None, list[tuple[Issue, bool]]] = {}
        self._active: dict[str, Issue] = {}

    @callback
    def async_update(self) -> None:
        """Evaluate the site and all locks, and synchronise the registry."""
        site = self._entry.runtime_data.site
        self._found = {None: _with_visibility(issues_of_site(site))}
        for lock in (*site.locks, *site.removed_locks):
            self._found[lock] = _with_visibility(issues_of_lock(site, lock))
        self._synchronise()

    @callback
    def async_update_lock(self, lock: LockId) -> None:
        """Evaluate one lock and synchronise the registry if its issues changed."""
        found = _with_visibility(issues_of_lock(self._entry.runtime_data.site, lock))
        if found != self._found.get(lock):
            self._found[lock] = found
            self._synchronise()

    @callback
    def _synchronise(self) -> None:
        wanted = {
            issue_id: issue
            for found in self._found.values()
            for issue, _show_initially in found
            if (issue_id := f"{self._entry.entry_id}.{issue.key}") in self._active
            or issue.show_initially
        }
        before, self._active = self._active, wanted
        for issue_id in before.keys() - wanted.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        registry = ir.async_get(self._hass)
        for issue_id, issue in wanted.items():
            known = registry.async_get_issue(DOMAIN, issue_id)
            if known is None or not known.active or before.get(issue_id) != issue:
                self._create(issue_id, issue)

    @callback
    def async_clear(self) -> None:
        """Delete all issues."""
        active, self._active = self._active, {}
        for issue_id in active:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)

    @callback
    def async_on_entity(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Evaluate again when an entity was created or removed: it may be a lock's."""
        if event.data["action"] != "update":
            self.async_update()

    @callback
    def async_on_issue(self, event: Event[Any]) -> None:
        """Evaluate again when an issue was deleted.

        Home Assistant deletes an issue when its fix flow ends, fixed or not.
        """
        if event.data["action"] == "remove" and event.data["issue_id"] in self._active:
            del self._active[event.data["issue_id"]]
            self.async_update()

    def _create(self, issue_id: str, issue: Issue) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={
                "entry_id": self._entry.entry_id,
                "kind": issue.kind,
                "lock": issue.lock,
                "slot": issue.slot,
            },
            is_fixable=issue.fixable,
            learn_more_url=issue.help_url,
            severity=issue.severity,
            translation_key=issue.text or issue.kind,
            translation_placeholders=markdown_placeholders(issue.placeholders),
        )


def _with_visibility(issues: Iterable[Issue]) -> list[tuple[Issue, bool]]:
    """Return issues with `show_initially`, which their comparison leaves out."""
    return [(issue, issue.show_initially) for issue in issues]
