"""A mutant is put into its place or does not apply; the tests for it are chosen in a good order."""

from pathlib import Path

import pytest

from tests.mutants.choosing import Budget, Recorded, in_order, rounds
from tests.mutants.draw import as_toml, draw
from tests.mutants.mutant import (
    DoesNotApplyError,
    Mutant,
    elsewhere,
    load,
    mutate,
)
from tests.mutants.results import Outcome, Result, Results, is_enough, summary

SOURCE = '''\
"""A lock."""


class Lock:
    """It has a bolt."""

    def is_open(self, tries: int) -> bool:
        """Return whether it is open."""
        if tries < 3:
            self.log(tries)
            return True
        return False

    def is_shut(self, tries: int) -> bool:
        return tries < 3


def close(lock: Lock) -> bool:
    def later() -> None:
        lock.shut(
            5,
            slowly=True,
        )

    if lock.is_open(1) and lock.is_open(2):
        later()
    return lock.is_shut(1) and lock.is_shut(1)
'''


def mutant(
    function: str, before: str, after: str, *, file: str = "lock.py", number: int = 0
) -> Mutant:
    return Mutant(
        id=number,
        sample=1,
        kind="",
        file=file,
        function=function,
        before=before,
        after=after,
    )


def test_the_text_is_replaced_in_its_own_function() -> None:
    mutated = mutate(mutant("Lock.is_shut", "tries < 3", "tries <= 3"), SOURCE)

    assert mutated.source == SOURCE.replace("return tries < 3", "return tries <= 3")
    assert mutated.lines == range(15, 16)


def test_a_text_is_found_however_its_lines_are_broken() -> None:
    mutated = mutate(mutant("close.later", "lock.shut(5, slowly=True)", "pass"), SOURCE)

    assert "    def later() -> None:\n        pass\n\n    if" in mutated.source
    assert mutated.lines == range(20, 24)


def test_more_lines_are_put_in_at_the_column_of_the_first() -> None:
    mutated = mutate(
        mutant("Lock.is_open", "if tries < 3:", "return None\nif tries < 3:"), SOURCE
    )

    assert "        return None\n        if tries < 3:\n" in mutated.source


@pytest.mark.parametrize(
    ("function", "before", "after", "reason"),
    [
        ("is_shut", "tries < 3", "tries <= 3", "no function"),
        ("Lock.is_shut", "tries > 3", "tries >= 3", "0 times"),
        ("Lock.is_shut", "tries < 30", "tries <= 30", "0 times"),
        ("Lock.is_open", "trie", "tries", "0 times"),
        ("close", "lock.is_shut(1)", "True", "2 times"),
        ("Lock.is_shut", "tries < 3", "tries <", "does not compile"),
        ("Lock.is_shut", "tries < 3", "(tries < 3)", "the same program"),
    ],
)
def test_a_mutant_without_its_place_does_not_apply(
    function: str, before: str, after: str, reason: str
) -> None:
    with pytest.raises(DoesNotApplyError, match=reason):
        mutate(mutant(function, before, after), SOURCE)


def test_a_text_that_moved_is_found_in_its_new_file() -> None:
    moved = mutant("Lock.log", "self.log( tries )", "pass", file="gone.py")

    assert elsewhere(moved, {"lock.py": SOURCE, "key.py": ""}) == ["lock.py:10"]


def test_all_mutants_have_numbers_of_their_own(tmp_path: Path) -> None:
    entry = as_toml(mutant("Lock.is_open", "a\nb", 'say("c")'))
    (tmp_path / "a.toml").write_text(entry)
    assert load(tmp_path) == [mutant("Lock.is_open", "a\nb", 'say("c")')]

    (tmp_path / "b.toml").write_text(entry)
    with pytest.raises(ValueError, match="number 0"):
        load(tmp_path)


def test_the_mutants_that_are_kept_can_be_read() -> None:
    assert len({each.id for each in load()}) >= 128


