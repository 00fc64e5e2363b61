"""A fault on a site with two locks on a simulated network, on any technology.

How to use it: derive the faults of a technology from `Expectations`, wrap its locks as
`LockUnderTest`, and call `set_up`, `run` and `outcome` of a `SiteFaultScenario`; compare
with `assert_expectations`. `tests/harness/faults/zha/scenario.py` does it in sixty lines.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, override

from homeassistant.core import Event, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from tests.harness.claims import ClaimChecker
from tests.harness.faults.fault_scenario import (
    FIRST_PIN,
    OTHER,
    OTHER_PIN,
    OURS,
    SECOND_PIN,
    SETTLING,
    BaseExpectations,
    BaseOutcome,
    FaultScenario,
    UserChange,
)
from tests.harness.faults.sensor_recorder import (
    KnownPins,
    SensorRecorder,
    watch_sensors,
)
from tests.harness.site.door_driver import rule
from tests.harness.site.site_driver import PersonDriver, SiteDriver

UNMANAGED_SLOT: Final = 9
"""A slot with a code that nobody manages, made at the lock."""
UNMANAGED_PIN: Final = "906611"

UNPROVEN: Final = "unproven"
"""The end of a fault that does not: nothing is claimed, whatever else is shown."""
HOURS: Final = "schedule.hours"
"""The entity that says when Ann may come in, where her code is switched off and on."""
SWITCHING: Final = (UserChange.CLOSE, UserChange.OPEN, UserChange.OFF)
AWAY: Final = (UserChange.CLEAR, UserChange.CLOSE, UserChange.OFF)
"""After these nobody may come in."""


class LockUnderTest(Protocol):
    """A lock in its door."""

    def entity(self) -> er.RegistryEntry:
        """Return the registry entry of its entity."""

    def live(self) -> dict[int, str]:
        """Return the codes that open it, by slot."""

    def is_kept(self) -> bool:
        """Return whether our slot has a code that is switched off."""

    def commands(self) -> Counter[str]:
        """Count what was sent to it since `forget`: each an ask, a write or a clear.

        With the word `other` before it where it is not about our slot.
        """

    def forget(self) -> None:
        """Count from now on."""


@dataclass(frozen=True, kw_only=True)
class Expectations(BaseExpectations):
    """What a fault may do to a site, and how much of it."""

    at_most: int = 14
    ends: str | Mapping[UserChange, str] = field(default="", hash=False)
    """What the sensor shows in the end, where that is not what is wanted."""
    elsewhere: int = 0
    """Reads about each slot of the other lock."""
    closes: bool = False
    """The other lock meets the same, as it is behind the same connection."""
    resets: bool = False
    """Everybody's codes are gone from the lock."""

    def end(self, change: UserChange) -> str:
        """Return what the sensor shows in the end."""
        ends = self.ends if isinstance(self.ends, str) else self.ends.get(change, "")
        return ends or ("gone" if change in AWAY else "in_sync")


@dataclass(frozen=True, kw_only=True)
class Outcome(BaseOutcome):
    """What came of it."""

    kept: bool
    """Whether there is one that is switched off."""
    left: Mapping[int, str]
    """All that is live on the lock in the end, but for the slot."""
    other_commands: Counter[str]
    back_reported: tuple[str, ...]
    back_shown: Mapping[str, tuple[str, ...]]
    back_commands: Counter[str]
    back_left: Mapping[int, str]
    leaks: tuple[str, ...]


