"""Two locks behind one bridge, and two people; one lock has a fault while one slot is worked on."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.helpers import issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from simulators.zigbee import DoorLock, Identity, Limits, LockNode
from simulators.zigbee.terms import UserStatus
from simulators.zigbee2mqtt import Broker, Definition, Device
from tests.faults.scene import FIRST_PIN, SECOND_PIN, SETTLING, Doing
from tests.faults.watch import Held, Leaks, Screen, Truth
from tests.integration.household import Resident
from tests.integration.zigbee2mqtt.house import House
from tests.virtual.run import run_virtually
from tests.virtual.zigbee2mqtt_home import Zigbee2MqttHome, zigbee2mqtt_home

from .fault import OTHER, OTHER_PIN, OURS, STRANGER, STRANGERS_PIN, Fault, Kind, Scene

_USERS: Final = 20
_DEFINITION: Final = Definition("Danalock", "V3-BTZB/V3-BTZBE", pin_code_count=_USERS)


@dataclass(frozen=True)
class Run:
    """What came of it."""

    shown: tuple[tuple[int, str], ...]
    """What the sensor of the slot shows from each second on, with its reason."""
    told: tuple[str, ...]
    sent: tuple[int, int, int]
    """Questions, writes and clears about the slot that were published."""
    held: str | None
    """The code that is live in the slot in the end."""
    left: Mapping[int, str]
    """All that is live on the lock in the end, but for the slot."""
    other_shown: tuple[str, ...]
    other_sent: Counter[str]
    back_shown: Mapping[str, tuple[str, ...]]
    back_sent: Counter[str]
    back_left: Mapping[int, str]
    lies: tuple[str, ...]
    leaks: tuple[str, ...]


def play(fault: Fault, doing: Doing, kind: Kind) -> Run:
    """Run the story of a fault on virtual time."""
    return run_virtually(_story(fault, doing, kind))


async def _story(fault: Fault, doing: Doing, kind: Kind) -> Run:
    front, back = _device("Front", 0x33, kind), _device("Back", 0x44, kind)
    async with zigbee2mqtt_home([front, back]) as home:
        with Leaks((FIRST_PIN, SECOND_PIN, OTHER_PIN)) as leaks:
            stage = _Stage(home, fault, doing)
            await stage.set()
            await stage.tell()
            return stage.outcome(tuple(leaks.found))


def _device(name: str, number: int, kind: Kind) -> Device:
    lock = DoorLock(limits=Limits(pins=_USERS - 1, first_user=1))
    lock.traits.shows_codes = kind is not Kind.MASKED
    identity = Identity(ieee=0x000D6F0011223300 + number, nwk=0x5500 + number)
    node = LockNode(lock, identity)
    node.door.program(STRANGER, STRANGERS_PIN)
    options: dict[str, Any] = {"expose_pin": kind is not Kind.PRESENCE}
    if kind is not Kind.REPEATING:
        options["filtered_cache"] = ["users"]
    return Device(node, name, _DEFINITION, options)


class _Stage:
    """A house before, in and after a story."""

    def __init__(self, home: Zigbee2MqttHome, fault: Fault, doing: Doing) -> None:
        self._home = home
        self._house: House = home.house
        self._front, self._back = home.bridge.devices
        self._fault, self._doing = fault, doing
        self._issues: list[str] = []
        self._ann_held = Held.of(FIRST_PIN)
        self._screens: dict[tuple[str, str], Screen] = {}

    async def set(self) -> None:
        """Give everybody a code, and let it come to rest."""
        devices = (self._front, self._back)
        self._locks = {
            self._home.network.lock_entity(device).entity_id: device.name
            for device in devices
        }
        for device in devices:
            await self._house.manage(self._home.network.lock_entity(device))
        self._bob = await self._house.add("Bob", OTHER_PIN)
        await asyncio.sleep(SETTLING)
        self._ann = await self._house.add("Ann", FIRST_PIN)
        await asyncio.sleep(SETTLING)
        if self._doing is Doing.WRITE:
            await self._ann.switch(on=False)
            await asyncio.sleep(SETTLING)
        for person, name, held in (
            (self._ann, "Ann", self._ann_held),
            (self._bob, "Bob", Held.of(OTHER_PIN)),
        ):
            for device in devices:
                screen = self._screen(person, device, held)
                self._screens[name, device.name] = screen
        assert all(
            screen.claim is not None and screen.is_true
            for screen in self._screens.values()
        )
        self._home.hass.bus.async_listen(
            ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._on_issue
        )

    async def tell(self) -> None:
        """Let the fault strike, do what is done, and wait."""
        self._home.broker.log.clear()
        self._house.told.clear()
        truth = Truth(self._screens.values(), strict=not self._fault.hidden)
        home = self._home
        scene = Scene(home.broker, home.bridge, self._front, self._doing)
        self._fault.strike(scene)
        with truth:
            await self._do()
            await asyncio.sleep(self._fault.lasts)
        for timer in scene.timers:
            timer.cancel()
        await asyncio.gather(*scene.errands)
        for end in scene.ends:
            end()
        for stop in scene.stops:
            await stop()
        self._lies = tuple(truth.lies)

    def outcome(self, leaks: tuple[str, ...]) -> Run:
        """Return what came of it."""
        held = live(self._front)
        front = _sent(self._home.broker, "Front")
        return Run(
            shown=self._screens["Ann", "Front"].shown,
            told=tuple(dict.fromkeys((*self._heard(), *self._issues))),
            sent=(front["ask"], front["write"], front["clear"]),
            held=held.pop(OURS, None),
            left=held,
            other_shown=self._screens["Bob", "Front"].states,
            other_sent=Counter(
                {what: n for what, n in front.items() if what.startswith("other")}
            ),
            back_shown={
                name: self._screens[name, "Back"].states for name in ("Ann", "Bob")
            },
            back_sent=_sent(self._home.broker, "Back"),
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
                switch = self._ann.entity("switch", "enabled")
                await self._house.hass.services.async_call(
                    DOMAIN,
                    "set_pin",
                    {"person": switch, "pin": SECOND_PIN},
                    blocking=True,
                )
                self._ann_held.right = frozenset({SECOND_PIN})
            case Doing.CLEAR:
                await self._ann.switch(on=False)
            case Doing.NOTHING:
                return

    def _screen(self, person: Resident, device: Device, held: Held) -> Screen:
        lock = self._home.network.lock_entity(device)
        sensor = person.entity("sensor", f"{lock.id}_slot")
        return Screen(self._house.hass, sensor, lambda: live(device), held)

    @callback
    def _on_issue(self, event: Event[Any]) -> None:
        registry = ir.async_get(self._house.hass)
        issue = registry.async_get_issue(event.data["domain"], event.data["issue_id"])
        if issue is None or issue.domain != DOMAIN or not issue.active:
            return
        assert (issue.translation_placeholders or {})["lock"] == "Front"
        self._issues.append(f"repair {issue.translation_key}")

    def _heard(self) -> list[str]:
        told = [each for each in self._house.told if not each.get("past")]
        assert all(self._locks[each["entity_id"]] == "Front" for each in told)
        return [str(each["type"]) for each in told]


def live(device: Device) -> dict[int, str]:
    """Return the codes that open a lock, by slot."""
    return {
        user: code.data.decode()
        for user, code in device.node.lock.memory.pins.items()
        if code.status == UserStatus.ENABLED
    }


def _sent(broker: Broker, name: str) -> Counter[str]:
    """Return what was published to a lock about its codes; what is about others is so named."""
    sent: Counter[str] = Counter()
    for message in broker.log:
        _, _, kind = message.topic.rpartition(f"/{name}/")
        if kind not in ("get", "set"):
            continue
        about = json.loads(message.payload).get("pin_code")
        if not isinstance(about, dict):
            continue
        what = "ask"
        if kind == "set":
            what = "clear" if about["pin_code"] is None else "write"
        prefix = "other " if about["user"] in (OTHER, STRANGER) else ""
        sent[prefix + what] += 1
    return sent
