"""The power goes at any instant of a story, and the next home ends it right.

An instant is an await of the whole program: the world is stopped wherever the event
loop has run all that was ready, and with every change of the disk or the lock before.
Instants that leave the same behind count as one.
"""

import asyncio
from pathlib import Path

from homeassistant.core import Event, EventStateChangedData
import pytest

from tests.effort import PATIENCE, every, full_only, share
from tests.fakes.provider import Profile
from tests.tables import assert_documented, rendered
from tests.virtual.run import run_virtually

from .cuts import aftermaths_of, cuts_of, part_of, recover, without_repetitions
from .homes import NEW, home
from .stories import STORIES, Story, pin_is_changed
from .world import World

pytestmark = pytest.mark.timeout(PATIENCE)

DOCS = Path(__file__).parents[2] / "docs"
PROFILES = {
    Profile.READABLE: "readable",
    Profile.MASKING: "masking",
    Profile.WRITE_ONLY: "shows nothing",
}
each_story = pytest.mark.parametrize(
    "story", STORIES, ids=[each.name for each in STORIES]
)
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=PROFILES.values())


@each_profile
@each_story
def test_whenever_the_power_goes_the_next_home_ends_it_right(
    story: Story, profile: Profile
) -> None:
    cuts = cuts_of(story, profile)
    assert len(cuts) > 2
    for cut in share(cuts, part_of(profile)):
        for aftermath in aftermaths_of(cut):
            recover(profile, cut, aftermath)


@each_profile
@each_story
def test_whenever_it_goes_again_in_the_home_after_it_the_third_ends_it_right(
    story: Story, profile: Profile
) -> None:
    for cut in every(cuts_of(story, profile)[1:], 1):
        (*_, aftermath) = aftermaths_of(cut)
        again = without_repetitions(recover(profile, cut, aftermath))
        for second in every(again, 3):
            for aftermath in aftermaths_of(second):
                recover(profile, second, aftermath)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
def test_a_pin_that_was_saved_last_is_not_shown_as_proven_for_a_moment(
    profile: Profile,
) -> None:
    # entities began with what had been known before anybody thought of the new PIN
    story = next(story for story in STORIES if story.happens is pin_is_changed)
    world = World(profile)
    world.become(cuts_of(story, profile)[1])
    shown: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.entity_id == "sensor.ann_code_on_front":
            shown.append(f"{state.state} {NEW in world.lock.codes.values()}")

    async def live() -> None:
        async with home(on_state=note):
            await asyncio.sleep(60)

    with world.live():
        run_virtually(live(), elapsed=60)
    assert "in_sync True" in shown
    assert "in_sync False" not in shown


def test_the_documentation_names_every_story() -> None:
    page = (DOCS / "reliability.md").read_text()
    for story in STORIES:
        assert f"| {story.name} |" in page


@full_only  # every change of the engine moves some of them
def test_the_documentation_counts_the_instants() -> None:
    rows = [
        [
            story.name,
            *(str(len(cuts_of(story, profile))) for profile in PROFILES),
            "all",
        ]
        for story in STORIES
    ]
    head = ["the power goes while", *PROFILES.values(), "ended right"]
    assert_documented("reliability.md", "power-cuts", rendered(head, rows))
