"""How a simulated lock answers commands, drawn by hypothesis.

How to use it: a rule of a state machine draws from `behaviours`.
"""

from hypothesis import strategies as st

from custom_components.keyholder.model.provider_io import WriteResult
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import (
    CommandOutcome,
    OutcomeUnknown,
    Rejected,
)
from tests.harness.logic.slot_model import LockBehaviour

answers: st.SearchStrategy[CommandOutcome] = st.sampled_from(
    [
        WriteResult.OPTIMISTIC,
        WriteResult.OPTIMISTIC,
        WriteResult.OPTIMISTIC,
        WriteResult.CONFIRMED,
        OutcomeUnknown(counts_as_failure=True),
        OutcomeUnknown(counts_as_failure=False),
        Rejected(Reason.REJECTED),
    ]
)
behaviours = st.builds(
    LockBehaviour,
    answer=answers,
    takes=st.sampled_from([True, True, True, False]),
    late=st.sampled_from([0.0, 0.0, 2.0, 9.0, 31.0, 58.0, 60.0]),
    mute=st.sampled_from([False, False, False, True]),
)
