"""A mutant: one small defect, and how it is put into a source file.

Lines move and files are renamed, so a mutant is found by its function and the text there.
How lines are broken and indented does not matter.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
import re
import tomllib
from typing import Final

PACKAGE: Final = Path("custom_components", "keyholder")
TABLES: Final = Path(__file__).parent / "tables"

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_CLOSING: Final = (")", "]", "}")

type Function = ast.FunctionDef | ast.AsyncFunctionDef


class DoesNotApplyError(Exception):
    """The code is not what the mutant was made for; says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One replacement of text in a function of the integration."""

    id: int
    sample: int
    """Scores are given for each sample: 1 was drawn first, 2 later."""
    kind: str
    file: str
    """Relative to the integration's folder."""
    function: str
    """With its classes and outer functions, as in `Site.desired`."""
    before: str
    after: str
    equivalent: str | None = None
    """Why no test can tell it from the original; it then counts for nothing."""

    @property
    def area(self) -> str:
        """Return the folder, `surface` for what lies in none."""
        return self.file.split("/")[0] if "/" in self.file else "surface"


@dataclass(frozen=True)
class Mutated:
    """A source file with a mutant in it."""

    source: str
    lines: range
    """What was replaced, in the file as it was; lines are 1-based."""


def load(folder: Path = TABLES) -> list[Mutant]:
    """Return all mutants by number; raise ValueError where one is not well-formed."""
    mutants = [
        Mutant(**entry)
        for table in sorted(folder.glob("*.toml"))
        for entry in tomllib.loads(table.read_text(encoding="utf-8"))["mutant"]
    ]
    mutants.sort(key=lambda mutant: mutant.id)
    for one, other in pairwise(mutants):
        if one.id == other.id:
            raise ValueError(f"two mutants have the number {one.id}")
    return mutants


def mutate(mutant: Mutant, source: str) -> Mutated:
    """Return the source with the mutant in it.

    Raises DoesNotApplyError where the function or its text is not there, or there twice,
    and where the result does not compile or is the same program.
    """
    functions = [
        function
        for name, function in functions_of(ast.parse(source))
        if name == mutant.function
    ]
    if not functions:
        raise DoesNotApplyError(f"there is no function {mutant.function}")
    pattern = _pattern(mutant.before)
    found = [
        (match.start() + start, match.end() + start)
        for start, end in (_extent(function, source) for function in functions)
        for match in pattern.finditer(source[start:end])
    ]
    if len(found) != 1:
        raise DoesNotApplyError(
            f"{mutant.function} has its text {len(found)} times instead of once"
        )
    start, end = found[0]
    column = start - (source.rfind("\n", 0, start) + 1)
    after = mutant.after.replace("\n", "\n" + " " * column)
    changed = source[:start] + after + source[end:]
    _check(source, changed)
    first = source.count("\n", 0, start) + 1
    return Mutated(changed, range(first, first + source[start:end].count("\n") + 1))


def elsewhere(mutant: Mutant, sources: Mapping[str, str]) -> list[str]:
    """Return where the mutant's text is now, as `file:line`, to help to correct a table."""
    pattern = _pattern(mutant.before)
    return [
        f"{file}:{source.count('\n', 0, match.start()) + 1}"
        for file, source in sources.items()
        for match in pattern.finditer(source)
    ]


def functions_of(
    node: ast.AST, outer: tuple[str, ...] = ()
) -> Iterator[tuple[str, Function]]:
    """Return all functions in a module or class, with their qualified names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield ".".join((*outer, child.name)), child
            yield from functions_of(child, (*outer, child.name))
        elif isinstance(child, ast.ClassDef):
            yield from functions_of(child, (*outer, child.name))
        else:
            yield from functions_of(child, outer)


def _extent(function: Function, source: str) -> tuple[int, int]:
    """Return where a function begins and ends in its source, without decorators."""
    lines = source.split("\n")
    assert function.end_lineno is not None
    start = sum(len(line) + 1 for line in lines[: function.lineno - 1])
    return start, len("\n".join(lines[: function.end_lineno]))


def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern that matches a text however a formatter breaks its lines."""
    tokens = _TOKEN.findall(text)
    parts = [r"(?<!\w)" if _is_word(tokens[0]) else "", re.escape(tokens[0])]
    for left, right in pairwise(tokens):
        if _is_word(left) and _is_word(right):
            parts.append(r"\s+")
        else:
            # a broken call has a comma after its last argument
            parts.append(r"\s*,?\s*" if right in _CLOSING else r"\s*")
        parts.append(re.escape(right))
    parts.append(r"(?!\w)" if _is_word(tokens[-1]) else "")
    return re.compile("".join(parts))


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


def _check(source: str, changed: str) -> None:
    try:
        tree = ast.parse(changed)
        compile(tree, "mutant", "exec")
    except SyntaxError as err:
        raise DoesNotApplyError(f"does not compile: {err}") from err
    if ast.dump(tree) == ast.dump(ast.parse(source)):
        raise DoesNotApplyError("is the same program")
