"""Draw new mutants at random: what `script/mutants --draw` prints."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
import json
import random
import re
from typing import Final

from tests.mutants.mutant import (
    DoesNotApplyError,
    Function,
    Mutant,
    functions_of,
    mutate,
)

WANTED: Final = ("BND", "DROP", "BND", "DROP", "")
"""The kinds in turn, "" for any: boundaries and dropped statements are missed most."""
_IN_A_FILE: Final = 2

_BOUNDARIES: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
}
_OPPOSITES: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_LOOSE: Final = (ast.NamedExpr, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda)
"""What has to be in brackets beside a comparison."""

type Change = tuple[str, ast.expr | ast.stmt, str]
"""A kind, the part of the code that is replaced, and the text in its place."""


def draw(
    sources: Mapping[str, str],
    taken: Sequence[Mutant],
    quotas: Mapping[str, int],
    seed: int,
) -> list[Mutant]:
    """Return as many mutants of each area as asked, at most two of them in a file.

    `sources` are the files of the integration by their names; `taken` are the mutants
    that there are, whose lines are not drawn again.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    possible = [
        mutant for file in sorted(sources) for mutant in candidates(file, sources[file])
    ]
    chance.shuffle(possible)
    used = set().union(*(_lines(mutant, sources) for mutant in taken))
    drawn: list[Mutant] = []
    for area, quota in quotas.items():
        left = [mutant for mutant in possible if mutant.area == area]
        in_file: Counter[str] = Counter()
        kinds = cycle(WANTED)
        count = len(drawn) + quota
        while left and len(drawn) < count:
            kind = next(kinds)
            while left:
                chosen = next((it for it in left if kind in ("", it.kind)), left[0])
                left.remove(chosen)
                lines = _lines(chosen, sources)
                if (
                    lines
                    and used.isdisjoint(lines)
                    and in_file[chosen.file] < _IN_A_FILE
                ):
                    drawn.append(chosen)
                    used |= lines
                    in_file[chosen.file] += 1
                    break
    number = max((mutant.id for mutant in taken), default=-1) + 1
    sample = max((mutant.sample for mutant in taken), default=0) + 1
    return [
        replace(mutant, id=number + place, sample=sample)
        for place, mutant in enumerate(drawn)
    ]


def as_toml(mutant: Mutant) -> str:
    """Return the entry of a mutant for a table."""
    values: dict[str, str | int] = {
        "id": mutant.id,
        "sample": mutant.sample,
        "kind": mutant.kind,
        "file": mutant.file,
        "function": mutant.function,
        "before": mutant.before,
        "after": mutant.after,
    }
    lines = [f"{key} = {_toml_value(value)}" for key, value in values.items()]
    return "\n".join(["[[mutant]]", *lines, ""])


def candidates(file: str, source: str) -> Iterator[Mutant]:
    """Return what could be drawn from a file; some of it may not apply."""
    for name, function in functions_of(ast.parse(source)):
        for kind, node, text in _changes(function, source):
            before, after = _on_one_line(_text(node, source)), _on_one_line(text)
            if kind == "RET":
                before = _text(node, source).split("\n")[0]
                after = f"{text}\n{before}"
            yield Mutant(
                id=0,
                sample=0,
                kind=kind,
                file=file,
                function=name,
                before=before,
                after=after,
            )


def _changes(function: Function, source: str) -> Iterator[Change]:
    yield from _early_return(function)
    for node in _own(function):
        if isinstance(node, ast.stmt) and _can_be_dropped(node, function):
            yield "DROP", node, "pass"
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield "NEG", node.test, f"not ({_text(node.test, source)})"
        if isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield "NEGC", test, f"not ({_text(test, source)})"
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield from _other_comparison(node, source)
        if isinstance(node, ast.BoolOp):
            yield from _other_junction(node, source)
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            is_truth = isinstance(node.value, bool)
            yield "CONST", node, repr(not node.value if is_truth else node.value + 1)


def _own(function: Function) -> Iterator[ast.AST]:
    """Return the nodes of a function's body, without those of functions inside it."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield node
        pending.extend(ast.iter_child_nodes(node))


def _can_be_dropped(node: ast.stmt, function: Function) -> bool:
    """Return whether a statement has an effect, and nothing would be without a name."""
    match node:
        case ast.Expr(value=ast.Call(func=func)):
            return not ast.unparse(func).startswith(("_LOGGER.", "LOGGER."))
        case ast.Expr(value=ast.Await()) | ast.AugAssign() | ast.Delete():
            return True
        case ast.Assign(targets=targets):
            return function.name != "__init__" and all(
                isinstance(each, ast.Attribute | ast.Subscript) for each in targets
            )
    return False


def _early_return(function: Function) -> Iterator[Change]:
    body = [
        statement
        for statement in function.body
        if not (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
        )
    ]
    does_more = body and not isinstance(body[0], ast.Return | ast.Raise | ast.Pass)
    if does_more and function.name != "__init__":
        yield "RET", body[0], "return None"


def _other_comparison(node: ast.Compare, source: str) -> Iterator[Change]:
    left, right = (
        f"({_text(side, source)})" if isinstance(side, _LOOSE) else _text(side, source)
        for side in (node.left, node.comparators[0])
    )
    operator = type(node.ops[0])
    for kind, others in (("BND", _BOUNDARIES), ("CMP", _OPPOSITES)):
        if operator in others:
            yield kind, node, f"{left} {others[operator]} {right}"


def _other_junction(node: ast.BoolOp, source: str) -> Iterator[Change]:
    other = " or " if isinstance(node.op, ast.And) else " and "
    parts = (_text(value, source) for value in node.values)
    yield "BOOL", node, "(" + other.join(f"({part})" for part in parts) + ")"


def _text(node: ast.expr | ast.stmt, source: str) -> str:
    text = ast.get_source_segment(source, node)
    assert text is not None
    return text


def _on_one_line(text: str) -> str:
    """Return a text without its line breaks, and the comma that comes with them."""
    text = re.sub(r"\s*\n\s*", " ", text)
    return re.sub(r",? (?=[)\]}])", "", re.sub(r"(?<=[(\[{]) ", "", text))


def _lines(mutant: Mutant, sources: Mapping[str, str]) -> set[tuple[str, int]]:
    """Return which lines a mutant replaces; none where it does not apply."""
    try:
        lines = mutate(mutant, sources[mutant.file]).lines
    except DoesNotApplyError, KeyError:
        return set()
    return {(mutant.file, line) for line in lines}


def _toml_value(value: str | int) -> str:
    if isinstance(value, str) and "\n" in value and "'''" not in value:
        return f"'''\n{value}'''"
    return json.dumps(value, ensure_ascii=False)
