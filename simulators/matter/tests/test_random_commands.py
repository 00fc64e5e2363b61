"""Invariants of a Matter lock under random commands of several authors."""

import base64
from copy import deepcopy
import random
from typing import Any

from hypothesis import given, settings, strategies as st

from simulators.matter import (
    FOREIGN,
    OURS,
    Author,
    DoorLock,
    Limits,
    Node,
    RefusedError,
    invoke,
)
from simulators.matter.commands import HANDLERS
from simulators.matter.memory import Memory

from .lock_harness import PIN, RFID, key

LIMITS = Limits(users=3, pins=3, rfids=2, credentials_per_user=2)
PINS = ("907153", "904862", "908431", "902718", "905926", "907")


class Chance:
    """Random steps: mostly possible ones, of few users, places and codes.

    Only the seed is Hypothesis's. Its own choice of every field takes ten times as long.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def act(self, node: Node) -> None:
        """Send a command, do something at the door, or disturb the subscription."""
        match self._random.randrange(12):
            case 0:
                self.pick(
                    node.drop_subscription, node.restore_subscription, node.reboot
                )()
            case 1 | 2:
                act = self.pick(
                    *["enter", "turn"] * 3,
                    "jam",
                    "program",
                    "delete_pin",
                    "delete_user",
                )
                at_the_door(node, act, self.pick(*PINS), self.pick(1, 2, 3))
            case _:
                name, payload = self.command()
                command(node, name, payload, self.pick(OURS, OURS, OURS, FOREIGN))

    def command(self) -> tuple[str, dict[str, Any]]:
        """Return a command and its payload."""
        make = self.pick(
            self.set_user,
            self.set_user,
            *[self.set_credential] * 6,
            self.set_week_day,
            self.about_user,
            self.about_credential,
            self.about_week_day,
        )
        return make()

    def pick[Choice](self, *choices: Choice) -> Choice:
        """Return one of these."""
        return self._random.choice(choices)

    def seldom(self) -> bool:
        """Return true once in ten times."""
        return self._random.random() < 0.1

    def index(self) -> int:
        """Return the index of a user, credential or schedule, seldom an impossible one."""
        return self.pick(*[1, 1, 2, 3] * 5, 0, 4)

    def key(self) -> dict[str, int]:
        """Return the address of a credential."""
        return key(self.index(), self.pick(*[PIN] * 6, RFID, RFID, 3))

    def set_user(self) -> tuple[str, dict[str, Any]]:
        return "SetUser", {
            "operationType": self.pick(0, 0, 2, 2, 1),
            "userIndex": self.index(),
            "userName": self.pick(None, None, "", "Ann", "Ben", "01234567890"),
            "userUniqueID": self.pick(None, None, 7, 8),
            "userStatus": self.pick(None, 1, 3),
            "userType": self.pick(None, 0, 2, 6),
        }

    def set_credential(self) -> tuple[str, dict[str, Any]]:
        return "SetCredential", {
            "operationType": self.pick(0, 0, 2, 2, 1),
            "credential": self.key(),
            "credentialData": base64.b64encode(self.pick(*PINS).encode()).decode(),
            "userIndex": None if self.seldom() else self.index(),
        }

    def set_week_day(self) -> tuple[str, dict[str, Any]]:
        return "SetWeekDaySchedule", {
            "weekDayIndex": self.index(),
            "userIndex": self.index(),
            "daysMask": self.pick(2, 62, 128),
            "startHour": self.pick(8, 17),
            "startMinute": 0,
            "endHour": self.pick(17, 24),
            "endMinute": 0,
        }

    def about_user(self) -> tuple[str, dict[str, Any]]:
        index = 0xFFFE if self.seldom() else self.index()
        name = "ClearUser" if self.seldom() else "GetUser"
        return name, {"userIndex": index}

    def about_credential(self) -> tuple[str, dict[str, Any]]:
        if self.seldom() and self.seldom():
            return "ClearCredential", {"credential": self.pick(None, key(0xFFFE))}
        name = "ClearCredential" if self.seldom() else "GetCredentialStatus"
        return name, {"credential": self.key()}

    def about_week_day(self) -> tuple[str, dict[str, Any]]:
        return self.pick("GetWeekDaySchedule", "ClearWeekDaySchedule"), {
            "weekDayIndex": self.pick(self.index(), 0xFE),
            "userIndex": self.index(),
        }


def at_the_door(node: Node, act: str, pin: str, index: int) -> None:
    """Let somebody do something at the door."""
    match act:
        case "enter":
            node.door.enter(pin)
        case "program":
            node.door.program(pin, index, user=1)
        case "delete_pin" if (1, index) in node.lock.memory.credentials:
            node.door.delete_pin(index)
        case "delete_user":
            node.door.delete_user(index)
        case "jam":
            node.door.jam()
        case _:
            node.door.turn()


def command(node: Node, name: str, payload: dict[str, Any], by: Author) -> None:
    """Send a command, and hold it to what it may change."""
    before = deepcopy(node.lock.memory)
    try:
        answer = invoke(node.lock, name, payload, by)
    except RefusedError:
        assert node.lock.memory == before
        return
    if name.startswith("Get") or (answer or {}).get("status"):
        assert node.lock.memory == before
    if name.startswith("Set"):
        check_foreign(before, node.lock.memory, by)


def check_foreign(before: Memory, after: Memory, by: Author) -> None:
    """What another made keeps its name, its mark and its code."""
    for index, user in before.users.items():
        if user.creator != by.fabric:
            now = after.users[index]
            assert (now.name, now.unique_id) == (user.name, user.unique_id)
            assert before.credentials_of(index) == after.credentials_of(index)
    for place, held in before.credentials.items():
        if held.creator != by.fabric:
            assert after.credentials[place] == held


def check(lock: DoorLock) -> None:
    """Everything in a lock is where it can be, once, and somebody's."""
    memory = lock.memory
    assert all(1 <= index <= LIMITS.users for index in memory.users)
    codes = [(kind, held.data) for (kind, _), held in memory.credentials.items()]
    assert len(codes) == len(set(codes))
    for (kind, index), held in memory.credentials.items():
        assert index <= LIMITS.capacity(kind)
        assert held.user in memory.users
        assert LIMITS.fits(kind, held.data)
    for user in memory.users:
        assert len(memory.credentials_of(user)) <= LIMITS.credentials_per_user
    assert {user for user, _ in memory.week_days} <= set(memory.users)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(40, 150), st.booleans())
