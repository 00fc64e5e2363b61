"""What is declared is what the documentation shows, and all of it is tried."""

from tests.engine.faults.zwave.trial_packing import CASES, pack_trials, trials
from tests.harness.doc_tables import assert_documented, render_table
from tests.harness.faults.zwave.case import Case, Cost, Does
from tests.harness.faults.zwave.lock_kinds import NETWORK

HEAD = (
    "what is wrong",
    "asked for",
    "on",
    "the slot's sensor shows",
    "told",
    "at most",
    "the slot holds",
)


def test_the_documentation_shows_the_declared_faults() -> None:
    table = render_table(HEAD, map(_row, CASES))
    assert_documented("reliability.md", "faults-zwave", table)


def test_every_fault_is_in_the_sample() -> None:
    assert {trial.case.fault for trial in trials(full=False)} == {
        case.fault for case in CASES
    }


def test_every_trial_has_a_lock_of_its_own() -> None:
    tried = trials()
    networks = pack_trials(tried)
    assert sum(map(len, networks)) == len(tried)
    for packed in networks:
        nodes = [node for node, _ in packed]
        assert len(set(nodes)) == len(nodes)
        assert all(NETWORK[node] is trial.kind for node, trial in packed)


def test_a_case_is_declared_once() -> None:
    declared = [(case.fault, case.does) for case in CASES]
    assert len(set(declared)) == len(declared)


def _row(case: Case) -> tuple[str, ...]:
    shows = " → ".join(f"`{state}`" for state in case.states) or "no change"
    if case.reason is not None:
        shows += f" ({case.reason})"
    events = [f"`{each}`" for each in case.events]
    if case.repair is not None:
        events.append(f"repair `{case.repair}`")
    return (
        case.fault,
        "–" if case.does is Does.NOTHING else case.does,
        "; ".join(case.on),
        shows,
        ", ".join(events) or "–",
        _cost(case.cost),
        case.holds,
    )


def _cost(cost: Cost) -> str:
    parts = (
        (cost.writes, "write"),
        (cost.clears, "clear"),
        (cost.reads, "read"),
    )
    words = [
        f"{count} {word}{'s' if count > 1 else ''}" for count, word in parts if count
    ]
    return ", ".join(words) or "nothing"
