"""A sample is small, spread over all cases, and over some days it is all of them."""

from itertools import pairwise, product
from math import ceil
import os
from pathlib import Path
import re

import pytest

from tests.harness import sampling
from tests.harness.sampling import full_only, sample, sample_share, stratified_sample

SIZES = pytest.mark.parametrize(
    ("count", "size"), [(10, 1), (10, 3), (10, 7), (10, 9), (97, 13), (210, 126)]
)
TODAY = 20_789
TESTS = Path(__file__).parents[2]


@SIZES
def test_a_sample_has_its_size_no_case_twice_and_the_order_of_the_cases(
    count: int, size: int
) -> None:
    for number in range(TODAY, TODAY + count):
        taken = stratified_sample(range(count), size, number)
        assert len(taken) == size
        assert taken == sorted(set(taken))


@SIZES
def test_a_sample_is_spread_over_all_cases(count: int, size: int) -> None:
    longest = ceil(count / size)
    for number in range(TODAY, TODAY + count):
        taken = stratified_sample(range(count), size, number)
        assert taken[0] < longest
        assert taken[-1] >= count - longest
        assert all(after - before < 2 * longest for before, after in pairwise(taken))


@SIZES
def test_successive_samples_try_all_cases_as_soon_as_they_can(
    count: int, size: int
) -> None:
    for begin in range(TODAY, TODAY + count):
        numbers = range(begin, begin + ceil(count / size))
        taken = {
            case
            for number in numbers
            for case in stratified_sample(range(count), size, number)
        }
        assert taken == set(range(count))


def test_the_sample_of_a_product_has_more_than_one_value_of_each_factor() -> None:
    cases = list(product("abcd", range(10)))
    for number in range(TODAY, TODAY + 10):
        letters, digits = zip(*stratified_sample(cases, 4, number), strict=True)
        assert letters == tuple("abcd")
        assert len(set(digits)) == 4


@pytest.mark.parametrize("size", [3, 4])
def test_no_more_cases_are_taken_than_there_are(size: int) -> None:
    assert stratified_sample("abc", size, TODAY) == ["a", "b", "c"]
    assert stratified_sample("", size, TODAY) == []


def test_the_sample_of_the_run_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FULL", False)
    for number in (TODAY, TODAY + 1):
        monkeypatch.setattr(sampling, "SAMPLE", number)
        assert sample(range(100), 7) == stratified_sample(range(100), 7, number)
        assert sample_share(range(99), 0.4) == stratified_sample(range(99), 40, number)
    assert sample_share(["only"], 0.1) == ["only"]


def test_the_full_run_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FULL", True)
    assert sample(range(100), 7) == list(range(100))
    assert sample_share(range(100), 0.4) == list(range(100))
    assert sampling.sample_size(3, 40) == 40


def test_a_test_is_for_the_full_run_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_full in (True, False):
        monkeypatch.setattr(sampling, "FULL", is_full)

        @full_only
        def test() -> None:
            """Be collected or not."""

        assert test.__test__ is is_full  # type: ignore[attr-defined]


TWIN = re.compile(r'^@has_twin\(\s*"([^"]+)",\s*"([^"]+)",?\s*\)', re.MULTILINE)


def test_every_twin_exists() -> None:
    twins = [
        twin
        for path in TESTS.glob("e2e/**/test_*.py")
        for twin in TWIN.findall(path.read_text())
    ]
    assert len(twins) > 20
    for file, name in twins:
        found = re.search(rf"\b(def|class) {name}\(", (TESTS / file).read_text())
        assert found, f"{name} is not in {file}"


def test_every_worker_takes_the_sample_of_the_run(
    request: pytest.FixtureRequest,
) -> None:
    assert os.environ["KEYHOLDER_SAMPLE"] == str(sampling.SAMPLE)
    assert request.config.option.hypothesis_seed is not None
