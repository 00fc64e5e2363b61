"""A small drawing of how the cost grows, as SVG text."""

from collections.abc import Sequence
from typing import Final

_WIDTH: Final = 640
_HEIGHT: Final = 320
_LEFT: Final = 60
_BOTTOM: Final = 40
_LINES: Final = (("#1f77b4", "setup from stores"), ("#d62728", "first convergence"))

type Point = tuple[int, float, float]


def growth_plot(points: Sequence[Point]) -> str:
    """Return the drawing; each point is slots, seconds of setup and of convergence."""
    most_slots = max(point[0] for point in points)
    most_seconds = max(max(point[1:]) for point in points) * 1.1

    def x(slots: float) -> float:
        return _LEFT + slots / most_slots * (_WIDTH - _LEFT - 20)

    def y(seconds: float) -> float:
        return _HEIGHT - _BOTTOM - seconds / most_seconds * (_HEIGHT - _BOTTOM - 20)

    parts = [
        _line(x(0), y(0), x(most_slots), y(0)),
        _line(x(0), y(0), x(0), y(most_seconds)),
    ]
    for slots, *_ in points:
        parts.append(_text(x(slots), _HEIGHT - _BOTTOM + 18, str(slots), "middle"))
    for step in range(1, 5):
        seconds = most_seconds * step / 4
        parts.append(_text(_LEFT - 6, y(seconds) + 4, f"{seconds:.2f} s", "end"))
    parts.append(_text(_WIDTH / 2, _HEIGHT - 4, "slots", "middle"))
    for number, (colour, name) in enumerate(_LINES):
        places = [(x(point[0]), y(point[number + 1])) for point in points]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>'
        )
        parts += [
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>'
            for a, b in places
        ]
        parts.append(_text(_LEFT + 16, 30 + 18 * number, name, "start", colour))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#444"/>'
    )


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
