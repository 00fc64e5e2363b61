"""Draw Keyholder's icons and logos: a key whose bow is a door, left ajar.

Run it from the project's folder: .venv/bin/python docs/brand/draw.py
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

BRAND = Path(__file__).parents[2] / "custom_components" / "keyholder" / "brand"

UNIT = 512  # the icon is drawn on a field of this size
FINE = 4  # and so many times larger, then shrunk, for smooth edges

TEAL = "#0f766e"
DEEP = "#0b4f4a"
LIGHT = "#5eead4"
AMBER = "#f5b942"
INK = "#1f2937"
SNOW = "#f8fafc"

type Box = tuple[float, float, float, float]


class Canvas:
    """A picture that is drawn in the icon's units."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGBA", (width * FINE, height * FINE))
        self._draw = ImageDraw.Draw(self.image)

    def slab(self, box: Box, colour: str, radius: float = 0) -> None:
        """Draw a rectangle with round corners."""
        left, top, right, bottom = (edge * FINE for edge in box)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius * FINE, colour
        )

    def shape(self, colour: str, *points: tuple[float, float]) -> None:
        """Draw a polygon."""
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a circle."""
        box = (x - radius, y - radius, x + radius, y + radius)
        left, top, right, bottom = (edge * FINE for edge in box)
        self._draw.ellipse((left, top, right, bottom), colour)

    def text(self, x: float, y: float, size: float, text: str, colour: str) -> None:
        """Write, with its left edge and vertical middle at x, y."""
        font = ImageFont.load_default(size * FINE)
        self._draw.text((x * FINE, y * FINE), text, colour, font, anchor="lm")

    def trim(self) -> None:
        """Cut off what is empty around the drawing."""
        self.image = self.image.crop(self.image.getbbox())

    def scaled(self, height: int) -> Image.Image:
        """Return the picture at its final height."""
        width = self.image.width * height // self.image.height
        return self.image.resize((width, height), Image.Resampling.LANCZOS)


def draw_key(canvas: Canvas, *, dark: bool) -> None:
    """Draw the icon in the square at the left of the canvas."""
    frame, leaf, gap = (LIGHT, TEAL, DEEP) if dark else (TEAL, LIGHT, DEEP)
    # the shaft and its bit, out of the threshold
    canvas.slab((232, 300, 280, 496), AMBER, 24)
    canvas.slab((256, 388, 352, 428), AMBER, 12)
    canvas.slab((256, 448, 328, 488), AMBER, 12)
    # the bow: a door frame, the dark behind it, the leaf ajar with its knob
    canvas.slab((128, 16, 384, 332), frame, 56)
    canvas.slab((168, 56, 344, 292), gap, 24)
    canvas.slab((168, 56, 208, 292), leaf, 24)
    canvas.shape(leaf, (190, 56), (284, 86), (284, 262), (190, 292))
    canvas.disc(258, 184, 13, AMBER)


def icon(*, dark: bool) -> Canvas:
    """Return the icon."""
    canvas = Canvas(UNIT, UNIT)
    draw_key(canvas, dark=dark)
    return canvas


def logo(*, dark: bool) -> Canvas:
    """Return the icon with the name beside it."""
    canvas = Canvas(1720, UNIT)
    draw_key(canvas, dark=dark)
    canvas.text(440, 250, 250, "Keyholder", SNOW if dark else INK)
    canvas.trim()
    return canvas


def main() -> None:
    """Write all pictures."""
    BRAND.mkdir(exist_ok=True)
    for prefix, dark in (("", False), ("dark_", True)):
        for suffix, scale in (("", 1), ("@2x", 2)):
            pictures = {
                "icon": icon(dark=dark).scaled(256 * scale),
                "logo": logo(dark=dark).scaled(128 * scale),
            }
            for name, picture in pictures.items():
                picture.save(BRAND / f"{prefix}{name}{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
