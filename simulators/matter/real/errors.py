"""Errors of the real Matter stack."""


class StackError(Exception):
    """A part of the stack did not come up, or answered with an error."""


class UnavailableError(StackError):
    """This machine cannot run the stack; the text says why."""
