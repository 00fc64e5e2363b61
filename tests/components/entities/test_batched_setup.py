"""Many entities are added in parts, between which the event loop has its turn."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from custom_components.keyholder.data import KeyholderConfigEntry
from custom_components.keyholder.dynamic_entities import (
    EntityFactory,
    async_setup_member_entities,
)
from custom_components.keyholder.entity import KeyholderEntity
from custom_components.keyholder.runtime.site.site import Site


@dataclass(frozen=True)
class StubEntity:
    unique_id: str
    subentry_id: str


@dataclass
class StubEntry:
    """An entry with a site of many members, which do not change."""

    hass: HomeAssistant
    subentries: Mapping[str, object]
    entry_id: str = "entry"
    people: object = field(default_factory=object)

    @property
    def runtime_data(self) -> StubEntry:
        return self

    @property
    def site(self) -> StubEntry:
        return self

    @property
    def entry(self) -> StubEntry:
        return self

    @property
    def signals(self) -> StubEntry:
        return self

    def async_subscribe_members(self, _follow: object) -> None:
        """Nobody comes or goes."""

    def async_on_unload(self, _unsubscribe: object) -> None:
        """The entry stays."""


async def test_no_more_than_sixteen_entities_are_added_without_a_pause(
    hass: HomeAssistant,
) -> None:
    members = {str(number): None for number in range(40)}
    parts = [0]

    def make(key: str) -> KeyholderEntity:
        return cast(KeyholderEntity, StubEntity(key, key))

    def plan(_site: Site) -> Iterable[EntityFactory]:
        for key in members:
            yield key, partial(make, key)

    def add(entities: list[StubEntity], *, config_subentry_id: str) -> None:
        parts[-1] += len(entities)

    async def count_turns() -> None:
        while True:
            await asyncio.sleep(0)
            parts.append(0)

    turns = hass.async_create_background_task(count_turns(), "turns", eager_start=True)
    await async_setup_member_entities(
        cast(KeyholderConfigEntry, StubEntry(hass, members)),
        Platform.SENSOR,
        cast(AddConfigEntryEntitiesCallback, add),
        plan,
    )
    turns.cancel()

    assert [part for part in parts if part] == [16, 16, 8]
