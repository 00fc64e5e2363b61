"""A site on locks in memory, all that may happen to it, and what must hold all the time.

How to use it: `await model.begin()`, let people and locks do things by its methods, and
in the end `assert model.problems() == []`. `SiteStateMachine` does so at random.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from functools import partial
import logging
from typing import Any, Final

from custom_components.keyholder.const import SUBENTRY_LOCK
from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.access_rules import UNRESTRICTED_RULE, AccessRule
from custom_components.keyholder.model.credential import LockId, PersonId
from custom_components.keyholder.model.slot import (
    DesiredState,
    Reason,
    SlotState,
)
from custom_components.keyholder.model.slot_events import ResumeChoice
from custom_components.keyholder.model.snapshot import SlotView
from custom_components.keyholder.runtime.storage.durable_store import StorageError
from tests.harness.claims import Claim, ClaimChecker, is_true
from tests.harness.engine.access_rule_oracle import SUPPORT, AccessRuleOracle
from tests.harness.engine.delayed_lock import DelayedFakeLock
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.fake_disk import FakeDisk
from tests.harness.engine.leak_checks import live_tasks, live_timers
from tests.harness.engine.lock_oracle import HiddenChange
from tests.harness.engine.logged_errors import ErrorLog
from tests.harness.fakes.provider import Profile
from tests.harness.instances.power_cut import Instance, forget

RESERVED: Final = (3, 8)
"""The slots that are ours on a lock that shows nothing."""

_OF_SOMEBODY: Final = (
    AccessType.CODE_ADDED,
    AccessType.CODE_CHANGED,
    AccessType.CODE_REMOVED,
)

_LOGGER: Final = logging.getLogger("custom_components.keyholder")


class SiteModel:
    """The locks, the disk, the instance that runs now, and what people did."""

    def __init__(
        self,
        profiles: list[Profile],
        codes: list[dict[int, str]],
        scheduled: set[int],
        talkative: set[int],
        switching: set[int] | None = None,
    ) -> None:
        """Build an instance with these locks, that hold these codes already.

        `scheduled` are the numbers of those that can enforce times by themselves,
        `talkative` of those that tell more than others, `switching` of those that can
        switch codes off: see TimedLock.
        """
        self.locks = {
            f"door{number}": DelayedFakeLock(
                profile,
                held,
                # of a lock that shows nothing the engine asks no limits
                SUPPORT if number in scheduled and profile.value.is_read_back else None,
                talkative=number in talkative,
                switches=number in (switching or set()),
            )
            for number, (profile, held) in enumerate(zip(profiles, codes, strict=True))
        }
        self.profiles = dict(zip(self.locks, profiles, strict=True))
        self.rules = AccessRuleOracle(self)
        for name, lock in self.locks.items():
            lock.on_landed = self._look_soon
            lock.on_sent = partial(self.rules.judge_write, name)
            lock.on_limited = partial(self.rules.judge_live, name)
            if self._slots(lock) is not None:
                lock.oracle.reserved = range(RESERVED[0], RESERVED[1] + 1)
        self.claims = ClaimChecker(tuple)
        self.faults: list[str] = []
        self.pins: dict[PersonId, list[str]] = {}
        """Every PIN that a person ever had, the current one last."""
        self.attempted: dict[PersonId, str] = {}
        self.duplicates: set[tuple[str, int]] = set()
        """The slots in which somebody put the PIN of a keyholder."""
        self.instance = Instance(FakeDisk(), self.locks)
        self._errors = ErrorLog()
        self._count = 0

    # From start to end

    async def begin(self) -> None:
        """Open the instance."""
        _LOGGER.addHandler(self._errors)
        asyncio.get_running_loop().set_exception_handler(self._on_exception)
        await self._open()
        self.claims = ClaimChecker(self._claims)
        for name in self.locks:
            self.add_lock(name)
        await asyncio.sleep(5)

    async def end(self) -> None:
        """Close the instance: nothing of ours stays alive."""
        _LOGGER.removeHandler(self._errors)
        await self.instance.close()
        await asyncio.sleep(0)
        left = live_timers(self.engine.hass) + live_tasks()
        if left:
            self.faults.append(f"{left} are left")

    async def _open(self) -> None:
        await self.instance.open()
        self.engine.site.async_add_lock_listener(self._look_soon)
        self.rules.open()

    @property
    def engine(self) -> EngineHarness:
        return self.instance.engine

    def problems(self) -> list[str]:
        """Return all that was wrong so far."""
        return [
            *self.claims.false_claims,
            *self.faults,
            *self._errors.lines,
            *(
                f"{name}: {it}"
                for name, lock in self.locks.items()
                for it in lock.oracle.faults
            ),
        ]

    # What is there

    @property
    def people(self) -> list[PersonId]:
        return sorted(
            subentry.unique_id or ""
            for subentry in self.engine.entry.subentries.values()
            if subentry.subentry_type != SUBENTRY_LOCK
        )

    def name_of(self, lock: LockId) -> str:
        return lock.removeprefix("id-")

    def is_managed(self, name: str) -> bool:
        return any(
            subentry.unique_id == f"lock_id-{name}"
            for subentry in self.engine.entry.subentries.values()
        )

    def views(self) -> list[tuple[str, SlotView]]:
        """Return what is shown of every slot."""
        return [
            (self.name_of(lock), view)
            for lock, coordinator in self.engine.site.locks.items()
            for view in coordinator.data.slots.values()
        ]

    def new_code(self, first: str) -> str:
        """Return a code that nobody had before."""
        self._count += 1
        return f"9{first}{self._count:04d}"

    # What people do

    def add_lock(self, name: str) -> None:
        """Manage a lock."""
        lock = self.locks[name]
        self.engine.add_lock(name, self.instance.wires[name], self._slots(lock))  # type: ignore[arg-type]

    def _slots(self, lock: DelayedFakeLock) -> tuple[int, int] | None:
        name = next(key for key, value in self.locks.items() if value is lock)
        return RESERVED if self.profiles[name] is Profile.WRITE_ONLY else None

    def do(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let a user begin something that may take its time."""
        task = asyncio.get_running_loop().create_task(work)
        self.instance.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            return
        err = task.exception()
        if err is not None and not isinstance(err, StorageError):
            self.faults.append(f"an action failed with {err!r}")

    async def add_person(
        self, locks: list[str], rule: AccessRule = UNRESTRICTED_RULE
    ) -> None:
        """Add a keyholder: on all locks if none is named."""
        pin = self.new_code("1")
        self._errors.pins.add(pin)
        name = f"P{self._count}"
        self.pins[f"person-{name}"] = [pin]
        self.rules.give(f"person-{name}", rule)
        names = (f"id-{lock}" for lock in locks)
        await self.engine.add_person(name, pin, *names, rule=rule)

    def set_rule(self, person: PersonId, rule: AccessRule) -> None:
        """Give a person another rule."""
        self.rules.give(person, rule)
        self.engine.set_rule(person, rule)

    async def set_pin(self, person: PersonId, pin: str) -> None:
        """Give a person another PIN, maybe one that they had."""
        self._errors.pins.add(pin)
        known = self.pins[person]
        self.attempted[person] = pin
        try:
            await self.engine.set_pin(person, pin)
        except StorageError:
            known.insert(0, pin)
        else:
            known.append(pin)
        del self.attempted[person]

    def decide(self, lock: str, view: SlotView, choice: ResumeChoice) -> None:
        """Answer a repair."""
        if choice is ResumeChoice.REPLACE:
            self.locks[lock].oracle.replaced(view.slot)
        self.engine.site.decisions(f"id-{lock}", view.slot).async_resume(choice)

    async def keep(self, lock: str, view: SlotView) -> None:
        """Take over the code that is in a slot as the person's PIN."""
        person = view.credential.person
        code = self.locks[lock].codes.get(view.slot)
        if code is None or code in self.pins[person]:
            return
        self._errors.pins.add(code)
        self.attempted[person] = code
        decisions = self.engine.site.decisions(f"id-{lock}", view.slot)
        refusal = await decisions.async_adopt_lock_code()
        del self.attempted[person]
        current = self.engine.site.vault.current_pin(view.credential)
        if refusal is None and current is not None and current.reveal() == code:
            self.pins[person].append(code)
            self.locks[lock].oracle.replaced(view.slot)

    async def leave(self, name: str) -> None:
        """Forget a lock that is not managed any more; its codes stay on it."""
        lock = self.locks[name]
        if not lock.is_quiet:
            # what lands later would belong to nobody, in a slot that is nobody's
            return
        await self.engine.site.async_forget_removed_lock(f"id-{name}")
        for slot, code in lock.codes.items():
            lock.oracle.left(slot, code)
            self.duplicates.add((name, slot))

    async def reload(self) -> None:
        """Stop the site in good order, and start it again."""
        for lock in self.locks.values():
            lock.oracle.stopped()
        await self.engine.close()
        if self.instance.disk.is_full:
            forget(self.instance.disk, self.locks)
        await self.engine.open()
        self.engine.site.async_add_lock_listener(self._look_soon)
        self.rules.listen()

    async def cut(self, *, finishes: bool, away: float) -> None:
        """Let the power go, and come back after that many seconds."""
        for lock in self.locks.values():
            lock.finishes = finishes
            lock.oracle.stopped()
        self.rules.close()
        disk = await self.instance.cut()
        await asyncio.sleep(away)
        forget(disk, self.locks)
        self.instance = Instance(disk, self.locks)
        await self._open()
        self._judge_memory(disk)

    def _judge_memory(self, disk: FakeDisk) -> None:
        """No PIN that was said to be kept is lost."""
        for person in self.people:
            allowed = {self.pins[person][-1], self.attempted.get(person)}
            current = disk.pins(person).get(0)
            if current not in allowed:
                self.faults.append(f"the PIN of {person} was lost")
            elif current is not None and current != self.pins[person][-1]:
                self.pins[person].append(current)
        self.attempted.clear()

    # What must hold at every moment

    def _look_soon(self, _lock: object = None) -> None:
        # a lock publishes a turn of the event loop after its records have changed
        asyncio.get_running_loop().call_soon(self.look)

    def look(self) -> None:
        """Compare what is published with what is in the locks."""
        self.claims.check()
        self.faults.extend(self.rules.judge_counts())
        self._judge_words()

    def _claims(self) -> Iterator[Claim]:
        """Return what is claimed; excused is what no engine could know."""
        for name, view in self.views():
            if view.state is not SlotState.IN_SYNC:
                yield Claim(name, view.slot, None)
                continue
            yield Claim(
                name,
                view.slot,
                (view.desired, view.verified_at),
                self._is_true(self.locks[name], view),
                f"{name}: {view.desired} of slot {view.slot}",
            )

    def _is_true(self, lock: DelayedFakeLock, view: SlotView) -> bool:
        history, code = lock.oracle.of(view.slot), lock.held.get(view.slot)
        current = self.engine.site.vault.current_pin(view.credential)
        true = is_true(
            view.desired,
            lock.codes.get(view.slot),
            current=() if current is None else (current.reveal(),),
            ever=self.pins[view.credential.person],
        )
        if view.desired is DesiredState.ABSENT:
            is_off = code is not None and not code.enabled
            return true or is_off or history.is_lost or history.is_woken
        true = true and code is not None and code.enabled
        true = true or history.hidden is not HiddenChange.NOTHING
        return true and view.schedule in (None, lock.limits.get(view.slot))

    def _judge_words(self) -> None:
        """Nothing is said of anybody at a slot that nobody has been at."""
        said = [
            (self.name_of(event.lock), event.slot, event.type)
            for event in self.engine.events
            if event.type in _OF_SOMEBODY and event.slot is not None
        ] + [
            (name, view.slot, view.reason)
            for name, view in self.views()
            if view.reason is Reason.OCCUPIED
        ]
        for name, slot, what in said:
            if slot not in self.locks[name].oracle.externally_touched:
                self.faults.append(f"{name}: {what} is said of slot {slot}")

    def _on_exception(
        self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]
    ) -> None:
        self.faults.append(
            f"not caught: {context.get('exception') or context['message']!r}"
        )

    def used(self) -> dict[str, tuple[int, int]]:
        """Return how many reads, and how many writes and clears, each lock had."""
        return {
            name: (
                lock.counts.reads,
                lock.counts.writes + lock.counts.clears + lock.counts.switches,
            )
            for name, lock in self.locks.items()
        }
