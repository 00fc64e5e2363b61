"""What automations of a test can name, hear of, and do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.lock_events import Method
from custom_components.keyholder.runtime.site.site import Site
from tests.harness.fakes.provider import FakeProvider
from tests.harness.site.flow_driver import FakeLocks
from tests.harness.waiting import wait_for

BLUEPRINTS = Path(__file__).parents[3] / "blueprints" / "automation" / "keyholder"

FRONT = "event.front_door_access"
BACK = "event.back_door_access"
ANNA = "event.anna_used"
BERT = "event.bert_used"


@dataclass
class AutomationSite:
    """A site with its locks, and the runs of automations."""

    hass: HomeAssistant
    entry: MockConfigEntry
    fakes: FakeLocks
    locks: Mapping[str, er.RegistryEntry]
    runs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def site(self) -> Site:
        """Return the engine of the site as it runs now."""
        site: Site = self.entry.runtime_data.site
        return site

    def door(self, name: str = "Front door") -> FakeProvider:
        """Return the lock at a door."""
        return self.fakes.provider(self.locks[name])

    def device(self, entity_id: str) -> str:
        """Return the device that an entity is on."""
        entry = er.async_get(self.hass).async_get(entity_id)
        assert entry is not None
        assert entry.device_id is not None
        return entry.device_id

    async def automate(self, **automation: Any) -> None:
        """Run automations, whose action `test.run` is noted in `runs`."""
        self.listen()
        named = {"id": "under_test", "alias": "Under test"}  # with an id it is traced
        config = {"automation": {**named, **automation}}
        assert await async_setup_component(self.hass, "automation", config)
        await self.hass.async_block_till_done()
        assert [state.state for state in self.hass.states.async_all("automation")] == [
            "on"
        ]

    async def stop(self) -> None:
        """Switch every automation off, so that none of them waits for the time."""
        if self.hass.services.has_service("automation", "turn_off"):
            await self.hass.services.async_call(
                "automation", "turn_off", {"entity_id": "all"}, blocking=True
            )

    async def use_blueprint(self, name: str, **inputs: Any) -> None:
        """Make an automation of one of our blueprints, as it lies in the repository."""
        await self.hass.async_add_executor_job(self._import_blueprint, name)
        await self.automate(
            use_blueprint={"path": f"keyholder/{name}.yaml", "input": inputs}
        )

    def _import_blueprint(self, name: str) -> None:
        imported = Path(self.hass.config.path("blueprints", "automation", "keyholder"))
        imported.mkdir(parents=True)
        shutil.copy(BLUEPRINTS / f"{name}.yaml", imported)

    def listen(self) -> None:
        """Note the calls of `test.run`."""

        async def note(call: ServiceCall) -> None:
            self.runs.append(dict(call.data))

        self.hass.services.async_register("test", "run", note)

    async def on(self, trigger: str, target: Mapping[str, Any], **options: Any) -> None:
        """Note for which entity a trigger fires."""
        await self.automate(
            triggers={"trigger": trigger, "target": target, "options": options},
            actions={
                "action": "test.run",
                "data": {"entity_id": "{{ trigger.entity_id }}"},
            },
        )

    async def happens(
        self, kind: AccessType, method: Method | None = None, *, past: bool = False
    ) -> None:
        """Return once the front door has reported something of Anna's code.

        `past`: the lock tells it an hour late.
        """
        anna = next(
            person.person_id
            for person in self.site.people.values()
            if person.name == "Anna"
        )
        reported: list[AccessEvent] = []
        stop = self.site.access_log.async_listen(reported.append)
        self.site.access_log.async_record(
            AccessEvent(
                lock=self.site_lock("Front door"),
                type=kind,
                at=dt_util.utcnow() - timedelta(hours=past),
                method=method,
                slot=1,
                person=anna,
                name="Anna",
            )
        )
        await wait_for(lambda: reported)
        stop()
        assert [event.is_historic for event in reported] == [past]
        await self.hass.async_block_till_done()

    async def limit(self, person: str, **limits: datetime | None) -> None:
        """Set when a person may come in."""
        reported = {
            key: None if moment is None else moment.isoformat()
            for key, moment in limits.items()
        }
        await self.hass.services.async_call(
            "keyholder", "update_person", {"person": person, **reported}, blocking=True
        )

    def site_lock(self, name: str) -> LockId:
        """Return how the engine calls a lock."""
        return next(lock for lock, each in self.site.locks.items() if each.name == name)

    @property
    def fired(self) -> list[str]:
        """Return the entities that triggers have fired for."""
        return [run["entity_id"] for run in self.runs]

    def show(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Let an entity show something, whatever its lock or person says."""
        shown = self.hass.states.get(entity_id)
        kept = {} if shown is None else shown.attributes
        self.hass.states.async_set(entity_id, state, {**kept, **attributes})
