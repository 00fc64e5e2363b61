"""Config subentry flow of a person: add them with a PIN, change and remove them."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, override
from uuid import uuid4

from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN

from ..application.errors import InvalidInputError
from ..application.people import (
    active_locks,
    async_add_person,
    async_build_draft,
    confirm_trivial_pin,
    revalidate,
)
from ..application.person_draft import PersonDraft
from ..application.rules import data_with_rule
from ..const import CONF_LOCKS, EVERY_LOCK
from ..logic.markdown import markdown_placeholders
from ..model.access_rules import AccessRule
from ..model.credential import Person
from ..runtime.site.subentries import person_from_subentry
from ..runtime.storage.durable_store import StorageError
from .person_form import (
    CONFIRM_SCHEMA,
    add_schema,
    edit_schema,
    shown_locks,
    without_secrets,
)
from .rule_steps import RuleSteps, RuleSubject


class PersonSubentryFlow(RuleSteps):
    """Subentry flow of a person of a site.

    The form creates a draft. Further steps confirm a trivial PIN, name unreachable
    locks and ask for the access rule. Then the draft is validated again and stored: the
    PIN in the vault first, the rest in the subentry. A generated PIN is shown last. The
    draft is only in the memory of this object.
    """

    _draft: PersonDraft
    _rule_entered: Mapping[str, Any] = MappingProxyType({})

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the form of a new person and process it."""
        await self.site.async_wait_synced()
        if user_input is None:
            return self._show_form({})
        return await self._async_process_form(user_input, None)

    async def async_step_edit(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the form of an existing person and process it."""
        await self.site.async_wait_synced()
        subentry = self.subentry
        if user_input is None:
            person = person_from_subentry(subentry)
            every = person.locks is None
            return self._show_form(
                {
                    **subentry.data,
                    CONF_NAME: subentry.title,
                    CONF_LOCKS: EVERY_LOCK if every else sorted(person.locks or ()),
                }
            )
        return await self._async_process_form(
            user_input, person_from_subentry(subentry)
        )

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Confirm a trivial PIN, which is easily guessed, or enter another one."""
        if user_input is None:
            return self.show("confirm", CONFIRM_SCHEMA, name=self._draft.name)
        try:
            self._draft = confirm_trivial_pin(self.site, self._draft, user_input)
        except InvalidInputError as err:
            return self.show(
                "confirm", CONFIRM_SCHEMA, refused=err, name=self._draft.name
            )
        return await self._async_next_step()

    async def async_step_silent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Name the unreachable locks, which get the code later."""
        if user_input is None:
            return self.show(
                "silent",
                name=self._draft.name,
                locks=", ".join(self._draft.unreachable_locks),
            )
        self._draft = replace(self._draft, unreachable_locks=())
        return await self._async_next_step()

    @override
    def rule_subject(self) -> RuleSubject:
        """Return whose rule is entered; somebody new is not stored yet."""
        if self.source != SOURCE_USER:
            return super().rule_subject()
        return RuleSubject(name=self._draft.name, locks=self._draft.locks)

    @override
    async def async_step_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Enter the access rule; for a new person before the subentry is created."""
        if self.source == SOURCE_USER and user_input is None:
            return self.show_rule(self._rule_entered)
        self._rule_entered = user_input or {}
        return await super().async_step_rule(user_input)

    @override
    async def async_store_rule(self, rule: AccessRule) -> SubentryFlowResult:
        """Keep the rule of a new person in the draft, which is stored with it."""
        if self.source != SOURCE_USER:
            return await super().async_store_rule(rule)
        if rule.is_unrestricted:
            return self.show_rule(self._rule_entered, InvalidInputError("rule_empty"))
        self._draft = replace(self._draft, rule=rule, asks_for_rule=False)
        return await self._async_next_step()

    async def async_step_generated(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the generated PIN, which is stored already, only once."""
        if user_input is None:
            assert self._draft.pin is not None
            return self.show(
                "generated",
                last_step=True,
                name=self._draft.name,
                pin=self._draft.pin.reveal(),
            )
        if self.source == SOURCE_USER:
            return self.async_abort(
                reason="added",
                description_placeholders=markdown_placeholders(
                    {"name": self._draft.name}
                ),
            )
        return self.async_abort(
            reason="reconfigure_successful", translation_domain=HOMEASSISTANT_DOMAIN
        )

    async def _async_process_form(
        self, user_input: Mapping[str, Any], person: Person | None
    ) -> SubentryFlowResult:
        try:
            self._draft = await async_build_draft(self.site, user_input, person)
        except InvalidInputError as err:
            return self._show_form(without_secrets(user_input), err)
        return await self._async_next_step()

    async def _async_next_step(self) -> SubentryFlowResult:
        """Show the next step that the draft needs; store it when none is left."""
        if self._draft.trivial:
            return await self.async_step_confirm()
        if self._draft.unreachable_locks:
            return await self.async_step_silent()
        if self._draft.asks_for_rule:
            return await self.async_step_rule()
        return await self._async_save()

    async def _async_save(self) -> SubentryFlowResult:
        """Store the draft; then show a generated PIN, or end the flow.

        Whoever was shown a PIN may hand it over and close the window: it is valid.
        """
        draft, site = self._draft, self.site
        # held until the subentry exists, so that name and PIN stay free
        async with site.people_lock:
            try:
                if draft.person is not None:
                    return await self._async_save_changes(draft)
                if draft.generated:
                    await async_add_person(site, draft, draft.rule)
                    return await self.async_step_generated()
                return await self._async_create(draft)
            except InvalidInputError as err:
                return self._show_form(draft.as_values(), err)
            except StorageError:
                return self._show_form(
                    draft.as_values(), InvalidInputError("storage_failed")
                )

    async def _async_create(self, draft: PersonDraft) -> SubentryFlowResult:
        revalidate(self.site, draft, None)
        assert draft.pin is not None
        person = uuid4().hex
        await self.site.async_set_pin(person, draft.pin)
        return self.async_create_entry(
            title=draft.name,
            data=data_with_rule(draft.as_data(), draft.rule),
            unique_id=person,
        )

    async def _async_save_changes(self, draft: PersonDraft) -> SubentryFlowResult:
        person = person_from_subentry(self.subentry)
        revalidate(self.site, draft, person)
        if draft.pin is not None:
            await self.site.async_set_pin(person.person_id, draft.pin)
        changed = self.async_update_and_abort(
            self.site.entry,
            self.subentry,
            title=draft.name,
            data_updates=draft.as_data(),
        )
        return await self.async_step_generated() if draft.generated else changed

    def _show_form(
        self, values: Mapping[str, Any], err: InvalidInputError | None = None
    ) -> SubentryFlowResult:
        locks = active_locks(self.site)
        values = shown_locks(values, locks)
        if self.source == SOURCE_USER:
            return self.show("user", add_schema(locks), values=values, refused=err)
        return self.show(
            "edit", edit_schema(locks), values=values, refused=err, name=self._name
        )
