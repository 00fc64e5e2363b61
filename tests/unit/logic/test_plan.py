"""What each slot of a lock should hold, from who may open it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.plan import LockPlan, plan_lock
from custom_components.keyholder.model.credential import CredentialRef, Person
from custom_components.keyholder.model.disabled_code import DisabledCode
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import LockSchedule
from custom_components.keyholder.model.slot import (
    DesiredState,
    SlotRecord,
    Target,
)
from custom_components.keyholder.model.slot_events import DesiredChanged

FRONT, BACK = "front", "back"
ABSENT, PRESENT = DesiredState.ABSENT, DesiredState.PRESENT


def person(
    name: str, *, locks: frozenset[str] | None = None, enabled: bool = True
) -> Person:
    return Person(
        person_id=name.lower(),
        subentry_id=f"sub-{name}",
        name=name,
        locks=locks,
        enabled=enabled,
    )


def record(
    slot: int, name: str, *, gone: bool = False, **changes: object
) -> SlotRecord:
    made = SlotRecord(
        slot=slot,
        credential=CredentialRef(name.lower()),
        person_name=name,
        target=Target(ABSENT if gone else PRESENT, 1),
        evidence=Evidence.VALUE,
        verified_at=datetime(2026, 3, 2, tzinfo=UTC),
        owner_saved=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plan(
    people: list[Person],
    records: list[SlotRecord],
    *,
    revisions: dict[str, int] | None = None,
    known: set[str] | None = None,
    limits: dict[str, LockSchedule] | None = None,
    waiting: set[str] | None = None,
) -> LockPlan:
    everybody = {each.person_id: each for each in people}
    if revisions is None:
        revisions = dict.fromkeys(everybody, 1)
    return plan_lock(
        FRONT,
        everybody,
        {CredentialRef(name): number for name, number in revisions.items()},
        records,
        known_owners=set(everybody) if known is None else known,
        allowed={
            each.person_id
            for each in people
            if each.enabled and each.person_id not in (waiting or ())
        },
        schedule=limits or {},
        temporarily_denied=waiting or (),
    )


def test_nothing_changes_where_all_is_as_wanted() -> None:
    planned = plan([person("Ada")], [record(1, "Ada")])
    assert planned == LockPlan(changes=(), person_names={}, unassigned=(), removable=())


def test_revocations_come_first() -> None:
    people = [person("Ada"), person("Ben", enabled=False), person("Cy")]
    records = [record(1, "Ada"), record(2, "Ben"), record(3, "Cy", gone=True)]
    planned = plan(people, records, revisions={"ada": 2, "ben": 1, "cy": 1})
    assert planned.changes == (
        (2, DesiredChanged(Target(ABSENT, 1))),
        (1, DesiredChanged(Target(PRESENT, 2))),
        (3, DesiredChanged(Target(PRESENT, 1))),
    )


def test_a_person_who_loses_the_lock_is_cleared_and_then_finished() -> None:
    elsewhere = person("Ada", locks=frozenset({BACK}))
    assert plan([elsewhere], [record(1, "Ada")]).changes == (
        (1, DesiredChanged(Target(ABSENT, 1))),
    )
    assert plan([elsewhere], [record(1, "Ada", gone=True)]).removable == (1,)


def test_a_removed_owner_is_cleared_and_then_finished() -> None:
    planned = plan([], [record(1, "Ada")])
    assert planned.changes == ((1, DesiredChanged(Target(ABSENT, 1))),)
    assert planned.removable == ()
    planned = plan([], [record(1, "Ada", gone=True)])
    assert planned.changes == ()
    assert planned.removable == (1,)


@pytest.mark.parametrize(
    "unproven",
    [{"evidence": Evidence.NONE}, {"needs_read": True}],
    ids=["none", "stale"],
)
def test_a_removed_owner_is_not_finished_before_the_clear_is_proven(
    unproven: dict[str, object],
) -> None:
    planned = plan([], [record(1, "Ada", gone=True, **unproven)])
    assert planned.removable == ()
    assert planned.changes == ()


def test_an_owner_who_was_never_saved_is_quarantined_and_left_alone() -> None:
    planned = plan([], [record(1, "Ada", owner_saved=False)])
    assert planned.person_names == {}
    assert planned.unassigned == ()
    assert planned.changes == ()
    assert planned.removable == ()


def test_a_disabled_person_keeps_the_slot_when_it_is_proven_empty() -> None:
    planned = plan([person("Ada", enabled=False)], [record(1, "Ada", gone=True)])
    assert planned.removable == ()
    assert planned.unassigned == ()


def test_a_lost_secret_brings_nothing_new_and_takes_nothing_away() -> None:
    people = [person("Ada"), person("Ben"), person("Cy")]
    records = [record(1, "Ada"), record(2, "Ben", gone=True)]
    planned = plan(people, records, revisions={})
    assert planned.changes == ()
    assert planned.unassigned == ()
    assert planned.removable == ()


def test_a_lost_secret_does_not_stand_in_the_way_of_a_revocation() -> None:
    planned = plan([person("Ada", enabled=False)], [record(1, "Ada")], revisions={})
    assert planned.changes == ((1, DesiredChanged(Target(ABSENT, 1))),)


def test_who_has_no_slot_yet_is_assigned_one_by_name_and_revision() -> None:
    planned = plan(
        [person("Ben"), person("Ada")],
        [record(1, "Ada")],
        revisions={"ada": 1, "ben": 4},
    )
    (wanted,) = planned.unassigned
    assert wanted.credential == CredentialRef("ben")
    assert (wanted.person_name, wanted.revision) == ("Ben", 4)


@pytest.mark.parametrize(
    ("who", "known"),
    [
        (person("Ada"), set()),
        (person("Ada", enabled=False), {"ada"}),
        (person("Ada", locks=frozenset()), {"ada"}),
        (person("Ada", locks=frozenset({BACK})), {"ada"}),
    ],
    ids=["unknown owner", "disabled", "no lock", "another lock"],
)
def test_who_is_not_to_have_a_slot_is_not_assigned_one(
    who: Person, known: set[str]
) -> None:
    assert plan([who], [], known=known).unassigned == ()


def test_a_renamed_person_gets_the_label_without_a_write() -> None:
    renamed = replace(person("Ada"), name="Ada L.")
    planned = plan([renamed], [record(1, "Ada")])
    assert planned.person_names == {1: "Ada L."}
    assert planned.changes == ()


def test_whoever_was_added_first_is_the_first_to_get_a_slot() -> None:
    """Not whoever has the lower id, which is drawn by lot."""
    names = ["Zoe", "Ada", "Mia"]
    secrets = {"ada": 1, "mia": 1, "zoe": 1}
    planned = plan([person(name) for name in names], [], revisions=secrets)
    assert [wanted.person_name for wanted in planned.unassigned] == names


def test_a_secret_without_a_person_is_nobodys() -> None:
    assert plan([], [], revisions={"ada": 1}).unassigned == ()


def test_whom_only_the_time_keeps_away_is_away_for_now() -> None:
    planned = plan([person("Ada")], [record(1, "Ada")], waiting={"ada"})
    assert planned.changes == (
        (1, DesiredChanged(Target(ABSENT, 1, temporarily_denied=True))),
    )
    away = record(
        1,
        "Ada",
        target=Target(ABSENT, 1, temporarily_denied=True),
        disabled_code=DisabledCode(revision=1),
    )
    assert not plan([person("Ada")], [away], waiting={"ada"}).changes


def test_whoever_has_a_new_pin_or_is_not_to_come_back_is_away_for_good() -> None:
    away = record(
        1,
        "Ada",
        target=Target(ABSENT, 1, temporarily_denied=True),
        disabled_code=DisabledCode(revision=1),
    )
    for_good = ((1, DesiredChanged(Target(ABSENT, 1))),)
    ada, elsewhere = person("Ada"), person("Ada", locks=frozenset({BACK}))
    assert (
        plan([ada], [away], revisions={"ada": 2}, waiting={"ada"}).changes == for_good
    )
    assert plan([person("Ada", enabled=False)], [away]).changes == for_good
    assert plan([elsewhere], [away], waiting={"ada"}).changes == for_good
    removed = plan([], [away])
    assert removed.changes == for_good
    assert removed.removable == ()
