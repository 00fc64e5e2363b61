"""Fix flows of the repair issues."""

from collections.abc import Iterator
from typing import Any, Final, override

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import probatio

from ..application.errors import InvalidInputError
from ..application.locks import async_replace, replacement_candidates
from ..const import CONF_LOCK
from ..logic.fix_outcome import FixOutcome, outcome_of_all, slot_outcome
from ..logic.markdown import markdown_placeholders
from ..model.credential import CredentialRef, LockId
from ..model.provider_io import LockAddress
from ..model.slot import Reason
from ..model.slot_events import ResumeChoice
from ..runtime.site.changed_address import AddressRefusal
from ..runtime.site.lock_replacement import ReplacementRefusal
from ..runtime.site.site import Site
from ..runtime.site.slot_actions import ActionRefusal, SlotActions
from .fix_flow import FixFlow
from .issues import DUPLICATE, SUSPENDED

# every lock is offered: one that is left out could not be rejected with a reason
_REPLACEMENT_SCHEMA: Final = probatio.Schema(
    {probatio.Required(CONF_LOCK): EntitySelector(EntitySelectorConfig(domain="lock"))}
)


class SlotFixFlow(FixFlow):
    """Fix flow of a slot that needs a decision of the user."""

    def decisions(self, site: Site) -> SlotActions:
        """Return the actions on the slot."""
        return site.decisions(self.lock, int(self.data["slot"] or 0))

    @override
    def outcome(self, site: Site) -> FixOutcome:
        """Return the outcome, as far as the lock has shown it."""
        slot = int(self.data["slot"] or 0)
        lock = site.locks.get(self.lock) or site.removed_locks.get(self.lock)
        return slot_outcome(
            None if lock is None else lock.journal_entry.records.get(slot)
        )

    @override
    def options(self, site: Site) -> list[str]:
        """Return the options for the kind of issue."""
        match self.data["kind"]:
            case "slot_unrecognised" | "revocation_unrecognised":
                return ["retry", "replace"]
            case "slot_occupied":
                return ["retry", "move", "replace"]
            case "slot_changed_repeatedly":
                lock = site.locks.get(self.lock)
                capabilities = None if lock is None else lock.capabilities
                readable = (
                    capabilities is not None and capabilities.best_evidence.shows_code
                )
                return ["keep_mine", "keep_lock"] if readable else ["keep_mine"]
            case "revocation_pending":
                retired = self.lock in site.removed_locks
                return ["try_now", "leave"] if retired else ["try_now"]
            case "quarantined":
                return ["clear", "forget"]
            case "unexpected_use":
                return ["noted"]
        return ["retry"]

    async def async_step_retry(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Write the code again; the lock may accept it now."""
        return await self._resume("retry", user_input, ResumeChoice.RETRY)

    async def async_step_keep_mine(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Overwrite the externally changed code with ours."""
        return await self._resume("keep_mine", user_input, ResumeChoice.RETRY)

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Overwrite the unmanaged code with ours."""
        return await self._resume("replace", user_input, ResumeChoice.REPLACE)

    async def async_step_move(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Keep the unmanaged code and move ours to another slot."""
        return await self.async_run_fix(
            "move", user_input, lambda site: self.decisions(site).async_move()
        )

    async def async_step_keep_lock(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Adopt the code that is in the lock as the person's PIN."""
        return await self.async_run_fix(
            "keep_lock",
            user_input,
            lambda site: self.decisions(site).async_adopt_lock_code(),
        )

    async def async_step_noted(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Note that the slot was used although it was held to have no code."""

        async def note(site: Site) -> ActionRefusal | None:
            return self.decisions(site).async_note_use()

        return await self.async_run_fix("noted", user_input, note)

    async def async_step_try_now(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Retry now instead of waiting for the next attempt."""
        return await self.async_run_fix(
            "try_now", user_input, lambda site: self.decisions(site).async_retry_now()
        )

    async def async_step_leave(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Forget a lock that is no longer managed; its codes stay on it."""
        return await self.async_run_fix(
            "leave", user_input, lambda site: _leave(site, self.lock)
        )

    async def async_step_clear(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Clear an orphaned code."""
        return await self.async_run_fix(
            "clear",
            user_input,
            lambda site: self.decisions(site).async_clear_quarantined(),
        )

    async def async_step_forget(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Forget an orphaned code; it stays on the lock."""
        return await self.async_run_fix(
            "forget",
            user_input,
            lambda site: self.decisions(site).async_forget_orphaned(),
        )

    async def _resume(
        self, step: str, user_input: dict[str, Any] | None, choice: ResumeChoice
    ) -> RepairsFlowResult:
        async def resume(site: Site) -> ActionRefusal | None:
            return self.decisions(site).async_resume(choice)

        return await self.async_run_fix(step, user_input, resume)


class DuplicateFixFlow(SlotFixFlow):
    """Fix flow of a code that has the digits of somebody, in a slot that is not ours."""

    @override
    async def async_step_retry(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Read the other code again, if it is known which it is; else write ours again."""
        site = self.site
        if site is None or not self.decisions(site).is_duplicate:
            return await super().async_step_retry(user_input)
        return await self.async_run_fix(
            "retry",
            user_input,
            lambda site: self.decisions(site).async_recheck_duplicate(),
        )


class LockRemovedFixFlow(FixFlow):
    """Fix flow of a lock that is no longer managed but still holds our codes."""

    @override
    def options(self, site: Site) -> list[str]:
        """Return the options to clear the codes or to leave them."""
        return ["clear", "leave"]

    @override
    def outcome(self, site: Site) -> FixOutcome:
        """Return whether every code of ours is proven to be off the lock."""
        is_left = self.lock in site.removed_locks
        return FixOutcome.UNDER_WAY if is_left else FixOutcome.DONE

    async def async_step_clear(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Clear our codes and verify that they are cleared."""

        async def clear(site: Site) -> None:
            await site.async_clear_removed_lock(self.lock)

        return await self.async_run_fix("clear", user_input, clear)

    async def async_step_leave(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Forget the lock; its codes stay on it."""
        return await self.async_run_fix(
            "leave", user_input, lambda site: _leave(site, self.lock)
        )


class NoFreeSlotFixFlow(FixFlow):
    """Fix flow of a lock that was full when it was last read."""

    _waiting: frozenset[CredentialRef] = frozenset()

    @override
    def options(self, site: Site) -> list[str]:
        """Return the option to read the lock again."""
        return ["look_again"]

    @override
    def outcome(self, site: Site) -> FixOutcome:
        """Return whether the lock has shown the codes of all who had no slot."""
        return outcome_of_all(self._outcomes(site))

    def _outcomes(self, site: Site) -> Iterator[FixOutcome]:
        if (lock := site.locks.get(self.lock)) is None:
            return
        for credential in self._waiting:
            if credential in lock.allocator.unassigned:
                reason = lock.allocator.unassigned[credential]
                is_full = reason is Reason.NO_FREE_SLOT
                yield FixOutcome.FAILED if is_full else FixOutcome.UNDER_WAY
            for record in lock.journal_entry.records.values():
                if record.credential == credential:
                    yield slot_outcome(record)

    async def async_step_look_again(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Read the slots of the lock again."""

        async def rescan(site: Site) -> ActionRefusal | None:
            if (lock := site.locks.get(self.lock)) is None:
                return ActionRefusal.GONE
            self._waiting = frozenset(lock.allocator.unassigned)
            lock.allocator.async_rescan()
            return None

        return await self.async_run_fix("look_again", user_input, rescan)


class JournalLostFixFlow(FixFlow):
    """Fix flow of a lost journal: the records of the locks' slots are gone."""

    @override
    def options(self, site: Site) -> list[str]:
        """Return the option to reset the journal."""
        return ["begin_anew"]

    async def async_step_begin_anew(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Reset the journal: allocate slots and write all codes again."""

        async def reset(site: Site) -> None:
            await site.async_reset_journal()

        return await self.async_run_fix("begin_anew", user_input, reset)


class LockMissingFixFlow(FixFlow):
    """Fix flow of a managed lock whose entity is missing."""

    @override
    def options(self, site: Site) -> list[str]:
        """Return the option to choose a replacement."""
        return ["replace"]

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Choose the replacement lock and transfer the codes to it."""
        if (site := self.site) is None:
            return self.async_abort(reason="not_loaded")
        candidates = replacement_candidates(self.hass)
        values = {CONF_LOCK: candidates[0]} if len(candidates) == 1 else {}
        errors, placeholders = dict[str, str](), dict[str, str]()
        if user_input is not None:
            try:
                await async_replace(site, self.lock, user_input[CONF_LOCK])
            except InvalidInputError as err:
                error = next(iter(err.errors.values()))
                errors, placeholders = {"base": error}, err.placeholders
                values = user_input
            else:
                return self.async_create_entry(data={})
            if error == ReplacementRefusal.GONE:
                return self.async_abort(reason=error)
        return self.async_show_form(
            step_id="replace",
            data_schema=self.add_suggested_values_to_schema(
                _REPLACEMENT_SCHEMA, values
            ),
            errors=errors,
            # {lock} is the one that is replaced, whatever lock an error is about
            description_placeholders=markdown_placeholders(placeholders) | self._names,
        )


class AddressChangedFixFlow(FixFlow):
    """Fix flow of a lock that is found at an address that is not accepted."""

    _address: LockAddress | None = None
    """The address that the form shows."""

    @override
    def options(self, site: Site) -> list[str]:
        """Return the option to accept the address."""
        return ["accept"]

    async def async_step_accept(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show both addresses; accept the new one, and no other, on submit."""

        async def accept(site: Site) -> AddressRefusal | None:
            if self._address is None:
                return AddressRefusal.GONE
            return await site.async_accept_address(self.lock, self._address)

        result = await self.async_run_fix("accept", user_input, accept)
        coordinator = None if self.site is None else self.site.locks.get(self.lock)
        self._address = (
            None if coordinator is None else coordinator.data.changed_address
        )
        return result


async def _leave(site: Site, lock: LockId) -> None:
    await site.async_forget_removed_lock(lock)


FLOWS: Final[dict[str, type[FixFlow]]] = {
    **dict.fromkeys(SUSPENDED.values(), SlotFixFlow),
    "address_changed": AddressChangedFixFlow,
    "slot_trying": SlotFixFlow,
    DUPLICATE: DuplicateFixFlow,
    "journal_lost": JournalLostFixFlow,
    "lock_missing": LockMissingFixFlow,
    "lock_removed": LockRemovedFixFlow,
    "no_free_slot": NoFreeSlotFixFlow,
    "quarantined": SlotFixFlow,
    "revocation_pending": SlotFixFlow,
    "revocation_unrecognised": SlotFixFlow,
    "unexpected_use": SlotFixFlow,
}
"""Fix flows by the kind of issue."""
