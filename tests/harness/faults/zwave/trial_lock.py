"""One lock in a trial, from both ends: what people see of it, and what it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import State
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.slot import DesiredState
from simulators.zwave.answers import Frame
from tests.harness.claims import is_true
from tests.harness.faults.zwave.case import Does, Trial
from tests.harness.faults.zwave.lock_kinds import (
    SLOT,
    UNMANAGED_PIN,
    UNMANAGED_SLOT,
    name_of,
)
from tests.harness.site.flow_driver import add_person, choose, start_reconfigure, submit

if TYPE_CHECKING:
    from tests.harness.faults.zwave.shared_network import SharedNetwork

PATIENCE = 45.0
"""Seconds for everything that is waited for."""
LINGER = 1.0
"""Seconds after the end in which nothing more may come."""


@dataclass
class TrialLock:
    """One lock of the street, with one person who shall be able to open it."""

    street: SharedNetwork
    trial: Trial
    node: int
    pin: str
    next_pin: str
    lock: er.RegistryEntry = field(init=False)
    person: ConfigSubentry | None = None
    sensor: str | None = None
    accepted: frozenset[str] = frozenset()
    """Any of these PINs in the slot makes `in_sync` true; none: the slot shall be empty."""
    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    false_claims: list[str] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    """What the sensor said and when, in seconds of the case, for failures."""
    _began: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        """Find the lock's entity."""
        self.lock = self.street.network.lock_entity(self.node)

    @property
    def name(self) -> str:
        """Return what the lock is called."""
        return name_of(self.node)

    @property
    def state(self) -> State | None:
        """Return what the slot's sensor shows now."""
        return self.street.hass.states.get(self.sensor) if self.sensor else None

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
        await self.street.network.act(self.node, do, **details)

    async def faults(self, **faults: bool | int | str) -> None:
        """Change what is wrong with the lock."""
        await self.street.network.faults(self.node, **faults)

    async def heal(self) -> None:
        """Let the lock be as it was before something was asked for."""
        await self.faults(reset=True, **self.trial.case.before)

    async def add_person(self, *, enabled: bool = True) -> None:
        """Give somebody a code for this lock alone, in the dialog."""
        self.accepted = frozenset({self.pin})
        name = f"Person {self.node}"
        street = self.street
        self.person = await add_person(
            street.hass, street.entry, name, self.pin, [self.lock], enabled=enabled
        )
        self.find_sensor()

    def find_sensor(self) -> None:
        """Look for the sensor of the person's slot; it comes a moment after them."""
        if self.person is not None and self.sensor is None:
            self.sensor = er.async_get(self.street.hass).async_get_entity_id(
                "sensor", DOMAIN, f"{self.person.unique_id}_{self.lock.id}_slot"
            )

    async def set_pin(self) -> None:
        """Change the PIN in the dialog."""
        assert self.person is not None
        street = self.street
        self.accepted = frozenset({self.pin, self.next_pin})
        menu = await start_reconfigure(street.hass, street.entry, self.person)
        form = await choose(street.hass, menu, "edit")
        result = await submit(
            street.hass,
            form,
            name=self.person.title,
            all_locks=False,
            locks=[self.lock.id],
            enabled=True,
            pin=self.next_pin,
        )
        while result["type"] is FlowResultType.FORM and not result["errors"]:
            result = await submit(street.hass, result)
        assert result["type"] is FlowResultType.ABORT, result.get("errors")
        self.accepted = frozenset({self.next_pin})

    async def switch(self, *, on: bool) -> None:
        """Turn the person's switch."""
        assert self.person is not None
        street = self.street
        switch = er.async_get(street.hass).async_get_entity_id(
            "switch", DOMAIN, f"{self.person.unique_id}_enabled"
        )
        await street.hass.services.async_call(
            "switch",
            "turn_on" if on else "turn_off",
            {"entity_id": switch},
            blocking=True,
        )

    async def begin(self) -> None:
        """Make the door as the case begins, and count from here."""
        case = self.trial.case
        await self.faults(**case.before)
        if case.does not in (Does.FIRST_CODE, Does.SWITCH_ON):
            await self.add_person()
            await self.until(lambda: self.shown[-1:] == ["in_sync"], "a first code")
            # by then no report is taken for the echo of it
            await asyncio.sleep(self.street.timing.report_window.total_seconds())
        await asyncio.to_thread(self.street.network.rig.reset_counts, self.node)
        self.shown.clear()
        self.told.clear()
        self.diary.clear()
        self._began = monotonic()
        await self.faults(**case.faults)
        if case.prepare is not None:
            await case.prepare(self)

    async def ask(self) -> None:
        """Do what the case asks for."""
        match self.trial.case.does:
            case Does.FIRST_CODE:
                await self.add_person()
            case Does.SWITCH_ON:
                # the dialog itself would refuse a lock that is full
                await self.add_person(enabled=False)
                await self.switch(on=True)
            case Does.NEW_PIN:
                await self.set_pin()
            case Does.SWITCH_OFF:
                await self.switch(on=False)

    async def together(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it once, when every door of the street has come to this."""
        await self.street.together(act)

    # What is seen

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something; fail with what was shown instead."""
        deadline = monotonic() + PATIENCE
        while not condition():
            assert monotonic() < deadline, f"{what} did not come: {self.story()}"
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
            assert monotonic() < deadline, f"the slot holds another: {self.story()}"
            await asyncio.sleep(0.1)

    @property
    def reason(self) -> str | None:
        """Return why the slot is not settled."""
        reason: str | None = self.state.attributes["reason"] if self.state else None
        return reason

    def story(self) -> str:
        """Return what was shown, for a failure. No code is in it."""
        return f"{'; '.join(self.diary)}; told {self.told}"

    def on_state(self, state: State) -> None:
        """Take down what the sensor shows."""
        if self.shown[-1:] != [state.state]:
            self.shown.append(state.state)
        seconds = monotonic() - self._began
        self.diary.append(f"{seconds:.1f} {state.state} {state.attributes['reason']}")

    def repairs(self) -> list[str]:
        """Return which repairs wait for somebody because of this lock."""
        return [
            str(issue.translation_key)
            for (domain, _), issue in ir.async_get(self.street.hass).issues.items()
            if domain == DOMAIN
            and issue.active
            and (issue.translation_placeholders or {}).get("lock") == self.name
        ]

    def has_problem(self) -> bool:
        """Return whether the lock's problem sensor is on."""
        sensor = er.async_get(self.street.hass).async_get_entity_id(
            "binary_sensor", DOMAIN, f"{self.lock.id}_problem"
        )
        state = self.street.hass.states.get(sensor or "")
        return state is not None and state.state == "on"

    async def codes(self) -> dict[int, str]:
        """Return what is really in the lock."""
        return await self.street.network.codes(self.node)

    async def counts(self) -> dict[str, int]:
        """Return how many commands the lock received since the case began."""
        counted: Any = await asyncio.to_thread(
            self.street.network.rig.counts, self.node
        )
        return dict(counted)

    async def changes_elsewhere(self) -> list[Frame]:
        """Return the commands that would change what others have on this lock."""
        frames = await asyncio.to_thread(self.street.network.rig.frames, self.node)
        return [
            frame
            for frame in frames
            if frame.get("slot") == UNMANAGED_SLOT and not frame["cc"].endswith("Get")
        ]

    async def foreign_code_is_there(self) -> bool:
        """Return whether the code that nobody manages has stayed."""
        return (await self.codes()).get(UNMANAGED_SLOT) == UNMANAGED_PIN
