"""One lock in a trial, from both ends: what people see of it, and what it is."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from homeassistant.core import State
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.slot import DesiredState
from simulators.zwave.answers import Frame
from tests.harness.claims import is_true
from tests.harness.faults.zwave.lock_kinds import (
    SLOT,
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
    name_of,
)
from tests.harness.faults.zwave.shared_network import SharedNetwork
from tests.harness.site.flow_driver import add_person, choose, start_reconfigure, submit
from tests.harness.site.site_driver import BasePersonDriver

PATIENCE = 45.0
"""Seconds for everything that is waited for."""
LINGER = 1.0
"""Seconds after the end in which nothing more may come."""


@dataclass
class TrialLock:
    """One of the locks that share a network, with one person who shall be able to open it."""

    site: SharedNetwork
    node: int
    pin: str
    next_pin: str
    before: Mapping[str, bool | int | str]
    """What is wrong with the lock from the beginning, until the end."""
    lock: er.RegistryEntry = field(init=False)
    person: BasePersonDriver[SharedNetwork] | None = None
    sensor: str | None = None
    accepted: frozenset[str] = frozenset()
    """Any of these PINs in the slot makes `in_sync` true; none: the slot shall be empty."""
    shown: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    false_claims: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    """What the sensor showed and when, in seconds of the case, for failures."""
    _access_sensor: str | None = None
    _began: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        """Find the lock's entity."""
        self.lock = self.site.network.lock_entity(self.node)

    @property
    def name(self) -> str:
        """Return what the lock is called."""
        return name_of(self.node)

    @property
    def state(self) -> State | None:
        """Return what the slot's sensor shows now."""
        return self.site.hass.states.get(self.sensor) if self.sensor else None

    @property
    def claim(self) -> tuple[bool, frozenset[str]] | None:
        """Return what `in_sync` claims now, if that is shown: present, and which PINs."""
        if self.state is None or self.state.state != "in_sync":
            return None
        return self.state.attributes["desired"] == "present", self.accepted

    def is_true(
        self, claim: tuple[bool, frozenset[str]], codes: dict[int, str]
    ) -> bool:
        """Return whether a claim fits what is in the lock."""
        present, accepted = claim
        ever = {self.pin, self.next_pin}
        if present:
            here = codes.get(SLOT)
            return is_true(DesiredState.PRESENT, here, current=accepted, ever=ever)
        # in no other slot either
        return all(
            is_true(DesiredState.ABSENT, code, current=accepted, ever=ever)
            for code in codes.values()
        )

    # What is done

    async def act(self, do: str, **details: int | str) -> None:
        """Do something at the door."""
        await self.site.network.act(self.node, do, **details)

    async def faults(self, **faults: bool | int | str) -> None:
        """Change what is wrong with the lock."""
        await self.site.network.faults(self.node, **faults)

    async def heal(self) -> None:
        """Let the lock be as it was before something was asked for."""
        await self.faults(reset=True, **self.before)

    async def add_person(self, *, enabled: bool = True) -> None:
        """Give somebody a code for this lock alone, in the dialog."""
        self.accepted = frozenset({self.pin})
        name = f"Person {self.node}"
        site = self.site
        subentry = await add_person(
            site.hass, site.entry, name, self.pin, [self.lock], enabled=enabled
        )
        self.person = BasePersonDriver(site, subentry)
        self.find_sensor()

    @property
    def access_sensor(self) -> str | None:
        """Return the event entity of the lock."""
        if self._access_sensor is None:
            self._access_sensor = er.async_get(self.site.hass).async_get_entity_id(
                "event", DOMAIN, f"{self.lock.id}_access"
            )
        return self._access_sensor

    def find_sensor(self) -> None:
        """Look for the sensor of the person's slot; it comes a moment after them."""
        if self.person is not None and self.sensor is None:
            self.sensor = self.person.find("sensor", f"{self.lock.id}_slot")

    async def set_pin(self) -> None:
        """Change the PIN in the dialog."""
        assert self.person is not None
        site = self.site
        self.accepted = frozenset({self.pin, self.next_pin})
        menu = await start_reconfigure(site.hass, site.entry, self.person.subentry)
        form = await choose(site.hass, menu, "edit")
        result = await submit(
            site.hass,
            form,
            name=self.person.subentry.title,
            all_locks=False,
            locks=[self.lock.id],
            enabled=True,
            pin=self.next_pin,
        )
        while result["type"] is FlowResultType.FORM and not result["errors"]:
            result = await submit(site.hass, result)
        assert result["type"] is FlowResultType.ABORT, result.get("errors")
        self.accepted = frozenset({self.next_pin})

    async def switch(self, *, on: bool) -> None:
        """Turn the person's switch."""
        assert self.person is not None
        await self.person.switch(on=on)

    async def start_record(self) -> None:
        """Count commands, states and events from here."""
        await asyncio.to_thread(self.site.network.rig.reset_counts, self.node)
        self.shown.clear()
        self.events.clear()
        self.log.clear()
        self._began = monotonic()

    async def together(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it once, when every lock of the network has come to this."""
        await self.site.together(act)

    # What is seen

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something; fail with what was shown instead."""
        deadline = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < deadline, f"{what} did not come: {self.history()}"
            await asyncio.sleep(0.01)

    async def until_shows(self, *states: str) -> None:
        """Wait until the sensor has shown these since the beginning, in this order."""
        await self.until(
            lambda: self.shown[: len(states)] == list(states), " ".join(states)
        )

    async def until_reason(self, reason: str | None) -> None:
        """Wait until the sensor gives a reason."""
        await self.until(lambda: self.reason == reason, f"reason {reason}")

    async def until_holds(self, code: str | None) -> None:
        """Wait until the lock holds this in the person's slot; fail if it never does."""
        deadline = monotonic() + PATIENCE
        while (await self.codes()).get(SLOT) != code:
            assert monotonic() < deadline, f"the slot holds another: {self.history()}"
            await asyncio.sleep(0.1)

    @property
    def reason(self) -> str | None:
        """Return why the slot is not settled."""
        reason: str | None = self.state.attributes["reason"] if self.state else None
        return reason

    def history(self) -> str:
        """Return what was shown, for a failure. No code is in it."""
        return f"{'; '.join(self.log)}; events {self.events}"

    def on_state(self, state: State) -> None:
        """Note what the sensor shows."""
        if self.shown[-1:] != [state.state]:
            self.shown.append(state.state)
        seconds = monotonic() - self._began
        self.log.append(f"{seconds:.1f} {state.state} {state.attributes['reason']}")

    def repairs(self) -> list[str]:
        """Return which repairs wait for somebody because of this lock."""
        return [
            str(issue.translation_key)
            for (domain, _), issue in ir.async_get(self.site.hass).issues.items()
            if domain == DOMAIN
            and issue.active
            and (issue.translation_placeholders or {}).get("lock") == self.name
        ]

    def has_problem(self) -> bool:
        """Return whether the lock's problem sensor is on."""
        sensor = er.async_get(self.site.hass).async_get_entity_id(
            "binary_sensor", DOMAIN, f"{self.lock.id}_problem"
        )
        state = self.site.hass.states.get(sensor or "")
        return state is not None and state.state == "on"

    async def codes(self) -> dict[int, str]:
        """Return what is really in the lock."""
        return await self.site.network.codes(self.node)

    async def counts(self) -> dict[str, int]:
        """Return how many commands the lock received since the case began."""
        counted: Any = await asyncio.to_thread(self.site.network.rig.counts, self.node)
        return dict(counted)

    async def changes_elsewhere(self) -> list[Frame]:
        """Return the commands that would change what others have on this lock."""
        frames = await asyncio.to_thread(self.site.network.rig.frames, self.node)
        return [
            frame
            for frame in frames
            if frame.get("slot") == UNMANAGED_SLOT and not frame["cc"].endswith("Get")
        ]

    async def foreign_code_is_there(self) -> bool:
        """Return whether the code that nobody manages has stayed."""
        return (await self.codes()).get(UNMANAGED_SLOT) == UNMANAGED_PIN
