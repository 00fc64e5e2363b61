"""Config subentry flow of a lock: add it, set its slot range and checks, remove it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)
import probatio

from ..application.errors import InvalidInputError
from ..application.lock_options import (
    LOCK_OPTIONS,
    NUMBER_OPTIONS,
    validate_lock_options,
)
from ..application.locks import LockCandidate, async_probe_candidate, find_lock
from ..application.slot_range import (
    SlotRange,
    check_used_slots,
    validate_checks_per_hour,
    validate_slot_range,
)
from ..const import (
    CONF_ANSWERS_READS,
    CONF_CHECKS,
    CONF_FIRST_SLOT,
    CONF_LAST_SLOT,
    CONF_LOCK,
    CONF_PIN_LENGTHS,
)
from ..logic.names import name_key, unique_name
from ..model.journal import LockJournalEntry
from ..runtime.site.subentries import data_from_address, locks_from_entry
from .autolock_steps import AutolockSteps

_WHOLE: Final = NumberSelector(
    NumberSelectorConfig(step=1, mode=NumberSelectorMode.BOX)
)
_OPTIONS: Final = {
    probatio.Optional(CONF_FIRST_SLOT): _WHOLE,
    probatio.Optional(CONF_LAST_SLOT): _WHOLE,
    probatio.Optional(CONF_PIN_LENGTHS): TextSelector(),
    probatio.Optional(CONF_CHECKS): _WHOLE,
    **{probatio.Optional(key): _WHOLE for key in NUMBER_OPTIONS},
}
# every lock is offered: one that is left out could not be rejected with a reason
_ADD_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_LOCK): EntitySelector(
            EntitySelectorConfig(domain="lock")
        ),
        **_OPTIONS,
    }
)
_EDIT_SCHEMA: Final = probatio.Schema(_OPTIONS)


class LockSubentryFlow(AutolockSteps):
    """Subentry flow of a lock of a site."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose a lock, probe it and create its subentry."""
        site = self.site
        if user_input is None:
            return self.show("user", _ADD_SCHEMA)
        try:
            lock = find_lock(self.hass, user_input[CONF_LOCK])
            patience = site.timing.form_timeout
            candidate = await async_probe_candidate(self.hass, lock, patience)
            slots = validate_slot_range(
                user_input, candidate.capabilities, candidate.name
            )
            budget = validate_checks_per_hour(user_input)
            options = validate_lock_options(user_input)
        except InvalidInputError as err:
            return self.show("user", _ADD_SCHEMA, values=user_input, refused=err)
        return self._create(candidate, slots, budget, options)

    async def async_step_edit(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the slot range, the checks per hour and the other options."""
        site, subentry, name = self.site, self.subentry, self._name
        if user_input is None:
            values = {
                key: subentry.data[key]
                for key in (
                    CONF_FIRST_SLOT,
                    CONF_LAST_SLOT,
                    CONF_CHECKS,
                    *LOCK_OPTIONS,
                )
                if subentry.data.get(key) is not None
            }
            return self.show("edit", _EDIT_SCHEMA, values=values, name=name)
        lock = subentry.data[CONF_LOCK]
        page = site.journal_entry(lock) or LockJournalEntry(lock=lock, name=name)
        try:
            slots = validate_slot_range(user_input, page.capabilities, name)
            check_used_slots(slots, page.records.values())
            budget = validate_checks_per_hour(user_input)
            options = validate_lock_options(user_input)
        except InvalidInputError as err:
            return self.show(
                "edit", _EDIT_SCHEMA, values=user_input, refused=err, name=name
            )
        return self.async_update_and_abort(
            site.entry,
            subentry,
            data_updates={**slots.as_data(), CONF_CHECKS: budget, **options},
        )

    def _create(
        self,
        candidate: LockCandidate,
        slots: SlotRange,
        budget: int | None,
        options: Mapping[str, int | str | None],
    ) -> SubentryFlowResult:
        locks = locks_from_entry(self.site.entry).values()
        taken = {name_key(lock.name) for lock in locks}
        return self.async_create_entry(
            # the name of a device, which nobody is asked for here
            title=unique_name(candidate.name, taken, fallback=candidate.lock),
            data={
                CONF_LOCK: candidate.lock,
                **slots.as_data(),
                CONF_CHECKS: budget,
                **{key: value for key, value in options.items() if value is not None},
                **data_from_address(candidate.address),
                **({} if candidate.answers_reads else {CONF_ANSWERS_READS: False}),
            },
            unique_id=f"lock_{candidate.lock}",
        )
