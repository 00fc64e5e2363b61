"""Keeps Home Assistant's list of issues equal to what waits for a person."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from ..const import DOMAIN
from ..model.credential import LockId
from ..runtime.data import KeyholderConfigEntry
from .issues import Issue, issues_of_lock, issues_of_site


@callback
def async_track_issues(hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
    """Show what waits for a person for as long as it does and the entry is loaded."""
    board = IssueTracker(hass, entry)
    board.update()
    entry.async_on_unload(board.clear)
    changes = entry.runtime_data.signals
    entry.async_on_unload(changes.subscribe_members(board.update))
    entry.async_on_unload(changes.subscribe_all_locks(board.update_lock))
    entry.async_on_unload(
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, board.on_entity)
    )
    entry.async_on_unload(
        hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, board.on_issue)
    )


class IssueTracker:
    """The issues of one site. It goes by the state alone, never by what has happened."""

    def __init__(self, hass: HomeAssistant, entry: KeyholderConfigEntry) -> None:
        """Show nothing yet."""
        self._hass = hass
        self._entry = entry
        self._found: dict[LockId | None, list[tuple[Issue, bool]]] = {}
        self._shown: dict[str, Issue] = {}

    @callback
    def update(self) -> None:
        """Show what waits now, and nothing else."""
        site = self._entry.runtime_data
        self._found = {None: _with_news(issues_of_site(site))}
        for lock in (*site.locks, *site.removed_locks):
            self._found[lock] = _with_news(issues_of_lock(site, lock))
        self._show()

    @callback
    def update_lock(self, lock: LockId) -> None:
        """Show what waits now on a lock; all else is as it was."""
        found = _with_news(issues_of_lock(self._entry.runtime_data, lock))
        if found != self._found.get(lock):
            self._found[lock] = found
            self._show()

    @callback
    def _show(self) -> None:
        wanted = {
            issue_id: issue
            for found in self._found.values()
            for issue, _is_news in found
            if (issue_id := f"{self._entry.entry_id}.{issue.key}") in self._shown
            or issue.show_initially
        }
        before, self._shown = self._shown, wanted
        for issue_id in before.keys() - wanted.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        registry = ir.async_get(self._hass)
        for issue_id, issue in wanted.items():
            known = registry.async_get_issue(DOMAIN, issue_id)
            if known is None or not known.active or before.get(issue_id) != issue:
                self._create(issue_id, issue)

    @callback
    def clear(self) -> None:
        """Show nothing any more."""
        shown, self._shown = self._shown, {}
        for issue_id in shown:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)

    @callback
    def on_entity(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """A lock's entity may have gone, or be there again."""
        if event.data["action"] != "update":
            self.update()

    @callback
    def on_issue(self, event: Event[Any]) -> None:
        """Home Assistant deletes an issue when its dialog ends, fixed or not."""
        if event.data["action"] == "remove" and event.data["issue_id"] in self._shown:
            del self._shown[event.data["issue_id"]]
            self.update()

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
            severity=issue.severity,
            translation_key=issue.kind,
            translation_placeholders=issue.placeholders,
        )


def _with_news(issues: Iterable[Issue]) -> list[tuple[Issue, bool]]:
    """Return issues with what makes them shown and is no part of them."""
    return [(issue, issue.show_initially) for issue in issues]
