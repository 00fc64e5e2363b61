"""SLIP framing of a ConBee's serial line, with its checksum."""

from collections.abc import Iterator

_END, _ESCAPE, _ESCAPED_END, _ESCAPED_ESCAPE = 0xC0, 0xDB, 0xDC, 0xDD


def _sum(frame: bytes) -> bytes:
    return (~sum(frame) + 1 & 0xFFFF).to_bytes(2, "little")


def wrap(frame: bytes) -> bytes:
    """Return a frame as it goes over the line."""
    escaped = (
        (frame + _sum(frame))
        .replace(b"\xdb", bytes([_ESCAPE, _ESCAPED_ESCAPE]))
        .replace(b"\xc0", bytes([_ESCAPE, _ESCAPED_END]))
    )
    return bytes([_END]) + escaped + bytes([_END])


class Unwrapper:
    """Takes frames out of what comes over the line; damaged ones are dropped."""

    def __init__(self) -> None:
        """Begin with an empty line."""
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the frames that are complete now."""
        *pieces, self._rest = (self._rest + data).split(bytes([_END]))
        for piece in pieces:
            raw = piece.replace(bytes([_ESCAPE, _ESCAPED_END]), b"\xc0").replace(
                bytes([_ESCAPE, _ESCAPED_ESCAPE]), b"\xdb"
            )
            if len(raw) > 4 and _sum(raw[:-2]) == raw[-2:]:
                yield raw[:-2]
