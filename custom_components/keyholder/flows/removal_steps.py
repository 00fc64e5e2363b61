"""Removal steps shared by the person and lock subentry flows: clear, verify, remove."""

import asyncio
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ..logic.markdown import markdown_placeholders
from ..runtime.site.subentries import is_being_removed
from .subentry import SiteSubentryFlow


class RemovalSteps(SiteSubentryFlow):
    """Reconfigure menu, and the steps that remove a subentry.

    The site runs the removal: it continues when the flow is closed.
    """

    _menu_options: tuple[str, ...] = ("edit", "remove")
    _removal_task: asyncio.Task[bool] | None = None
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
        """Show progress until the codes are verified as cleared."""
        if self._removal_task is None:
            self._removal_task = self.hass.async_create_task(
                self.site.removals.async_wait(self._reconfigure_subentry_id),
                "keyholder watches a removal",
                eager_start=False,
            )
        if self._removal_task.done():
            return self.async_show_progress_done(next_step_id="removed")
        return self.async_show_progress(
            step_id="removing",
            progress_action="removing",
            progress_task=self._removal_task,
            description_placeholders=markdown_placeholders({"name": self._name}),
        )

    async def async_step_removed(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Abort with the result: removed, or the removal continues."""
        cleared = self._removal_task is not None and self._removal_task.result()
        return self.async_abort(
            reason="removed" if cleared else "removal_goes_on",
            description_placeholders=markdown_placeholders({"name": self._name}),
        )
