"""Base of the fix flows of the repair issues: options, a form, and the progress of a fix."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
import probatio

from ..const import DOMAIN
from ..data import KeyholderConfigEntry
from ..logic.fix_outcome import FixOutcome
from ..model.credential import LockId
from ..runtime.site.changed_address import AddressRefusal
from ..runtime.site.site import Site
from ..runtime.site.slot_actions import ActionRefusal

type Refusal = ActionRefusal | AddressRefusal
type Fix = Callable[[Site], Awaitable[Refusal | None]]


class FixFlow(RepairsFlow):
    """Base of the fix flows: offers fix options, explains one, and runs it on submit.

    If a fix is not possible, the form shows the error and the issue stays. A fix is done
    when the lock has shown its effect: until then its progress is shown, and what is not
    done in time leaves the issue as it is.
    """

    data: dict[str, str | int | float | None]

    @property
    def site(self) -> Site | None:
        """Return the site of the issue, None if its entry is not loaded."""
        entry: KeyholderConfigEntry | None = self.hass.config_entries.async_get_entry(
            str(self.data["entry_id"])
        )
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry.runtime_data.site

    @property
    def lock(self) -> LockId:
        """Return the lock of the issue."""
        return str(self.data["lock"])

    _kept_names: Mapping[str, str] = MappingProxyType({})
    _trying: asyncio.Task[None] | None = None
    _watch_until: float = 0

    def outcome(self, site: Site) -> FixOutcome:
        """Return the outcome of the fix that was run."""
        return FixOutcome.DONE

    def options(self, site: Site) -> list[str]:
        """Return the ids of the steps to choose from."""
        raise NotImplementedError

    async def async_step_init(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show a menu of the fix options, or the step of the only one."""
        if (site := self.site) is None:
            return self.async_abort(reason="not_loaded")
        options = self.options(site)
        if len(options) == 1:
            step: Callable[[], Awaitable[RepairsFlowResult]] = getattr(
                self, f"async_step_{options[0]}"
            )
            return await step()
        return self.async_show_menu(
            step_id="init", menu_options=options, description_placeholders=self._names
        )

    async def async_run_fix(
        self, step: str, user_input: dict[str, Any] | None, fix: Fix
    ) -> RepairsFlowResult:
        """Show the form of a fix option; run the fix once it is submitted.

        A flow whose issue was resolved meanwhile aborts: the fix might otherwise apply to
        another code in the slot.
        """
        if (site := self.site) is None:
            return self.async_abort(reason="not_loaded")
        if self._issue is None:
            return self.async_abort(reason="gone")
        refusal = None
        if user_input is not None:
            self._kept_names = self._names
            refusal = await fix(site)
            if refusal is None:
                return await self._async_watch(site)
            if refusal in (ActionRefusal.GONE, AddressRefusal.GONE):
                return self.async_abort(reason="gone")
        return self.async_show_form(
            step_id=step,
            data_schema=probatio.Schema({}),
            errors={} if refusal is None else {"base": refusal.value},
            description_placeholders=self._names,
        )

    async def _async_watch(self, site: Site) -> RepairsFlowResult:
        """End the flow if the fix is done, else show its progress for some time."""
        if self.outcome(site) is FixOutcome.DONE:
            return self.async_create_entry(data={})
        patience = site.timing.removal_timeout.total_seconds()
        self._watch_until = self.hass.loop.time() + patience
        return await self.async_step_trying()

    async def async_step_trying(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show progress until the lock has shown the effect of the fix, or it has failed."""
        if self._trying is None or self._trying.done():
            site, left = self.site, self._watch_until - self.hass.loop.time()
            if (
                site is None
                or left <= 0
                or self.outcome(site) is not FixOutcome.UNDER_WAY
            ):
                return self.async_show_progress_done(next_step_id="tried")
            self._trying = self.hass.async_create_task(
                site.async_wait_until(
                    lambda: self.outcome(site) is not FixOutcome.UNDER_WAY,
                    timedelta(seconds=left),
                ),
                "keyholder watches a repair",
                eager_start=False,
            )
        return self.async_show_progress(
            step_id="trying",
            progress_action="trying",
            progress_task=self._trying,
            description_placeholders=self._names,
        )

    async def async_step_tried(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """End the flow: only what is done resolves the issue."""
        outcome = FixOutcome.UNDER_WAY if self.site is None else self.outcome(self.site)
        if outcome is FixOutcome.DONE:
            return self.async_create_entry(data={})
        return self.async_abort(
            reason="failed_again" if outcome is FixOutcome.FAILED else "still_trying",
            description_placeholders=self._names,
        )

    @property
    def _issue(self) -> ir.IssueEntry | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return issue if issue is not None and issue.active else None

    @property
    def _names(self) -> dict[str, str]:
        """Return the placeholders of the issue, as they were if a fix has resolved it."""
        if (issue := self._issue) is None:
            return dict(self._kept_names)
        return dict(issue.translation_placeholders or {})
