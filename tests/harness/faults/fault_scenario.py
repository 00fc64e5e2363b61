"""One fault on one of two locks while one slot is worked on, on any technology.

How to use it: derive the faults of a technology from `Expectations`, wrap its locks as
`LockUnderTest`, and call `set_up`, `run` and `outcome` of a `FaultScenario`; compare with
`assert_expectations`. `tests/harness/faults/zha/scenario.py` does it in sixty lines.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from homeassistant.core import Event, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from tests.harness.faults.fake_lock_scenario import (
    FIRST_PIN,
    SECOND_PIN,
    SETTLING,
    UserChange,
)
from tests.harness.faults.sensor_recorder import (
    KnownPins,
    SensorRecorder,
    watch_sensors,
)
from tests.harness.site.door_driver import rule
from tests.harness.site.site_driver import PersonDriver, SiteDriver

OTHER: Final = 1
"""The slot of somebody else on the same lock."""
OURS: Final = 2
"""The slot in which the fault strikes."""
UNMANAGED_SLOT: Final = 9
"""A slot with a code that nobody manages, made at the lock."""
OTHER_PIN: Final = "908001"
UNMANAGED_PIN: Final = "906611"

UNPROVEN: Final = "unproven"
"""The end of a fault that does not: nothing is claimed, whatever else is shown."""
MOMENTS: Final = 8
"""States that a row of a table shows; what follows repeats them with longer waits."""

HOURS: Final = "schedule.hours"
"""The entity that says when Ann may come in, where her code is switched off and on."""
SWITCHING: Final = (UserChange.CLOSE, UserChange.OPEN, UserChange.OFF)
AWAY: Final = (UserChange.CLEAR, UserChange.CLOSE, UserChange.OFF)
"""After these nobody may come in."""

type Action = Callable[[], Awaitable[object] | object]


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


@dataclass(kw_only=True)
class ActionSchedule:
    """What is to happen in the middle of a story."""

    change: UserChange
    _timers: list[asyncio.TimerHandle] = field(init=False, default_factory=list)
    _tasks: list[asyncio.Future[object]] = field(init=False, default_factory=list)

    def at(self, seconds: float, action: Action) -> None:
        """Let something happen so many seconds after the story begins."""

        def act() -> None:
            done = action()
            if isinstance(done, Awaitable):
                self._tasks.append(asyncio.ensure_future(done))

        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(seconds, act))

    async def close(self) -> None:
        """Let nothing more happen, and what does come to its end."""
        for timer in self._timers:
            timer.cancel()
        await asyncio.gather(*self._tasks)


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What a fault may do, and how much of it."""

    changes: tuple[UserChange, ...] = (
        UserChange.WRITE,
        UserChange.CHANGE,
        UserChange.CLEAR,
    )
    ends: str | Mapping[UserChange, str] = field(default="", hash=False)
    """What the sensor shows in the end, where that is not what is wanted."""
    at_most: int = 14
    """Commands about the slot in the whole story."""
    others: int = 0
    """Reads about somebody else's slot on the same lock."""
    elsewhere: int = 0
    """Reads about each slot of the other lock."""
    lasts: int = 600
    """Seconds that the story lasts."""
    hidden: bool = False
    """The lock cannot show what happens, so what is said is an older truth."""
    closes: bool = False
    """The other lock meets the same, as it is behind the same connection."""
    resets: bool = False
    """Everybody's codes are gone from the lock."""

    def end(self, change: UserChange) -> str:
        """Return what the sensor shows in the end."""
        ends = self.ends if isinstance(self.ends, str) else self.ends.get(change, "")
        return ends or ("gone" if change in AWAY else "in_sync")


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    shown: tuple[tuple[int, str], ...]
    """What the sensor of the slot shows from each second on, with its reason."""
    told: tuple[str, ...]
    commands: tuple[int, int, int]
    """Questions, writes and clears about the slot."""
    held: str | None
    """The code that is live in the slot in the end."""
    kept: bool
    """Whether there is one that is switched off."""
    left: Mapping[int, str]
    """All that is live on the lock in the end, but for the slot."""
    other_shown: tuple[str, ...]
    other_commands: Counter[str]
    back_told: tuple[str, ...]
    back_shown: Mapping[str, tuple[str, ...]]
    back_commands: Counter[str]
    back_left: Mapping[int, str]
    false_claims: tuple[str, ...]
    leaks: tuple[str, ...]


class FaultScenario:
    """A house before, in and after a story."""

    def __init__(
        self,
        house: SiteDriver[Any],
        front: LockUnderTest,
        back: LockUnderTest,
        expected: Expectations,
        change: UserChange,
    ) -> None:
        """Use two locks of a house; the fault strikes the first."""
        self._site = house
        self._locks = {"Front": front, "Back": back}
        self._expected, self._change = expected, change
        self._repairs: dict[str, list[str]] = {"Front": [], "Back": []}
        self._ann_held = KnownPins.of(FIRST_PIN)
        self._recorders: dict[tuple[str, str], SensorRecorder] = {}
        self._false_claims: tuple[str, ...] = ()

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

    async def run(self, strike: Callable[[], object], calendar: ActionSchedule) -> None:
        """Let the fault strike, do what is done, and wait."""
        for lock in self._locks.values():
            lock.forget()
        self._site.events.clear()
        recorders, strict = self._recorders.values(), not self._expected.hidden
        with watch_sensors(recorders, strict=strict) as claims:
            strike()
            await self._do()
            await asyncio.sleep(self._expected.lasts)
        await calendar.close()
        self._false_claims = tuple(claims.false_claims)

    def outcome(self, leaks: tuple[str, ...]) -> Outcome:
        """Return what came of it."""
        front, back = self._locks.values()
        held, counted = front.live(), front.commands()
        return Outcome(
            shown=self._recorders["Ann", "Front"].shown,
            told=tuple(dict.fromkeys((*self._heard(), *self._repairs["Front"]))),
            commands=(counted["ask"], counted["write"], counted["clear"]),
            held=held.pop(OURS, None),
            kept=front.is_kept(),
            left=held,
            other_shown=self._recorders["Bob", "Front"].states,
            other_commands=Counter(
                {kind: n for kind, n in counted.items() if kind.startswith("other")}
            ),
            back_told=tuple(dict.fromkeys(self._repairs["Back"])),
            back_shown={
                name: self._recorders[name, "Back"].states for name in ("Ann", "Bob")
            },
            back_commands=back.commands(),
            back_left=back.live(),
            false_claims=self._false_claims,
            leaks=leaks,
        )

    async def _do(self) -> None:
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

    def _heard(self) -> list[str]:
        front = self._locks["Front"].entity().entity_id
        assert all(each["entity_id"] == front for each in self._site.events)
        return [str(each["type"]) for each in self._site.events if not each.get("past")]


def table_row(run: Outcome) -> tuple[str, str, str]:
    """Return what a table in the documentation says of a run."""
    moments = [f"{second} s {shown}" for second, shown in run.shown]
    if len(moments) > MOMENTS:
        moments = [*moments[: MOMENTS - 1], "and so on"]
    return (
        ", ".join(moments).replace("_", " "),
        ", ".join(run.told).replace("_", " ") or "–",
        " / ".join(map(str, run.commands)),
    )


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
        assert run.back_told == ()
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
        assert change is not UserChange.CLEAR or "repair revocation_pending" in run.told
        return
    assert shown == end
    if end == "gone":
        assert run.held is None
    elif end == "in_sync" and is_seen:
        assert run.held == (SECOND_PIN if change is UserChange.CHANGE else FIRST_PIN)
