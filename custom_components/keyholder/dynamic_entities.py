"""Add and remove the entities of a platform with the locks and people of a site."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import chain
import logging
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import KeyholderConfigEntry
from .entity import KeyholderEntity
from .model.credential import Person
from .model.settings import LockSettings
from .runtime.site.site import Site
from .runtime.site.subentries import locks_from_entry

_LOGGER: Final = logging.getLogger(__name__)

_BATCH_SIZE: Final = 16
"""Entities added before yielding to the event loop: some milliseconds of work."""

type EntityFactory = tuple[str, Callable[[], KeyholderEntity]]
"""The id of the subentry that an entity belongs to, and its factory."""


type EntityPlan = Callable[[Site], Iterable[EntityFactory]]
"""Returns the factories of the entities that a site should have now."""


def per_lock[D: EntityDescription](
    create: Callable[[Site, LockSettings, D], KeyholderEntity],
    descriptions: Iterable[D],
) -> EntityPlan:
    """Return a plan of one entity for each lock and description."""

    def plan(site: Site) -> Iterator[EntityFactory]:
        for settings in locks_from_entry(site.entry).values():
            for description in descriptions:
                yield settings.subentry_id, partial(create, site, settings, description)

    return plan


def per_person[D: EntityDescription](
    create: Callable[[Site, Person, D], KeyholderEntity],
    descriptions: Iterable[D],
) -> EntityPlan:
    """Return a plan of one entity for each person and description."""

    def plan(site: Site) -> Iterator[EntityFactory]:
        for person in site.people.values():
            for description in descriptions:
                yield person.subentry_id, partial(create, site, person, description)

    return plan


async def async_setup_member_entities(
    entry: KeyholderConfigEntry,
    platform: Platform,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *plans: EntityPlan,
) -> None:
    """Keep the entities of a platform equal to those that the plans return.

    New entities are added under their subentry. Entities that are no longer wanted are
    removed from the registry, also those left there while the entry was not loaded.
    Returns when all present entities are added, in batches that do not block the loop.
    """
    members = _MemberEntities(entry, platform, plans)

    @callback
    def follow() -> None:
        for subentry_id, entities in members.async_find_new().items():
            async_add_entities(entities, config_subentry_id=subentry_id)

    first = members.async_find_new()
    entry.async_on_unload(members.site.signals.async_subscribe_members(follow))
    count = 0
    for subentry_id, entities in first.items():
        wanted = [each for each in entities if each.unique_id in members.added]
        if subentry_id in entry.subentries:
            async_add_entities(wanted, config_subentry_id=subentry_id)
            count += len(wanted)
        if count >= _BATCH_SIZE:
            count = 0
            await asyncio.sleep(0)


class _MemberEntities:
    """The wanted and the added entities of one platform."""

    def __init__(
        self,
        entry: KeyholderConfigEntry,
        platform: Platform,
        plans: Iterable[EntityPlan],
    ) -> None:
        self.site = entry.runtime_data.site
        self.added: dict[str, str] = {}
        """Unique ids of the added entities, with the subentry of each."""
        self._platform = platform
        self._plans = plans
        self._synced_people: object = None
        self._failed: set[str] = set()

    @callback
    def async_find_new(self) -> dict[str, list[KeyholderEntity]]:
        """Return new entities by subentry id; remove unwanted ones from the registry."""
        if self._synced_people is self.site.people:
            return {}
        self._synced_people = self.site.people
        wanted = self._make()
        self._remove_others(wanted)
        new: defaultdict[str, list[KeyholderEntity]] = defaultdict(list)
        for unique_id, entity in wanted.items():
            subentry_id = entity.subentry_id
            if (
                unique_id not in self.added
                and subentry_id in self.site.entry.subentries
            ):
                self.added[unique_id] = subentry_id
                new[subentry_id].append(entity)
        return new

    def _make(self) -> dict[str, KeyholderEntity]:
        """Return the wanted entities by unique id; one that fails does not stop the others."""
        wanted: dict[str, KeyholderEntity] = {}
        failed: set[str] = set()
        factories = chain.from_iterable(plan(self.site) for plan in self._plans)
        for subentry_id, make in factories:
            try:
                entity = make()
            except Exception as err:  # noqa: BLE001 - one failure must not stop the others
                if subentry_id not in self._failed | failed:
                    # only the type: the text may quote data of the member
                    _LOGGER.error(
                        "Creating a %s entity of %s failed: %s",
                        self._platform,
                        self._title(subentry_id),
                        type(err).__name__,
                    )
                failed.add(subentry_id)
            else:
                assert entity.unique_id is not None
                wanted[entity.unique_id] = entity
        self._failed = failed
        return wanted

    def _title(self, subentry_id: str) -> str:
        subentry = self.site.entry.subentries.get(subentry_id)
        return subentry_id if subentry is None else subentry.title

    def _remove_others(self, wanted: Collection[str]) -> None:
        """Remove all but these; those of a failed subentry may still be wanted."""
        for unique_id, subentry_id in list(self.added.items()):
            if unique_id not in wanted and subentry_id not in self._failed:
                del self.added[unique_id]
        registry = er.async_get(self.site.hass)
        for entity in er.async_entries_for_config_entry(
            registry, self.site.entry.entry_id
        ):
            if (
                entity.domain == self._platform
                and entity.unique_id not in wanted
                and entity.config_subentry_id not in self._failed
            ):
                registry.async_remove(entity.entity_id)
