"""What may never be passed, counted on virtual time: a busy machine changes nothing."""

from functools import cache

import pytest

from tests.bench.bench_site import Operations, Size
from tests.bench.limits import LIMITS
from tests.bench.measures import (
    RULE,
    Figures,
    count,
    measure_boundary,
    measure_idle_hour,
    measure_memory,
    measure_steps,
)
from tests.harness.fakes.provider import Profile
from tests.harness.sampling import FULL

SIZES = pytest.mark.parametrize("size", LIMITS, ids=str)
SMALL = [size for size in LIMITS if size.slots <= 150]
"""Tracing what the largest holds takes seconds."""
GROWTH = 1.25
NOTHING = Operations(writes=0, reads=0, clears=0)
pytestmark = pytest.mark.xdist_group("bench counts")
"""All on one worker: a size is counted once."""


@cache
def counted(size: Size) -> Figures:
    return count(size)


@SIZES
def test_a_new_site_costs_one_write_and_two_reads_for_each_code(size: Size) -> None:
    expected = Operations(writes=size.slots, reads=2 * size.slots)
    assert counted(size).converging == expected


@SIZES
def test_the_codes_of_a_new_site_are_few_writes_to_the_disk(size: Size) -> None:
    assert 0 < counted(size).journal_saves <= LIMITS[size].journal_saves


@SIZES
def test_a_restart_or_a_reload_without_a_change_writes_nothing_to_a_lock(
    size: Size,
) -> None:
    figures = counted(size)
    for operations in (figures.after_restart, figures.after_reload):
        assert (operations.writes, operations.clears) == (0, 0)


@SIZES
def test_a_changed_pin_is_one_write_and_one_read_on_each_lock(size: Size) -> None:
    expected = Operations(writes=size.locks, reads=size.locks)
    assert counted(size).edit.operations == expected


def test_a_changed_pin_costs_a_clear_a_write_and_two_reads_if_masked() -> None:
    size = Size(5, 30)
    figures = count(size, Profile.MASKING)
    assert figures.converging == Operations(writes=size.slots, reads=2 * size.slots)
    assert figures.edit.operations == Operations(writes=5, reads=10, clears=5)
    assert figures.edit.state_writes <= LIMITS[size].state_writes


@SIZES
def test_a_changed_pin_is_few_state_writes_of_each_lock_and_no_event(
    size: Size,
) -> None:
    edit = counted(size).edit
    assert 0 < edit.state_writes <= LIMITS[size].state_writes
    assert edit.code_events == 0


@SIZES
def test_an_idle_site_keeps_one_timer_for_each_lock_at_most(size: Size) -> None:
    assert counted(size).alive <= LIMITS[size].alive_per_lock * size.locks


def test_the_work_to_converge_grows_with_the_number_of_codes() -> None:
    few, many = (measure_steps(Size(locks, 30)) for locks in (4, 16))
    assert few > 0
    assert many <= 4 * few * GROWTH


@pytest.mark.parametrize("size", LIMITS if FULL else SMALL, ids=str)
def test_a_site_holds_no_more_memory_than_it_may(size: Size) -> None:
    assert measure_memory(size) <= LIMITS[size].memory


def test_an_hour_in_which_nothing_happens_costs_nothing() -> None:
    idle = measure_idle_hour(Size(5, 30))
    assert idle.begun == 0
    assert idle.callbacks == 0
    assert idle.state_writes == 0
    assert idle.operations == NOTHING
    assert idle.journal_saves == 0


def test_people_with_schedules_cost_no_more_until_one_of_them_turns() -> None:
    size = Size(20, 50)
    figures = count(size, rule=RULE)
    assert figures.converging == Operations(writes=size.slots, reads=2 * size.slots)
    assert figures.journal_saves <= LIMITS[size].journal_saves
    assert figures.after_restart.writes == figures.after_reload.writes == 0
    assert figures.edit.state_writes <= LIMITS[size].state_writes
    # the site's one timer for the next turn, and what every lock has just after a start
    assert figures.alive <= LIMITS[size].alive_per_lock * size.locks + 1
    idle = measure_idle_hour(size, RULE)
    assert idle.begun == 1
    assert idle.callbacks == 0
    assert idle.state_writes == 0
    assert idle.operations == NOTHING


def test_schedule_changes_cost_a_clear_a_write_and_their_reads() -> None:
    size = Size(20, 50)
    turn = measure_boundary(size)
    codes = size.slots
    assert turn.operations.clears == codes
    assert turn.operations.writes == codes
    assert turn.operations.reads <= 3 * codes
    assert turn.gone_after < 5
    assert turn.back_after < 5
