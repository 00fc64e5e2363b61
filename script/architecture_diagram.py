"""Draw the packages of the integration and their imports into docs/architecture.md.

    script/architecture_diagram.py          writes the diagram anew
    script/architecture_diagram.py --check  fails if the diagram does not match the imports

Run with the project's Python (.venv). A box is a package, with the first line of its
docstring. An arrow is an import that no chain of other arrows implies: whatever a package
reaches by arrows, it may import as well.
"""

import argparse
import ast
from pathlib import Path
import sys
from typing import Final

from grimp import ImportGraph, build_graph

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = "custom_components.keyholder"
DOCUMENT: Final = ROOT / "docs" / "architecture.md"
BEGIN: Final = "<!-- diagram: written by script/architecture_diagram.py -->\n"
END: Final = "<!-- end of diagram -->\n"

# A box of its own for each package below these; otherwise for each package at the top
SPLIT: Final = ("runtime",)
# All modules at the top together
SURFACE: Final = "surface"
SURFACE_TEXT: Final = (
    "Set-up, and Home Assistant's platforms: entities, triggers, notifications"
)
# Constants, the types of the entry's data, and translated texts are no place of their own
LEFT_OUT: Final = {"const", "data", "translation"}

type Arrows = dict[str, set[str]]


def box_of(module: str) -> str | None:
    """Return the box of a module, None for what is no place of its own."""
    parts = module.removeprefix(PACKAGE).strip(".").split(".")
    if not f"{module}.".startswith(f"{PACKAGE}.") or parts[0] in LEFT_OUT:
        return None
    if module == PACKAGE:
        return SURFACE
    if parts[0] in SPLIT:
        return f"{parts[0]}.{parts[1]}" if len(parts) > 1 else None
    folder = ROOT.joinpath(*PACKAGE.split("."), parts[0])
    return parts[0] if folder.is_dir() else SURFACE


def arrows_between_boxes(graph: ImportGraph) -> Arrows:
    """Return which boxes each box imports from."""
    arrows: Arrows = {}
    for importer in sorted(graph.modules):
        if (box := box_of(importer)) is None:
            continue
        imported = map(box_of, graph.find_modules_directly_imported_by(importer))
        arrows.setdefault(box, set()).update(
            other for other in imported if other not in (None, box)
        )
    return arrows


def without_implied(arrows: Arrows) -> Arrows:
    """Return the arrows without those that a longer way along others implies."""

    def reached(box: str) -> set[str]:
        found = set(arrows[box])
        for other in arrows[box]:
            found |= reached(other)
        return found

    return {
        box: {
            target
            for target in targets
            if not any(target in reached(other) for other in targets - {target})
        }
        for box, targets in arrows.items()
    }


def description(box: str) -> str:
    """Return the first sentence of a package's docstring."""
    if box == SURFACE:
        return SURFACE_TEXT
    folder = ROOT.joinpath(*PACKAGE.split("."), *box.split("."))
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    assert docstring, f"{folder} has no docstring"
    return docstring.splitlines()[0].removesuffix(".").replace("`", "")


def node(box: str) -> str:
    """Return the name of a box in the diagram's language."""
    return box.replace(".", "_")


def diagram() -> str:
    """Return the Mermaid text between the markers of the document."""
    arrows = without_implied(
        arrows_between_boxes(build_graph(PACKAGE.partition(".")[0], cache_dir=None))
    )
    lines = ["```mermaid", "flowchart TD"]
    for box in sorted(arrows):
        title = box if box == SURFACE else f"{box.replace('.', '/')}/"
        lines.append(f'  {node(box)}["<b>{title}</b><br>{description(box)}"]')
    lines += [
        f"  {node(box)} --> {node(target)}"
        for box, targets in sorted(arrows.items())
        for target in sorted(targets)
    ]
    return "\n".join([*lines, "```", ""])


def main() -> int:
    """Write the diagram, or compare it with the one that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("document", nargs="?", type=Path, default=DOCUMENT)
    chosen = parser.parse_args()
    text = chosen.document.read_text()
    before, marker, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not marker or not end:
        print(f"{chosen.document}: the markers of the diagram are missing")
        return 1
    drawn = f"{before}{BEGIN}{diagram()}{END}{after}"
    if drawn == text:
        return 0
    if chosen.check:
        print(f"{chosen.document}: run script/architecture_diagram.py, imports changed")
        return 1
    chosen.document.write_text(drawn)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