def test_what_is_drawn_applies_and_is_drawn_again_with_the_same_seed() -> None:
    sources = {"lock.py": SOURCE, "autolock/lock.py": SOURCE}
    quotas = {"surface": 5, "autolock": 1}

    drawn = draw(sources, [], quotas, 1)

    assert [each.file for each in drawn] == ["lock.py"] * 2 + ["autolock/lock.py"]
    assert [each.id for each in drawn] == [0, 1, 2]
    assert drawn[0].kind == "BND"
    for each in drawn:
        mutate(each, sources[each.file])
    assert draw(sources, [], quotas, 1) == drawn


def test_a_line_with_a_mutant_is_not_drawn_again() -> None:
    sources = {"lock.py": SOURCE}
    taken = [mutant("Lock.is_open", "tries < 3", "tries <= 3", number=7)]

    drawn = draw(sources, taken, {"surface": 2}, 1)

    assert [each.id for each in drawn] == [8, 9]
    assert all(9 not in mutate(each, SOURCE).lines for each in drawn)
    assert {each.sample for each in drawn} == {2}


def recorded(test: str, size: int, seconds: float = 1) -> Recorded:
    return Recorded(test, seconds, size)


def test_the_most_specific_tests_come_first_from_all_folders() -> None:
    tests = [
        recorded("tests/unit/a.py::test_a[1]", 1),
        recorded("tests/unit/a.py::test_a[2]", 2),
        recorded("tests/unit/a.py::test_b", 3),
        recorded("tests/engine/virtual_clock/a.py::test_d", 50, 1.4),
        recorded("tests/engine/virtual_clock/a.py::test_c", 40, 1.4),
    ]

    assert [each.test.split("::")[1] for each in in_order(tests)] == [
        *("test_a[1]", "test_c", "test_b", "test_d", "test_a[2]")
    ]


def test_each_round_has_the_tests_that_its_budget_allows() -> None:
    tests = [recorded(f"tests/unit/a.py::test_{n}", n, 10) for n in range(9)]

    found = rounds(tests, [Budget(5), Budget(100, tests=2), Budget(35), Budget(15)])

    assert [[each.size for each in chosen] for chosen in found] == [
        *([0], [1, 2], [3, 4, 5], [6])
    ]


def test_there_may_be_no_test_at_all() -> None:
    assert rounds([], [Budget(1), Budget(1)]) == [[], []]


def result(number: int, outcome: Outcome, sample: int = 1) -> Result:
    return Result(id=number, sample=sample, outcome=outcome)


def test_the_score_counts_what_applies_and_is_not_equivalent() -> None:
    found = [
        *(result(number, Outcome.KILLED) for number in range(8)),
        result(8, Outcome.TIMED_OUT, sample=2),
        result(9, Outcome.SURVIVED, sample=2),
        result(10, Outcome.EQUIVALENT),
    ]

    assert is_enough(found)
    assert summary(found) == [
        "survived: 9",
        "sample 1: 8 of 8 killed",
        "sample 2: 1 of 2 killed",
        "score: 9 of 10, 90%; at least 90% is wanted",
    ]
    assert not is_enough([*found, result(11, Outcome.DOUBTFUL)])


def test_a_mutant_that_does_not_apply_is_a_failure_and_named() -> None:
    found = [result(0, Outcome.KILLED), result(1, Outcome.DOES_NOT_APPLY)]

    assert not is_enough(found)
    assert "does not apply: 1" in summary(found)


def test_an_interrupted_run_goes_on_with_what_is_left(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    first = Results(file, resume=False)
    for number, outcome in enumerate((Outcome.SURVIVED, Outcome.DOES_NOT_APPLY)):
        first.add(result(number, outcome))
    first.add(result(0, Outcome.KILLED))

    again = Results(file, resume=True)

    assert 0 in again
    assert 1 not in again  # its entry may have been corrected since
    assert again.of([0, 2]) == [result(0, Outcome.KILLED)]
    assert not Results(file, resume=False).of([0])
