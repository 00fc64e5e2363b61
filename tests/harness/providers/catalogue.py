"""The locks that the contract is tried on."""

from dataclasses import replace
from typing import Final

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lock_schedule import ScheduleSupport
from tests.harness.providers.matter_harness import MATTER
from tests.harness.providers.provider_harness import Traits

VALUE: Final = Traits(evidence=Evidence.VALUE, reports_changes=False)
MASKED: Final = replace(VALUE, masks=True)
WEEKS: Final = replace(VALUE, schedules=ScheduleSupport(week_days=7, year_days=1))
PAIRS: Final = ScheduleSupport(week_days=2, daily=2, year_days=2)
USERS: Final = Traits(evidence=Evidence.VALUE, write_new=2)

FAKES: Final = {
    "fake readable": Traits(evidence=Evidence.VALUE),
    "fake masking": Traits(evidence=Evidence.PRESENCE),
    "fake write-only": Traits(evidence=Evidence.ACKNOWLEDGED),
    "fake with schedules": Traits(evidence=Evidence.VALUE, schedules=PAIRS),
}
ZWAVE: Final = {
    # Nodes of simulators/zwave/networks/test.json
    "zwave uc1": (2, VALUE),
    "zwave uc2": (3, WEEKS),
    "zwave uc2-sup": (4, replace(VALUE, schedules=PAIRS)),
    "zwave u3c": (5, USERS),
    "zwave uc1-sup s2": (6, VALUE),
    "zwave u3c-noreadback": (7, Traits(evidence=Evidence.PRESENCE, write_new=2)),
    "zwave uc1 masked": (8, MASKED),
    "zwave uc2 masked": (9, MASKED),
    "zwave u3c s2": (10, USERS),
}
REPRESENTATIVE: Final = (
    "zwave uc1",
    "zwave u3c",
    "zwave uc1-sup s2",
    *MATTER,
    "zha",
    "zigbee2mqtt",
    *FAKES,
)
"""One of each kind."""


LIMITED: Final = (
    "zwave uc2-sup",
    "fake with schedules",
    "zha with schedules",
    *MATTER,
)
"""Those that have schedules, two of each kind."""


def params(*names: str) -> list[object]:
    """Return these providers as parameters."""
    return [
        pytest.param(name, id=name, marks=pytest.mark.simulator)
        if name in ZWAVE
        else pytest.param(name, id=name)
        for name in names
    ]


representative = pytest.mark.parametrize(
    "harness_name", params(*REPRESENTATIVE), indirect=True
)
"""For what does not depend on how the lock keeps its codes, or takes seconds."""

SWITCHING: Final = {
    "fake readable that switches": Traits(evidence=Evidence.VALUE, switch=1),
    "fake masking that switches": Traits(evidence=Evidence.PRESENCE, switch=1),
}
"""Those that can switch a code off, besides Matter."""

switching = pytest.mark.parametrize(
    "harness_name", params(*SWITCHING, *MATTER), indirect=True
)
"""For what is switched off instead of cleared."""

limited = pytest.mark.parametrize("harness_name", params(*LIMITED), indirect=True)
"""For what a lock enforces by itself."""
