"""The dialogs of the issues that can be fixed."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
import probatio

from ..const import DOMAIN
from ..model.credential import LockId
from ..model.lifecycle import ResumeChoice
from ..runtime.data import KeyholderConfigEntry
from ..runtime.decisions import ActionRefusal, SlotActions
from ..runtime.membership import CONF_LOCK
from ..runtime.moving import ReplacementRefusal
from ..runtime.site import Site
from .issues import SUSPENDED
from .successor import REPLACEMENT_SCHEMA, async_replace, replacement_candidates

type Fix = Callable[[Site], Awaitable[ActionRefusal | None]]


class FixFlow(RepairsFlow):
    """Offers one or more ways out; each is explained, then carried out on submit.

    A way that turns out to be closed is told in the form, and the issue stays.
    """

    data: dict[str, str | int | float | None]

    @property
    def site(self) -> Site | None:
        """Return the site that the issue is about, None if it does not run."""
        entry: KeyholderConfigEntry | None = self.hass.config_entries.async_get_entry(
            str(self.data["entry_id"])
        )
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry.runtime_data

    @property
    def lock(self) -> LockId:
        """Return the lock that the issue is about."""
        return str(self.data["lock"])

    def options(self, site: Site) -> list[str]:
        """Return the steps to choose from."""
        raise NotImplementedError

    async def async_step_init(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Let the user choose, or go straight to the only way."""
        if (site := self.site) is None:
            return self.async_abort(reason="not_loaded")
        ways = self.options(site)
        if len(ways) == 1:
            way: Callable[[], Awaitable[RepairsFlowResult]] = getattr(
                self, f"async_step_{ways[0]}"
            )
            return await way()
        return self.async_show_menu(
            step_id="init", menu_options=ways, description_placeholders=self._names
        )

    async def run_fix(
        self, step: str, user_input: dict[str, Any] | None, fix: Fix
    ) -> RepairsFlowResult:
        """Explain a way; once it is submitted, go it.

        A dialog that was left open while its issue was settled does nothing: what was meant
        for one code would be done to another.
        """
        if (site := self.site) is None:
            return self.async_abort(reason="not_loaded")
        if self._issue is None:
            return self.async_abort(reason="gone")
        refusal = None
        if user_input is not None:
            refusal = await fix(site)
            if refusal is None:
                return self.async_create_entry(data={})
            if refusal is ActionRefusal.GONE:
                return self.async_abort(reason="gone")
        return self.async_show_form(
            step_id=step,
            data_schema=probatio.Schema({}),
            errors={} if refusal is None else {"base": refusal.value},
            description_placeholders=self._names,
        )

    @property
    def _issue(self) -> ir.IssueEntry | None:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return issue if issue is not None and issue.active else None

    @property
    def _names(self) -> dict[str, str]:
        issue = self._issue
        return {} if issue is None else dict(issue.translation_placeholders or {})


