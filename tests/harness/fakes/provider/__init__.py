"""A lock in memory that has every kind of trouble, on command.

It is a provider like any other: the contract suite runs against it too. What hangs or
comes late does so until the test says otherwise, or for a number of seconds of the
event loop's own time.
"""

from tests.harness.fakes.provider.faults import Faults
from tests.harness.fakes.provider.lock import FakeProvider, loader_of
from tests.harness.fakes.provider.terms import Call, Counts, EnabledShown, Held, Profile

__all__ = [
    "Call",
    "Counts",
    "EnabledShown",
    "FakeProvider",
    "Faults",
    "Held",
    "Profile",
    "loader_of",
]
