"""The power goes at any instant of a scenario, and the next instance ends it right.

An instant is an await of the whole program: everything is stopped wherever the event
loop has run all that was ready, and with every change of the disk or the lock before.
Instants that leave the same behind count as one.
"""

import asyncio
from pathlib import Path

from homeassistant.core import Event, EventStateChangedData
import pytest

from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.doc_tables import assert_documented, render_table
from tests.harness.fakes.provider import Profile
from tests.harness.restart.crash_harness import CrashHarness
from tests.harness.restart.crash_scenarios import (
    CRASH_SCENARIOS,
    CrashScenario,
    pin_is_changed,
)
from tests.harness.restart.instances import NEW, running_instance
from tests.harness.restart.power_cuts import (
    aftermaths_of,
    part_of,
    power_cuts_of,
    recover,
    without_repetitions,
)
from tests.harness.sampling import PATIENCE, full_only, sample, sample_share

pytestmark = pytest.mark.timeout(PATIENCE)

DOCS = Path(__file__).parents[3] / "docs"
PROFILES = {
    Profile.READABLE: "readable",
    Profile.MASKING: "masking",
    Profile.WRITE_ONLY: "shows nothing",
}
each_scenario = pytest.mark.parametrize(
    "scenario", CRASH_SCENARIOS, ids=[each.name for each in CRASH_SCENARIOS]
)
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=PROFILES.values())


@each_profile
@each_scenario
def test_whenever_the_power_goes_the_next_home_ends_it_right(
    scenario: CrashScenario, profile: Profile
) -> None:
    cuts = power_cuts_of(scenario, profile)
    assert len(cuts) > 2
    for cut in sample_share(cuts, part_of(profile)):
        for aftermath in aftermaths_of(cut):
            recover(profile, cut, aftermath)


@each_profile
@each_scenario
def test_a_second_power_cut_is_recovered_by_the_third_instance(
    scenario: CrashScenario, profile: Profile
) -> None:
    for cut in sample(power_cuts_of(scenario, profile)[1:], 1):
        (*_, aftermath) = aftermaths_of(cut)
        again = without_repetitions(recover(profile, cut, aftermath))
        for second in sample(again, 3):
            for aftermath in aftermaths_of(second):
                recover(profile, second, aftermath)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_a_pin_that_was_saved_last_is_not_shown_as_proven_for_a_moment(
    profile: Profile,
) -> None:
    # entities began with what had been known before anybody thought of the new PIN
    scenario = next(
        scenario for scenario in CRASH_SCENARIOS if scenario.happens is pin_is_changed
    )
    harness = CrashHarness(profile)
    harness.become(power_cuts_of(scenario, profile)[1])
    shown: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.entity_id == "sensor.ann_code_on_front":
            shown.append(f"{state.state} {NEW in harness.lock.codes.values()}")

    async def live() -> None:
        async with running_instance(on_state=note):
            # a write of the PIN before may still be on its way, and undo it
            await asyncio.sleep(120)

    with harness.live():
        run_on_virtual_clock(live(), elapsed=120)
    assert "in_sync True" in shown
    assert "in_sync False" not in shown


def test_the_documentation_names_every_story() -> None:
    page = (DOCS / "reliability.md").read_text()
    for scenario in CRASH_SCENARIOS:
        assert f"| {scenario.name} |" in page


@full_only  # every change of the engine moves some of them
def test_the_documentation_counts_the_instants() -> None:
    rows = [
        [
            scenario.name,
            *(str(len(power_cuts_of(scenario, profile))) for profile in PROFILES),
            "all",
        ]
        for scenario in CRASH_SCENARIOS
    ]
    head = ["the power goes while", *PROFILES.values(), "ended right"]
    assert_documented("reliability.md", "power-cuts", render_table(head, rows))
