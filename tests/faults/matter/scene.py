"""Two Matter locks and two people; one lock has a fault while one slot is worked on."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.helpers import issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from simulators.matter import OHF, Dialect, FakeMatterServer, Identity, Node
from tests.faults.scene import FIRST_PIN, SECOND_PIN, SETTLING, Doing
from tests.faults.watch import Held, Leaks, Screen, Truth
from tests.integration.matter.house import House, Person
from tests.integration.matter.story import rule
from tests.virtual.matter_home import MatterHome, matter_home
from tests.virtual.run import run_virtually

OTHER: Final = 1
"""The slot of somebody else on the same lock."""
OURS: Final = 2
"""The slot in which the fault strikes."""
STRANGER: Final = 9
"""A slot with a code that nobody manages, made at the lock."""
OTHER_PIN: Final = "908001"
STRANGERS_PIN: Final = "906611"

UNPROVEN: Final = "unproven"
"""The end of a fault that does not: nothing is claimed, whatever else is shown."""
_PIN: Final = 1
"""The type of a credential that is a PIN."""

HOURS: Final = "schedule.hours"
"""The entity that says when Ann may come in, where her code is switched off and on."""
SWITCHING: Final = (Doing.CLOSE, Doing.OPEN, Doing.OFF)
AWAY: Final = (Doing.CLEAR, Doing.CLOSE, Doing.OFF)
"""After these nobody may come in."""

type Action = Callable[[], Awaitable[object] | object]


@dataclass
class Scene:
    """What a fault may take hold of."""

    server: FakeMatterServer
    front: Node
    doing: Doing
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    errands: list[asyncio.Future[object]] = field(default_factory=list)

    def at(self, seconds: float, action: Action) -> None:
        """Let something happen so many seconds after the story begins."""

        def act() -> None:
            done = action()
            if isinstance(done, Awaitable):
                self.errands.append(asyncio.ensure_future(done))

        loop = asyncio.get_running_loop()
        self.timers.append(loop.call_later(seconds, act))


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and how much of it is allowed."""

    name: str
    strike: Callable[[Scene], object]
    """Called as the story begins, before anything is done."""
    doings: tuple[Doing, ...] = (Doing.WRITE, Doing.CHANGE, Doing.CLEAR)
    ends: str | Mapping[Doing, str] = field(default="", hash=False)
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
    said: str = ""
    """The status, where the same was tried with several."""

    def end(self, doing: Doing) -> str:
        """Return what the sensor shows in the end."""
        ends = self.ends if isinstance(self.ends, str) else self.ends.get(doing, "")
        return ends or ("gone" if doing in AWAY else "in_sync")


@dataclass(frozen=True)
class Run:
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
    back_shown: Mapping[str, tuple[str, ...]]
    back_commands: Counter[str]
    back_left: Mapping[int, str]
    lies: tuple[str, ...]
    leaks: tuple[str, ...]


def play(fault: Fault, doing: Doing, dialect: Dialect = OHF) -> Run:
    """Run the story of a fault on virtual time."""
    return run_virtually(_story(fault, doing, dialect))


