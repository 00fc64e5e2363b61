"""A site in Home Assistant on locks in memory, set up through its dialogs.

How to use it: take the fixtures `site` and `fake_locks` of `tests/components`;
`front = fake_locks.add("Front door")`, `await add_lock(hass, site, front)`,
`await add_person(hass, site, "Anna", "907153")`.
"""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import device_registry as dr, entity_registry as er
import probatio
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.const import CONF_RULE
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.providers.base import LockProvider
from custom_components.keyholder.providers.registry import ProviderFactory
from custom_components.keyholder.runtime.site.rule_serialization import rule_to_data
from simulators.demo.secrecy import finder
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.expected_texts import check_texts

PLATFORM = "fake_lock"


class FakeLocks:
    """Lock entities with a device each, and what stands behind them.

    They belong to an integration that does not exist; its provider is registered.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Make the entry of the integration that the locks come from."""
        self._hass = hass
        self._entry = MockConfigEntry(domain=PLATFORM, title="Fake locks")
        self._entry.add_to_hass(hass)
        self._providers: dict[LockId, FakeProvider] = {}

    async def load(self, hass: HomeAssistant) -> ProviderFactory:
        """Stand in the provider registry."""

        def create(_hass: HomeAssistant, lock: er.RegistryEntry) -> LockProvider:
            return self._providers[lock.id]

        return create

    def add(self, name: str, provider: FakeProvider | None = None) -> er.RegistryEntry:
        """Add a lock; without a provider given it is a readable one with ten slots."""
        lock = self.add_entity(name)
        self._providers[lock.id] = provider or FakeProvider()
        return lock

    def add_entity(self, name: str, *, platform: str = PLATFORM) -> er.RegistryEntry:
        """Add a lock entity that nothing stands behind."""
        key = name.casefold().replace(" ", "_")
        device = dr.async_get(self._hass).async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={(platform, key)},
            name=name,
        )
        return er.async_get(self._hass).async_get_or_create(
            "lock",
            platform,
            key,
            config_entry=self._entry,
            device_id=device.id,
            suggested_object_id=key,
        )

    def add_twin(
        self, lock: er.RegistryEntry, provider: FakeProvider | None = None
    ) -> er.RegistryEntry:
        """Add a second entity of a lock's device."""
        twin = er.async_get(self._hass).async_get_or_create(
            "lock",
            PLATFORM,
            f"{lock.unique_id}-twin",
            config_entry=self._entry,
            device_id=lock.device_id,
            suggested_object_id=f"{lock.unique_id}_twin",
        )
        self._providers[twin.id] = provider or FakeProvider()
        return twin

    def provider(self, lock: er.RegistryEntry) -> FakeProvider:
        """Return what stands behind a lock."""
        return self._providers[lock.id]


async def start(
    hass: HomeAssistant, entry: ConfigEntry, kind: str
) -> SubentryFlowResult:
    """Open the dialog that adds a lock or a person."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": SOURCE_USER}
    )
    check_texts(result)
    return result


async def start_reconfigure(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
) -> SubentryFlowResult:
    """Open the dialog that changes or removes a lock or a person."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, subentry.subentry_type),
        context={
            "source": SOURCE_RECONFIGURE,
            "subentry_id": subentry.subentry_id,
        },
    )
    check_texts(result)
    return result


async def submit(
    hass: HomeAssistant, result: SubentryFlowResult, **values: Any
) -> SubentryFlowResult:
    """Submit the form that a dialog shows; a PIN in it never comes back.

    `all_locks` and `locks` are the choice of locks as the actions take it.
    """
    answer = await hass.config_entries.subentries.async_configure(
        result["flow_id"], _with_locks(values)
    )
    check_texts(answer)
    if (pin := str(values.get("pin", "")).strip()) not in ("", "0"):
        assert not finder([pin])(shown(answer))
    return answer


def _with_locks(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with the locks as the browser sends them."""
    if "all_locks" not in values:
        return values
    rest = {key: value for key, value in values.items() if key != "all_locks"}
    if values["all_locks"]:
        return {**rest, "locks": "all"}
    chosen = {"active_choice": "chosen", "all": "all"}
    if locks := values.get("locks"):
        chosen["chosen"] = locks
    return {**rest, "locks": chosen}


def shown(result: SubentryFlowResult) -> str:
    """Return all that a result tells, the fields of a form and their values included."""
    return f"{result}{suggested(result)}"


def suggested(result: SubentryFlowResult | ConfigFlowResult) -> dict[str, Any]:
    """Return the fields of a form and what they are filled in with."""
    schema = result.get("data_schema")
    return {} if schema is None else _suggested(schema)


def _suggested(schema: probatio.Schema) -> dict[str, Any]:
    return {
        str(field): _suggested(selector.schema)
        if isinstance(selector, section)
        else (getattr(field, "description", None) or {}).get("suggested_value")
        for field, selector in schema.schema.items()
    }


async def choose(
    hass: HomeAssistant, result: SubentryFlowResult, step: str
) -> SubentryFlowResult:
    """Choose from the menu that a dialog shows."""
    return await submit(hass, result, next_step_id=step)


async def add_lock(
    hass: HomeAssistant, entry: ConfigEntry, lock: er.RegistryEntry, **limits: int | str
) -> ConfigSubentry:
    """Let a site manage a lock."""
    form = await start(hass, entry, "lock")
    result = await submit(hass, form, lock=lock.entity_id, **limits)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    return next(
        subentry
        for subentry in entry.subentries.values()
        if subentry.data.get("lock") == lock.id
    )


async def add_person(
    hass: HomeAssistant,
    entry: ConfigEntry,
    name: str,
    pin: str | None = None,
    locks: list[er.RegistryEntry] | None = None,
    *,
    enabled: bool = True,
) -> ConfigSubentry:
    """Add a person, for all locks unless some are named; no PIN has one generated."""
    values: dict[str, Any] = {
        "name": name,
        "all_locks": locks is None,
        "enabled": enabled,
    }
    if pin is not None:
        values["pin"] = pin
    if locks is not None:
        values["locks"] = [lock.id for lock in locks]
    result = await submit(hass, await start(hass, entry, "person"), **values)
    while result["type"] is FlowResultType.FORM and not result["errors"]:
        result = await submit(hass, result)
    created = result["type"] is FlowResultType.CREATE_ENTRY
    assert created or result.get("reason") == "added", result.get("errors")
    return next(
        subentry
        for subentry in entry.subentries.values()
        if subentry.title == " ".join(name.split())
    )


def set_rule(
    hass: HomeAssistant, entry: ConfigEntry, person: ConfigSubentry, rule: AccessRule
) -> None:
    """Give a person another rule."""
    data = {**person.data, CONF_RULE: rule_to_data(rule)}
    hass.config_entries.async_update_subentry(entry, person, data=data)
