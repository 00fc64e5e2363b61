"""Removal steps shared by the person and lock subentry flows: clear, verify, remove."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.data_entry_flow import AbortFlow

from ..logic.markdown import markdown_placeholders
from ..logic.removal_progress import RemovalProgress
from ..model.timing import Timing
from ..runtime.site.subentries import is_being_removed
from .subentry import SiteSubentryFlow


class RemovalSteps(SiteSubentryFlow):
    """Reconfigure menu, and the steps that remove a subentry.

    The site runs the removal: it continues when the flow is closed.
    """

    _menu_options: tuple[str, ...] = ("edit", "remove")
    _removal_task: asyncio.Task[None] | None = None
    _began_at: float | None = None
    _progress: RemovalProgress | None = None
    _name: str = ""

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the menu; for a subentry that is being removed, that of the removal."""
        subentry = self.subentry
        self._name = subentry.title
        if is_being_removed(subentry):
            return await self.async_step_leaving()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=list(self._menu_options),
            description_placeholders=markdown_placeholders({"name": self._name}),
        )

    async def async_step_leaving(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer to follow a removal in progress, or to cancel it."""
        return self.async_show_menu(
            step_id="leaving",
            menu_options=["remove", "keep"],
            description_placeholders=markdown_placeholders({"name": self._name}),
        )

    async def async_step_keep(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Cancel the removal."""
        self.site.removals.async_cancel(self.subentry.subentry_id)
        return self.async_abort(
            reason="kept",
            description_placeholders=markdown_placeholders({"name": self._name}),
        )

    async def async_step_remove(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for confirmation and start the removal.

        Aborts if the journal is lost: it is then unknown what the locks hold.
        """
        if self.site.journal_lost:
            return self.async_abort(reason="journal_lost")
        if user_input is None:
            return self.show("remove", name=self._name)
        self.site.removals.async_begin(self.subentry.subentry_id)
        return await self.async_step_removing()

    async def async_step_removing(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show which locks are cleared and which give no answer, until all are cleared.

        Ends sooner if every lock that is left is unreachable; the site goes on anyway.
        """
        if self._removal_task is None or self._removal_task.done():
            try:
                site = self.site
            except AbortFlow:
                # unloaded meanwhile: a progress can end, but not abort
                return self.async_show_progress_done(next_step_id="removed")
            self._progress = site.removals.progress(self._reconfigure_subentry_id)
            wait = self._time_to_wait(site.timing, self._progress)
            if self._progress is None or wait <= timedelta():
                return self.async_show_progress_done(next_step_id="removed")
            self._removal_task = self.hass.async_create_task(
                site.removals.async_wait(
                    self._reconfigure_subentry_id, self._progress, wait
                ),
                "keyholder watches a removal",
                eager_start=False,
            )
        return self.async_show_progress(
            step_id="removing",
            progress_action="removing",
            progress_task=self._removal_task,
            description_placeholders=markdown_placeholders(self._placeholders),
        )

    async def async_step_removed(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Abort with the result: removed, or the removal continues."""
        return self.async_abort(
            reason="removed" if self._progress is None else "removal_goes_on",
            description_placeholders=markdown_placeholders(self._placeholders),
        )

    def _time_to_wait(
        self, timing: Timing, progress: RemovalProgress | None
    ) -> timedelta:
        """Return how long the removal is to be watched without news."""
        now = self.hass.loop.time()
        if self._began_at is None:
            self._began_at = now
        watched = timedelta(seconds=now - self._began_at)
        if watched < timing.removal_report:
            return timing.removal_report - watched
        if progress is not None and progress.is_stuck:
            return timedelta()
        return min(timing.removal_report, timing.removal_timeout - watched)

    @property
    def _placeholders(self) -> dict[str, str]:
        progress = self._progress or RemovalProgress()
        return {
            "name": self._name,
            "cleared": ", ".join(progress.cleared) or "–",
            "waiting": ", ".join(progress.waiting) or "–",
            "unanswered": ", ".join(progress.unanswered) or "–",
        }
