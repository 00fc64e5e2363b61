"""Which text Home Assistant can store: JSON files are UTF-8, which has no lone surrogates."""


def is_storable(text: str) -> bool:
    """Return whether the text can be written to a file as UTF-8.

    One text that cannot be keeps Home Assistant from saving the whole file.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def as_storable(text: str) -> str:
    """Return the text with a question mark in the place of what cannot be stored."""
    return text.encode(errors="replace").decode()