def test_random_commands_keep_the_invariants(
    seed: int, steps: int, drops_users: bool
) -> None:
    chance = Chance(seed)
    reported: list[Any] = []
    counted = 0
    lock = DoorLock(LIMITS)
    lock.traits.drops_empty_users = drops_users
    node = Node(1, {1: lock})
    node.push = lambda kind, data: reported.append((kind, data))
    node_tells = lock.on_event

    def count(event: Any) -> None:
        nonlocal counted
        counted += 1
        node_tells(event)

    lock.on_event = count
    for _ in range(steps):
        chance.act(node)
        check(lock)
    node.restore_subscription()
    numbers = [data["event_number"] for kind, data in reported if kind == "node_event"]
    assert numbers == sorted(set(numbers))
    ours = [
        data
        for kind, data in reported
        if kind == "node_event" and data["cluster_id"] == 257
    ]
    assert len(ours) == counted
    assert node.known == node.truth()


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.fixed_dictionaries({"credentialType": st.integers()}),
)
FIELDS = st.sampled_from(
    [
        "operationType",
        "userIndex",
        "userName",
        "credential",
        "credentialData",
        "weekDayIndex",
        "holidayIndex",
        "localStartTime",
        "PINCode",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(HANDLERS)), st.dictionaries(FIELDS, VALUES))
def test_nonsense_is_refused_and_changes_nothing(
    name: str, payload: dict[str, Any]
) -> None:
    lock = DoorLock(LIMITS)
    try:
        invoke(lock, name, payload, OURS)
    except RefusedError:
        assert lock.memory == Memory()
