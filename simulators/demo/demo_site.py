"""Driver of Keyholder in a running Home Assistant: its flows, actions and entities."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.home_assistant import Client
from simulators.home_assistant.listeners import State

DOMAIN = "keyholder"

_PATIENCE = 130.0
"""Seconds; the removal dialog ends after two minutes at most."""


class FormError(Exception):
    """A form came back with errors, by field, with the placeholders of their texts."""

    def __init__(
        self, errors: Mapping[str, str], placeholders: Mapping[str, str]
    ) -> None:
        """Keep the errors."""
        super().__init__(", ".join(f"{key}: {value}" for key, value in errors.items()))
        self.errors = dict(errors)
        self.placeholders = dict(placeholders)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person just added; `pin` is the one that the flow showed, if it made one."""

    name: str
    subentry_id: str
    pin: str | None


class DemoSite:
    """One site of Keyholder, driven as the signed-in user through flows and actions."""

    def __init__(self, client: Client) -> None:
        """Use this user."""
        self.client = client

    async def entry_id(self) -> str | None:
        """Return the config entry of the site, if there is one."""
        entries = await self.client.entries(DOMAIN)
        return entries[0]["entry_id"] if entries else None

    async def add_site(self, name: str) -> str:
        """Add Keyholder; return its config entry."""
        flow = await self.client.flows.start(DOMAIN)
        done = await self.client.flows.step(flow["flow_id"], {"name": name})
        _raise_if_refused(done)
        entry_id: str = done["result"]["entry_id"]
        return entry_id

    async def add_lock(self, entity_id: str) -> None:
        """Let Keyholder manage a lock."""
        await self._add("lock", {"lock": entity_id})

    async def add_person(
        self,
        name: str,
        *,
        pin: str | None = None,
        locks: list[str] | None = None,
        enabled: bool = True,
    ) -> NewPerson:
        """Add a keyholder; without a PIN the flow makes one, without locks on all.

        `locks` are entity ids. Raises FormError with the errors by field.
        """
        answers: dict[str, Any] = {
            "name": name,
            "locks": "all"
            if locks is None
            else [await self.registry_id(lock) for lock in locks],
            "enabled": enabled,
        }
        if pin is not None:
            answers["pin"] = pin
        shown = await self._add("person", answers)
        subentry = await self.subentry(name)
        return NewPerson(name, subentry["subentry_id"], shown)

    async def edit_person(self, who: str, /, **answers: Any) -> str | None:
        """Change what is given; everything else stays. Return the PIN if one was made."""
        form = await self._reconfigure(who, "edit")
        return await self._finish(form, {**_suggested(form), **answers})

    async def set_rule(self, who: str, /, **rule: Any) -> None:
        """Give a person a rule, as its dialog takes it, in place of the one they have.

        Raises FormError with the errors by field.
        """
        form = await self._reconfigure(who, "rule")
        nothing = {"weekly": {"mode": "include"}, "source": {"grace": 15}}
        await self._finish(form, {**nothing, "conditions": {}, **rule})

    async def clear_and_remove(self, title: str) -> str:
        """Remove a person or lock by its dialog, which clears its codes and verifies that.

        Returns how the dialog ended.
        """
        progressed = await self.client.subscribe_events("data_entry_flow_progressed")
        form = await self._reconfigure(title, "remove")
        step = await self._step(form, {})
        flow_id = step["flow_id"]
        while step["type"] == "progress":
            # it goes on with another progress while there is news of a lock
            await progressed.wait_for(
                lambda event: event["data"]["flow_id"] == flow_id, _PATIENCE
            )
            step = await self.client.subentry_flows.show(flow_id)
        await progressed.unsubscribe()
        reason: str = step["reason"]
        return reason

    async def _reconfigure(self, title: str, choice: str) -> dict[str, Any]:
        """Open the dialog of a person or lock, and choose from its menu."""
        subentry = await self.subentry(title)
        menu = await self.client.start_subentry(
            await self._site(),
            subentry["subentry_type"],
            subentry_id=subentry["subentry_id"],
        )
        return await self._step(menu, {"next_step_id": choice})

    async def _add(self, kind: str, answers: dict[str, Any]) -> str | None:
        form = await self.client.start_subentry(await self._site(), kind)
        return await self._finish(form, answers)

    async def _finish(
        self, form: dict[str, Any], answers: dict[str, Any]
    ) -> str | None:
        """Answer a form and what follows it; return the PIN that was shown, if any."""
        shown: str | None = None
        step = await self._step(form, answers)
        while step["type"] == "form":
            try:
                _raise_if_refused(step)
            except FormError:
                await self.client.subentry_flows.abort(step["flow_id"])
                raise
            if step["step_id"] == "generated":
                shown = step["description_placeholders"]["pin"]
            confirm = {"confirm_trivial": True} if step["step_id"] == "confirm" else {}
            step = await self._step(step, confirm)
        return shown

    async def _step(
        self, flow: dict[str, Any], answers: dict[str, Any]
    ) -> dict[str, Any]:
        return await self.client.subentry_flows.step(flow["flow_id"], answers)

    async def _site(self) -> str:
        entry_id = await self.entry_id()
        assert entry_id is not None, "Keyholder is not set up"
        return entry_id

    async def subentry(self, title: str) -> dict[str, Any]:
        """Return the subentry of a person or lock by its title."""
        subentries = await self.client.subentries(await self._site())
        return next(each for each in subentries if each["title"] == title)

    async def subentries(self) -> list[dict[str, Any]]:
        """Return all people and locks."""
        return await self.client.subentries(await self._site())

    async def remove(self, title: str) -> None:
        """Delete a person or a lock, as the interface does."""
        subentry = await self.subentry(title)
        await self.client.delete_subentry(await self._site(), subentry["subentry_id"])

    async def registry_id(self, entity_id: str) -> str:
        """Return the id of an entity's registry entry."""
        entry = await self.client.command(
            "config/entity_registry/get", entity_id=entity_id
        )
        registry_id: str = entry["id"]
        return registry_id

    # Entities

    async def entity_of(self, subentry_title: str, kind: str, key: str) -> str:
        """Return an entity of ours: of which subentry, which platform, which kind.

        `key` is its translation key.
        """
        subentry = await self.subentry(subentry_title)
        found: list[str] = [
            entity["entity_id"]
            for entity in await self.client.entities()
            if entity["platform"] == DOMAIN
            and entity["config_subentry_id"] == subentry["subentry_id"]
            and entity["translation_key"] == key
            and entity["entity_id"].startswith(f"{kind}.")
        ]
        assert len(found) == 1, f"{subentry_title} has {len(found)} of {kind} {key}"
        return found[0]

    async def slot_sensor(self, person: str, lock: str) -> str:
        """Return the sensor that shows a person's slot on a lock (by titles)."""
        subentry = await self.subentry(person)
        for entity in await self.client.entities():
            if (
                entity["platform"] == DOMAIN
                and entity["config_subentry_id"] == subentry["subentry_id"]
                and entity["translation_key"] == "slot"
                and lock in (entity["original_name"] or "")
            ):
                found: str = entity["entity_id"]
                return found
        raise LookupError(f"{person} has no slot sensor for {lock}")

    async def wait_for_slot(
        self, person: str, lock: str, *states: str, seconds: float = 30
    ) -> State:
        """Return a person's slot on a lock once its state is one of these."""

        async def sensor() -> str:
            return await self.slot_sensor(person, lock)

        entity_id = await sensor()
        return await self.client.wait_for(
            lambda all_states: (
                found
                if (found := all_states.get(entity_id)) and found.state in states
                else None
            ),
            seconds,
        )


def _raise_if_refused(step: dict[str, Any]) -> None:
    if errors := step.get("errors"):
        raise FormError(errors, step["description_placeholders"] or {})


def _suggested(form: dict[str, Any]) -> dict[str, Any]:
    """Return what a form shows already filled in."""
    return {
        field["name"]: field["description"]["suggested_value"]
        for field in form["data_schema"]
        if "suggested_value" in (field.get("description") or {})
    }