class SiteFaultScenario(FaultScenario):
    """Plays it on a site with a simulated network: before, in and after the scenario."""

    def __init__(
        self,
        site: SiteDriver[Any],
        front: LockUnderTest,
        back: LockUnderTest,
        expected: Expectations,
        change: UserChange,
    ) -> None:
        """Use two locks of a site; the fault strikes the first."""
        super().__init__(expected, change)
        self._site = site
        self._locks = {"Front": front, "Back": back}
        self._repairs: dict[str, list[str]] = {"Front": [], "Back": []}
        self._ann_held = KnownPins.of(FIRST_PIN)
        self._recorders: dict[tuple[str, str], SensorRecorder] = {}

    async def set_up(self) -> None:
        """Give everybody a code, and let it come to rest."""
        for lock in self._locks.values():
            await self._site.manage(lock.entity())
        bob = await self._site.add("Bob", OTHER_PIN)
        await asyncio.sleep(SETTLING)
        self._ann = await self._site.add("Ann", FIRST_PIN)
        await asyncio.sleep(SETTLING)
        if self._change is UserChange.WRITE:
            await self._ann.switch(on=False)
            await asyncio.sleep(SETTLING)
        if self._change in SWITCHING:
            self._turn_hours(on=True)
            await self._ann.set_rule(rule(source={"entity": HOURS, "grace": 15}))
            await asyncio.sleep(SETTLING)
        if self._change in (UserChange.OPEN, UserChange.OFF):
            self._turn_hours(on=False)
            await asyncio.sleep(SETTLING)
        for name, person, held in (
            ("Ann", self._ann, self._ann_held),
            ("Bob", bob, KnownPins.of(OTHER_PIN)),
        ):
            for where, lock in self._locks.items():
                self._recorders[name, where] = self._recorder(person, lock, held)
        assert all(
            recorder.claim is not None and recorder.is_true
            for recorder in self._recorders.values()
        )
        self._site.hass.bus.async_listen(
            ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._on_issue
        )

    def outcome(self, leaks: tuple[str, ...]) -> Outcome:
        """Return what came of it."""
        front, back = self._locks.values()
        held, counted = front.live(), front.commands()
        return Outcome(
            shown=self._recorders["Ann", "Front"].shown,
            reported=tuple(
                dict.fromkeys((*self._event_types(), *self._repairs["Front"]))
            ),
            commands=(counted["ask"], counted["write"], counted["clear"]),
            held=held.pop(OURS, None),
            kept=front.is_kept(),
            left=held,
            other_shown=self._recorders["Bob", "Front"].states,
            other_commands=Counter(
                {kind: n for kind, n in counted.items() if kind.startswith("other")}
            ),
            back_reported=tuple(dict.fromkeys(self._repairs["Back"])),
            back_shown={
                name: self._recorders[name, "Back"].states for name in ("Ann", "Bob")
            },
            back_commands=back.commands(),
            back_left=back.live(),
            false_claims=self._false_claims,
            leaks=leaks,
        )

    @override
    def _start_record(self) -> None:
        for lock in self._locks.values():
            lock.forget()
        self._site.events.clear()

    @override
    def _watch(self, *, strict: bool) -> AbstractContextManager[ClaimChecker]:
        return watch_sensors(self._recorders.values(), strict=strict)

    @override
    async def _make_change(self) -> None:
        match self._change:
            case UserChange.WRITE:
                await self._ann.switch(on=True)
            case UserChange.CHANGE:
                self._ann_held.pins.append(SECOND_PIN)
                self._ann_held.right = frozenset(self._ann_held.pins)
                await self._ann.set_pin(SECOND_PIN)
                self._ann_held.right = frozenset({SECOND_PIN})
            case UserChange.CLEAR:
                await self._ann.switch(on=False)
            case UserChange.CLOSE | UserChange.OPEN:
                self._turn_hours(on=self._change is UserChange.OPEN)
            case UserChange.NOTHING | UserChange.OFF:
                return

    def _turn_hours(self, *, on: bool) -> None:
        self._site.hass.states.async_set(HOURS, "on" if on else "off")

    def _recorder(
        self, person: PersonDriver, lock: LockUnderTest, held: KnownPins
    ) -> SensorRecorder:
        sensor = person.entity("sensor", f"{lock.entity().id}_slot")
        return SensorRecorder(self._site.hass, sensor, lock.live, held)

    @callback
    def _on_issue(self, event: Event[Any]) -> None:
        registry = ir.async_get(self._site.hass)
        issue = registry.async_get_issue(event.data["domain"], event.data["issue_id"])
        if issue is None or issue.domain != DOMAIN or not issue.active:
            return
        lock = (issue.translation_placeholders or {})["lock"]
        where = "Front" if lock.endswith("Front") else "Back"
        self._repairs[where].append(f"repair {issue.translation_key}")

    def _event_types(self) -> list[str]:
        front = self._locks["Front"].entity().entity_id
        assert all(each["entity_id"] == front for each in self._site.events)
        return [str(each["type"]) for each in self._site.events if not each.get("past")]


def assert_expectations(
    expected: Expectations, change: UserChange, run: Outcome, well: Outcome
) -> None:
    """Fail if a run shows what is not so, costs too much, or touches anything else.

    `well` is the run of the same without any fault.
    """
    assert run.false_claims == ()
    assert run.leaks == ()
    assert sum(run.commands) <= expected.at_most, run.commands
    assert_end_state(expected, change, run)

    assert run.other_shown == ("in_sync",) or expected.resets
    assert run.other_shown[-1] == "in_sync"
    assert run.left[OTHER] == OTHER_PIN
    assert expected.resets or set(run.other_commands) <= {"other ask"}
    assert run.other_commands["other ask"] <= expected.others
    assert expected.resets or run.left[UNMANAGED_SLOT] == UNMANAGED_PIN
    assert not {FIRST_PIN, SECOND_PIN} & set(run.left.values()) or "duplicate" in (
        expected.end(change)
    )

    assert run.back_left == well.back_left
    if not expected.closes:
        assert run.back_reported == ()
        assert run.back_shown == well.back_shown
        extra = run.back_commands - well.back_commands
        assert set(extra) <= {"ask", "other ask"}
        assert max(extra.values(), default=0) <= expected.elsewhere, extra


def assert_end_state(
    expected: Expectations, change: UserChange, run: Outcome, *, is_seen: bool = True
) -> None:
    """Fail if a run ends otherwise than promised.

    `is_seen`: whether the lock can show by then what it holds.
    """
    _, shown = run.shown[-1]
    end = expected.end(change)
    if end == UNPROVEN:
        assert shown not in ("in_sync", "gone")
        assert (
            change is not UserChange.CLEAR
            or "repair revocation_pending" in run.reported
        )
        return
    assert shown == end
    if end == "gone":
        assert run.held is None
    elif end == "in_sync" and is_seen:
        assert run.held == (SECOND_PIN if change is UserChange.CHANGE else FIRST_PIN)