async def _story(fault: Fault, doing: Doing, dialect: Dialect) -> Run:
    front, back = (
        Node(number, identity=Identity(product=name))
        for number, name in ((1, "Front"), (2, "Back"))
    )
    for node in (front, back):
        node.door.program(STRANGERS_PIN, STRANGER, STRANGER)
    async with matter_home([front, back], dialect=dialect) as home:
        with Leaks((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            stage = _Stage(home, front, back, fault, doing)
            await stage.set()
            await stage.tell()
            return stage.outcome(tuple(leaks.found))


class _Stage:
    """A house before, in and after a story."""

    def __init__(
        self, home: MatterHome, front: Node, back: Node, fault: Fault, doing: Doing
    ) -> None:
        self._home = home
        self._house: House = home.house
        self._front, self._back = front, back
        self._fault, self._doing = fault, doing
        self._told: list[str] = []
        self._ann_held = Held.of(FIRST_PIN)
        self._screens: dict[tuple[str, int], Screen] = {}

    async def set(self) -> None:
        """Give everybody a code, and let it come to rest."""
        for node in (self._front, self._back):
            await self._house.manage(node.node_id)
        self._bob = await self._house.add("Bob", OTHER_PIN)
        await asyncio.sleep(SETTLING)
        self._ann = await self._house.add("Ann", FIRST_PIN)
        await asyncio.sleep(SETTLING)
        if self._doing is Doing.WRITE:
            await self._ann.switch(on=False)
            await asyncio.sleep(SETTLING)
        if self._doing in SWITCHING:
            self._turn_hours(on=True)
            await self._ann.set_rule(rule(source={"entity": HOURS, "grace": 15}))
            await asyncio.sleep(SETTLING)
        if self._doing in (Doing.OPEN, Doing.OFF):
            self._turn_hours(on=False)
            await asyncio.sleep(SETTLING)
        for name, person, held in (
            ("Ann", self._ann, self._ann_held),
            ("Bob", self._bob, Held.of(OTHER_PIN)),
        ):
            for node in (self._front, self._back):
                self._screens[name, node.node_id] = self._screen(person, node, held)
        assert all(
            screen.claim is not None and screen.is_true
            for screen in self._screens.values()
        )
        self._home.hass.bus.async_listen(
            ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._on_issue
        )

    async def tell(self) -> None:
        """Let the fault strike, do what is done, and wait."""
        for node in (self._front, self._back):
            node.calls.clear()
        self._house.told.clear()
        hidden = self._fault.hidden
        truth = Truth(self._screens.values(), strict=not hidden)
        scene = Scene(self._home.server, self._front, self._doing)
        self._fault.strike(scene)
        with truth:
            await self._do()
            await asyncio.sleep(self._fault.lasts)
        for timer in scene.timers:
            timer.cancel()
        await asyncio.gather(*scene.errands)
        self._lies = tuple(truth.lies)

    def outcome(self, leaks: tuple[str, ...]) -> Run:
        """Return what came of it."""
        held = live(self._front)
        counted = {
            node.node_id: Counter(map(_kind, node.calls))
            for node in (self._front, self._back)
        }
        front, back = counted[1], counted[2]
        return Run(
            shown=self._screens["Ann", 1].shown,
            told=tuple(dict.fromkeys((*self._heard(), *self._told))),
            commands=(front["ask"], front["write"], front["clear"]),
            held=held.pop(OURS, None),
            kept=is_kept(self._front),
            left=held,
            other_shown=self._screens["Bob", 1].states,
            other_commands=Counter(
                {kind: n for kind, n in front.items() if kind.startswith("other")}
            ),
            back_shown={name: self._screens[name, 2].states for name in ("Ann", "Bob")},
            back_commands=back,
            back_left=live(self._back),
            lies=self._lies,
            leaks=leaks,
        )

    async def _do(self) -> None:
        match self._doing:
            case Doing.WRITE:
                await self._ann.switch(on=True)
            case Doing.CHANGE:
                self._ann_held.pins.append(SECOND_PIN)
                self._ann_held.right = frozenset(self._ann_held.pins)
                await self._house.hass.services.async_call(
                    DOMAIN,
                    "set_pin",
                    {
                        "person": self._ann.entity("switch", "enabled"),
                        "pin": SECOND_PIN,
                    },
                    blocking=True,
                )
                self._ann_held.right = frozenset({SECOND_PIN})
            case Doing.CLEAR:
                await self._ann.switch(on=False)
            case Doing.CLOSE | Doing.OPEN:
                self._turn_hours(on=self._doing is Doing.OPEN)
            case Doing.NOTHING | Doing.OFF:
                return

    def _turn_hours(self, *, on: bool) -> None:
        self._house.hass.states.async_set(HOURS, "on" if on else "off")

    def _screen(self, person: Person, node: Node, held: Held) -> Screen:
        lock = self._home.network.lock_entity(node.node_id)
        sensor = person.entity("sensor", f"{lock.id}_slot")
        return Screen(self._house.hass, sensor, lambda: live(node), held)

    @callback
    def _on_issue(self, event: Event[Any]) -> None:
        registry = ir.async_get(self._house.hass)
        issue = registry.async_get_issue(event.data["domain"], event.data["issue_id"])
        if issue is None or issue.domain != DOMAIN or not issue.active:
            return
        assert (issue.translation_placeholders or {})["lock"] == "Front"
        self._told.append(f"repair {issue.translation_key}")

    def _heard(self) -> list[str]:
        front = self._home.network.lock_entity(1).entity_id
        assert all(each["entity_id"] == front for each in self._house.told)
        return [str(each["type"]) for each in self._house.told if not each.get("past")]


def live(node: Node) -> dict[int, str]:
    """Return the codes that open a lock, by slot."""
    memory = node.lock.memory
    return {
        index: held.data.decode()
        for (kind, index), held in memory.credentials.items()
        if kind == _PIN and memory.users[held.user].enabled
    }


def is_kept(node: Node) -> bool:
    """Return whether the slot has a code that is switched off."""
    held = node.lock.memory.credentials.get((_PIN, OURS))
    return held is not None and not node.lock.memory.users[held.user].enabled


def _kind(call: tuple[str, Mapping[str, Any]]) -> str:
    """Return whether a command asks, writes or clears, and whether about others."""
    name, payload = call
    index = (payload.get("credential") or {}).get("credentialIndex")
    index = index or payload.get("userIndex")
    what = {"G": "ask", "S": "write", "C": "clear"}[name[0]]
    return what if index not in (OTHER, STRANGER) else f"other {what}"
