"""Errors of a Home Assistant that is driven by a script."""


class StartError(Exception):
    """Home Assistant did not come up."""


class ConnectionLost(Exception):  # noqa: N818 (an event as much as an error)
    """The websocket closed while something was waited for."""


class AnswerError(Exception):
    """Home Assistant said no; the text is its own."""


class RequestError(AnswerError):
    """An HTTP request was refused."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class CommandError(AnswerError):
    """A websocket command was refused."""

    def __init__(self, code: str, message: str, translation_key: str | None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.translation_key = translation_key
