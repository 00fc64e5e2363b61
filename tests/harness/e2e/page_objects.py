"""One test's view of the shared Home Assistant: what it does, reads and cleans up.

How to use it: take the fixture `site_page` of `tests/e2e`; it is empty before and after.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, Self

from simulators.demo.demo_driver import NODES
from simulators.demo.demo_site import DOMAIN, DemoSite, NewPerson
from simulators.home_assistant import Client
from simulators.home_assistant.listeners import Events, State
from tests.harness.e2e.locks import AT_FIRST, Locks
from tests.harness.e2e.shared_instance import SharedInstance


@dataclass(kw_only=True)
class SitePage(Locks):
    """The site in one test. Raises CheckFailedError where what it waits for does not come."""

    @classmethod
    async def open(cls, hosted: SharedInstance) -> Self:
        """Sign in as the owner."""
        await hosted.ensure_running()
        client = await _signed_in(hosted)
        return cls(stack=hosted.processes, site=DemoSite(client), hosted=hosted)

    async def close(self) -> None:
        """Sign out; what was reported is kept for the search for PINs."""
        self.hosted.reported.extend(self.client.received)
        await self.client.close()

    async def restart(self) -> None:
        """Restart Home Assistant in good order."""
        await self._again(kill=False)

    async def cut_power(self) -> None:
        """Kill Home Assistant and start it again."""
        await self._again(kill=True)

    async def _again(self, *, kill: bool) -> None:
        await self.close()
        await (self.hosted.kill_and_start() if kill else self.hosted.restart())
        self.site = DemoSite(await _signed_in(self.hosted))

    # People

    async def add(
        self, name: str, *locks: str, pin: str | None = None, enabled: bool = True
    ) -> NewPerson:
        """Add a person with a PIN of their own; without locks they have all."""
        pin = pin or self.hosted.new_pin()
        entities = [await self.entity_of_lock(lock) for lock in locks] or None
        added = await self.site.add_person(
            name, pin=pin, locks=entities, enabled=enabled
        )
        return NewPerson(name, added.subentry_id, pin)

    async def settle(self, name: str, *locks: str) -> None:
        """Wait until a person's codes are proven; without locks, on all."""
        await self.in_sync(name, *(locks or NODES))

    async def gone(self, name: str, *locks: str) -> None:
        """Wait until a person's codes are proven to be off; without locks, off all."""
        for lock in locks or NODES:
            sensor = await self.site.slot_sensor(name, lock)
            await self.client.wait_for(
                lambda states, sensor=sensor: (  # type: ignore[misc]
                    states[sensor].state == "in_sync"
                    and states[sensor].attributes["desired"] == "absent"
                ),
                30,
            )

    async def turn(self, name: str, *, on: bool) -> None:
        """Use a person's switch."""
        switch = await self.site.entity_of(name, "switch", "enabled")
        action = "turn_on" if on else "turn_off"
        await self.client.call_service("switch", action, target={"entity_id": switch})

    async def slot(self, name: str, lock: str) -> State:
        """Return the sensor of a person's slot."""
        return self.client.state(await self.site.slot_sensor(name, lock))

    async def slot_number(self, name: str, lock: str) -> int:
        """Return which slot a person has."""
        number: int = (await self.slot(name, lock)).attributes["slot"]
        return number

    async def until_codes_of(self, name: str, pin: str, *locks: str) -> None:
        """Wait until a person's slots hold this PIN."""
        for lock in locks:
            slot = await self.slot_number(name, lock)

            async def holds(lock: str = lock, slot: int = slot) -> bool:
                return (await self.truth(lock)).get(slot) == pin

            await self.until(holds, f"{name}'s PIN on {lock}")

    async def traces_of(self, person: NewPerson) -> list[str]:
        """Return what is left of a person in Home Assistant's registries."""
        subentries = await self.site.subentries()
        entities = await self.client.entities()
        devices = await self.client.devices()
        subentry_id = person.subentry_id
        return [
            *(
                each["title"]
                for each in subentries
                if each["subentry_id"] == subentry_id
            ),
            *(
                each["entity_id"]
                for each in entities
                if each["config_subentry_id"] == subentry_id
            ),
            *(
                each["name"]
                for each in devices
                if [DOMAIN, subentry_id] in each["identifiers"]
            ),
        ]

    def stored(self, what: str) -> Path:
        """Return the file of ours that holds the `secrets` or the `slots`."""
        storage = self.stack.home_assistant.config_folder / ".storage"
        (file,) = storage.glob(f"{DOMAIN}.*.{what}")
        return file

    async def is_kept(self, pin: str | None) -> bool:
        """Return whether a PIN is in the vault."""
        vault = self.stored("secrets")
        return f'"{pin}"' in await asyncio.to_thread(vault.read_text)

    async def until_forgotten(self, pin: str | None) -> None:
        """Wait until a PIN is no longer in the vault."""

        async def is_forgotten() -> bool:
            return not await self.is_kept(pin)

        await self.until(is_forgotten, "a PIN is forgotten")

    async def until_saved(self) -> None:
        """Wait until the journal on disk says that all is proven.

        Intents are on disk before the radio is used, what came of them a second later.
        """
        file = self.stored("slots")

        async def is_saved() -> bool:
            journal = json.loads(await asyncio.to_thread(file.read_text))
            return all(
                record["evidence"] != "none" and record["pending"] is None
                for page in journal["data"]["locks"]
                for record in page["records"].values()
            )

        await self.until(is_saved, "all is proven on disk")

    # Watching

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Events]:
        """Collect every change of a state."""
        events = await self.client.subscribe_events("state_changed")
        yield events
        await events.unsubscribe()

    async def repairs_of(self, name: str) -> list[dict[str, Any]]:
        """Return the repairs that name a person."""
        return [
            issue
            for issue in await self.client.repairs(DOMAIN)
            if (issue["translation_placeholders"] or {}).get("person") == name
        ]

    async def fix(self, issue: Mapping[str, Any], choice: str | None = None) -> None:
        """Go through a repair's dialog."""
        step = await self.client.start_repair(DOMAIN, issue["issue_id"])
        while step["type"] in ("menu", "form"):
            assert not step.get("errors"), step["errors"]
            answer = {"next_step_id": choice} if step["type"] == "menu" else {}
            step = await self.client.repair_flows.step(step["flow_id"], answer)

    # Cleaning up

    async def clean(self) -> None:
        """Leave the site as it was found, whatever the test did."""
        for lock in NODES:
            await self.faults(lock, reset=True)
        truths = await asyncio.to_thread(self.stack.zwave.nodes)
        for truth in truths:
            if truth["driver"]["status"] == "dead":
                await asyncio.to_thread(self.stack.zwave.ping, truth["id"])
        for subentry in await self.site.subentries():
            if subentry["subentry_type"] == "person":
                await self.site.remove(subentry["title"])
        await self._until_nobody_is_left()
        for lock in NODES:
            await self._take_out_what_is_left(lock)
        await self.reset_counts()

    async def _until_nobody_is_left(self) -> None:
        sensors = [
            await self.lock_entity(lock, "sensor", "credentials") for lock in NODES
        ]
        await self.client.wait_for(
            lambda states: all(
                sensor in states
                and states[sensor].attributes.get("total") == 0
                and not states[sensor].attributes["waiting"]
                for sensor in sensors
            ),
            60,
        )

    async def _take_out_what_is_left(self, lock: str) -> None:
        """Take out what the test put into a lock; Keyholder hears of it."""
        expected = AT_FIRST[lock]
        held = await self.truth(lock)
        for slot in held.keys() - expected.keys():
            await self.act(lock, "keypad_delete_code", slot=slot)
        for slot, code in expected.items():
            if held.get(slot) != code:
                await self.act(lock, "keypad_set_code", slot=slot, code=code)


async def _signed_in(hosted: SharedInstance) -> Client:
    instance = hosted.processes.home_assistant
    return await Client.signed_in(instance.base_url, instance.owner, keep_received=True)


def words(events: Events, entity_id: str) -> list[tuple[str, str | None]]:
    """Return what an entity showed, one after the other: its state and the evidence."""
    return list(_words(events, entity_id))


def _words(events: Events, entity_id: str) -> Iterator[tuple[str, str | None]]:
    before: tuple[str, str | None] | None = None
    for event in events.received:
        new = event["data"]["new_state"]
        if event["data"]["entity_id"] != entity_id or new is None:
            continue
        word = (new["state"], new["attributes"].get("evidence"))
        if word != before:
            yield word
        before = word
