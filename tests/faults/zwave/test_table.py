"""What is declared is what the documentation shows, and all of it is tried."""

from tests.tables import assert_documented, rendered

from .case import Case, Cost, Does
from .locks import STREET
from .trials import CASES, houses, trials

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
    table = rendered(HEAD, map(_row, CASES))
    assert_documented("reliability.md", "faults-zwave", table)


def test_every_fault_is_in_the_sample() -> None:
    assert {trial.case.fault for trial in trials(full=False)} == {
        case.fault for case in CASES
    }


def test_every_trial_has_a_lock_of_its_own() -> None:
    tried = trials()
    streets = houses(tried)
    assert sum(map(len, streets)) == len(tried)
    for street in streets:
        nodes = [node for node, _ in street]
        assert len(set(nodes)) == len(nodes)
        assert all(STREET[node] is trial.kind for node, trial in street)


def test_a_case_is_declared_once() -> None:
    declared = [(case.fault, case.does) for case in CASES]
    assert len(set(declared)) == len(declared)


def _row(case: Case) -> tuple[str, ...]:
    shows = " → ".join(f"`{state}`" for state in case.states) or "no change"
    if case.reason is not None:
        shows += f" ({case.reason})"
    told = [f"`{each}`" for each in case.told]
    if case.repair is not None:
        told.append(f"repair `{case.repair}`")
    return (
        case.fault,
        "–" if case.does is Does.NOTHING else case.does,
        "; ".join(case.on),
        shows,
        ", ".join(told) or "–",
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
