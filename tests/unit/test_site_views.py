"""Only the runtime of a site knows its stores; all others use views and methods."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PRODUCT = Path("custom_components/keyholder")
INTERNAL = PRODUCT / "runtime" / "site"
PRIVATE = {"counters", "journal", "planner", "rules", "saved_subentries", "vault"}


def reaches(source: str) -> Iterator[str]:
    """Yield each expression that takes a private member of a site."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in PRIVATE:
            owner = ast.unparse(node.value)
            if owner.rpartition(".")[2] in {"site", "_site"}:
                yield ast.unparse(node)


def test_no_file_outside_its_runtime_takes_a_store_of_a_site() -> None:
    found = [
        f"{path}: {reach}"
        for path in sorted(PRODUCT.rglob("*.py"))
        if not path.is_relative_to(INTERNAL)
        for reach in reaches(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "site.journal.entries",
        "entry.runtime_data.site.counters.usage(person)",
        "self._site.rules.result(person)",
        "x = site.vault",
    ],
)
def test_a_file_that_takes_a_store_is_found(source: str) -> None:
    assert list(reaches(source))


def test_what_is_public_may_be_taken() -> None:
    assert not list(reaches("site.person_view(person).usage; self.rules; site.locks"))