class SlotFixFlow(FixFlow):
    """A slot that waits for the user's word."""

    def decisions(self, site: Site) -> SlotActions:
        """Return what can be decided about the slot."""
        return site.decisions(self.lock, int(self.data["slot"] or 0))

    @override
    def options(self, site: Site) -> list[str]:
        """Offer what fits the reason."""
        match self.data["kind"]:
            case "slot_unrecognised":
                return ["retry", "replace"]
            case "slot_occupied":
                return ["retry", "move", "replace"]
            case "slot_changed_repeatedly":
                lock = site.locks.get(self.lock)
                known = None if lock is None else lock.capabilities
                readable = known is not None and known.best_evidence.shows_code
                return ["keep_mine", "keep_lock"] if readable else ["keep_mine"]
            case "revocation_pending":
                retired = self.lock in site.removed_locks
                return ["try_now", "leave"] if retired else ["try_now"]
            case "quarantined":
                return ["clear", "forget"]
        return ["retry"]

    async def async_step_retry(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Try again; what was refused once may be taken now."""
        return await self._resume("retry", user_input, ResumeChoice.RETRY)

    async def async_step_keep_mine(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Write our code over what was entered at the lock."""
        return await self._resume("keep_mine", user_input, ResumeChoice.RETRY)

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Put our code over somebody else's."""
        return await self._resume("replace", user_input, ResumeChoice.REPLACE)

    async def async_step_move(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Leave the slot to who is in it."""
        return await self.run_fix(
            "move", user_input, lambda site: self.decisions(site).async_move()
        )

    async def async_step_keep_lock(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take over the code that is in the lock."""
        return await self.run_fix(
            "keep_lock",
            user_input,
            lambda site: self.decisions(site).async_adopt_lock_code(),
        )

    async def async_step_try_now(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Do not wait for the next attempt."""
        return await self.run_fix(
            "try_now", user_input, lambda site: self.decisions(site).async_retry_now()
        )

    async def async_step_leave(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Forget a lock that is no longer managed, with what is on it."""
        return await self.run_fix(
            "leave", user_input, lambda site: _leave(site, self.lock)
        )

    async def async_step_clear(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take away a code that belongs to nobody."""
        return await self.run_fix(
            "clear",
            user_input,
            lambda site: self.decisions(site).async_clear_quarantined(),
        )

    async def async_step_forget(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Leave a code that belongs to nobody."""
        return await self.run_fix(
            "forget",
            user_input,
            lambda site: self.decisions(site).async_forget_orphaned(),
        )

    async def _resume(
        self, step: str, user_input: dict[str, Any] | None, choice: ResumeChoice
    ) -> RepairsFlowResult:
        async def resume(site: Site) -> ActionRefusal | None:
            return self.decisions(site).resume(choice)

        return await self.run_fix(step, user_input, resume)


class LockRemovedFixFlow(FixFlow):
    """A lock that is no longer managed still holds our codes."""

    @override
    def options(self, site: Site) -> list[str]:
        """Offer to take them off, or to leave them."""
        return ["clear", "leave"]

    async def async_step_clear(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take our codes off, and prove it."""

        async def clear(site: Site) -> None:
            await site.async_clear_removed_lock(self.lock)

        return await self.run_fix("clear", user_input, clear)

    async def async_step_leave(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Forget the lock."""
        return await self.run_fix(
            "leave", user_input, lambda site: _leave(site, self.lock)
        )


class NoFreeSlotFixFlow(FixFlow):
    """A lock that is full, or was when it was last looked at."""

    @override
    def options(self, site: Site) -> list[str]:
        """Offer to look again."""
        return ["look_again"]

    async def async_step_look_again(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Read the lock once more."""

        async def look(site: Site) -> ActionRefusal | None:
            if (lock := site.locks.get(self.lock)) is None:
                return ActionRefusal.GONE
            lock.rescan_slots()
            return None

        return await self.run_fix("look_again", user_input, look)


class JournalLostFixFlow(FixFlow):
    """What was on the locks is not known any more."""

    @override
    def options(self, site: Site) -> list[str]:
        """Offer to begin anew."""
        return ["begin_anew"]

    async def async_step_begin_anew(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Find slots and write codes again."""

        async def begin(site: Site) -> None:
            await site.async_reset_journal()

        return await self.run_fix("begin_anew", user_input, begin)


class LockMissingFixFlow(FixFlow):
    """The entity of a managed lock is gone."""

    @override
    def options(self, site: Site) -> list[str]:
        """Offer to let another lock take its place."""
        return ["replace"]

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Choose the lock that took its place, and move everything there."""
        if (site := self.site) is None:
            return self.async_abort(reason="not_loaded")
        plausible = replacement_candidates(self.hass)
        values = {CONF_LOCK: plausible[0]} if len(plausible) == 1 else {}
        error = None
        if user_input is not None:
            error = await async_replace(site, self.lock, user_input[CONF_LOCK])
            if error is None:
                return self.async_create_entry(data={})
            if error == ReplacementRefusal.GONE:
                return self.async_abort(reason=error)
            values = user_input
        return self.async_show_form(
            step_id="replace",
            data_schema=self.add_suggested_values_to_schema(REPLACEMENT_SCHEMA, values),
            errors={} if error is None else {"base": error},
            description_placeholders=self._names,
        )


async def _leave(site: Site, lock: LockId) -> None:
    await site.async_forget_removed_lock(lock)


FLOWS: Final[dict[str, type[FixFlow]]] = {
    **dict.fromkeys(SUSPENDED.values(), SlotFixFlow),
    "journal_lost": JournalLostFixFlow,
    "lock_missing": LockMissingFixFlow,
    "lock_removed": LockRemovedFixFlow,
    "no_free_slot": NoFreeSlotFixFlow,
    "quarantined": SlotFixFlow,
    "revocation_pending": SlotFixFlow,
}
"""By the kind of issue."""
