"""Errors as the protocol carries them."""

_SOURCES = ("", "user", "plugin", "host", "downstream")


class OutpostError(Exception):
    """A failure with a code of docs/errors.md, what happened, and what to do about it."""

    def __init__(self, code, message, remedy="", source="plugin"):
        super().__init__(message)
        self.code, self.message, self.remedy, self.source = code, message, remedy, source

    def __str__(self):
        return " ".join(filter(None, [self.message, self.remedy]))

    def outcome(self):
        """The struct that answers a call which failed so."""
        source = _SOURCES.index(self.source)
        return {"error": self.code, "message": self.message, "remedy": self.remedy, "source": source}


class Conflict(OutpostError):
    """Raise it from a table's writer for a row that the table cannot hold: SQLite says `constraint failed`."""

    def __init__(self, message="The row conflicts with another."):
        super().__init__("ROW_CONSTRAINT", message, source="user")


class ReadOnly(OutpostError):
    """Raise it from a table's writer when this row may not be changed."""

    def __init__(self, message="The row may not be changed."):
        super().__init__("ROW_READONLY", message, source="user")


def failure_of(error):
    """The error that answers whatever a plugin raised."""
    if isinstance(error, OutpostError):
        return error
    return OutpostError("PLUGIN_FAILED", f"{type(error).__name__}: {error}")


def raise_failure(outcome):
    """Raises the failure that an outcome tells of, if it does."""
    if outcome["error"]:
        known = range(len(_SOURCES))
        source = _SOURCES[outcome["source"]] if outcome["source"] in known else ""
        raise OutpostError(outcome["error"], outcome["message"] or outcome["error"], outcome["remedy"], source)
