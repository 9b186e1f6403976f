"""The pages of a scan, made only when they are asked for."""

import threading

from .blocks import BlockWriter, read_constraints
from .errors import OutpostError
from .plugins import Scan

CURSORS = 64
CREDITS = 4
_PAGE_BYTES = 64 * 1024


def _cancelled():
    return OutpostError("CALL_CANCELLED", "The call was given up.")


def unknown_cursor():
    """The error of who asks for pages that nobody has."""
    return OutpostError("UNKNOWN_CURSOR", "The cursor has ended, or was never opened on this connection.")


class Cursor:
    """One scan. Its pages are made one after the other, in the order in which they were asked for."""

    def __init__(self, table, scan):
        constraints = read_constraints(scan["constraints"])
        order = [(term["column"], term["descending"]) for term in scan["order"]]
        self._scan = Scan(scan["columns"], constraints, scan["limit"] or None, order, self._gone)
        self._table, self._rows = table, None
        self._turn = threading.Condition()
        self._asked = self._answered = 0
        self._call = None
        self._closed = self._finished = False

    @property
    def ended(self):
        """Whether it has no further page."""
        return self._closed or self._finished

    def _gone(self):
        return self._closed or (self._call is not None and self._call.given_up)

    def ask(self):
        """Takes the place of a page in the order. Raises OutpostError TOO_MANY_CALLS."""
        with self._turn:
            if self._asked - self._answered >= CREDITS:
                raise OutpostError("TOO_MANY_CALLS", f"A cursor has {CREDITS} unanswered pages already.")
            self._asked += 1
            return self._asked

    def page(self, place, page_bytes, call):
        """The page of a place, as a struct without its cursor. A page that fails ends the cursor."""
        with self._turn:
            self._turn.wait_for(lambda: self._answered == place - 1)
        try:
            if self._closed:
                raise _cancelled()
            if self._finished:
                raise unknown_cursor()
            self._call = call
            return self._next(min(max(page_bytes or _PAGE_BYTES, 1024), 1024 * 1024))
        except BaseException:
            self.close()
            raise
        finally:
            with self._turn:
                self._answered += 1
                self._turn.notify_all()

    def _next(self, page_bytes):
        columns, writer = self._scan.columns, BlockWriter()
        if self._rows is None:
            self._rows = iter(self._table.generate(self._scan))
        for row in self._rows:
            if self._gone():
                raise _cancelled()
            writer.add([row.get(column) for column in columns])
            if writer.size >= page_bytes:
                break
        else:
            self._finished = True
        warnings, self._scan.warnings = self._scan.warnings, []
        return {"more": not self._finished, "rows": writer.block(), "warnings": warnings}

    def close(self):
        """Ends the scan; pages that are waited for are answered CALL_CANCELLED."""
        self._closed = True


class Cursors:
    """The cursors of one connection."""

    def __init__(self):
        self._open = {}
        self._last = 0

    def add(self, cursor):
        """Keeps a cursor and gives its number. Raises OutpostError TOO_MANY_CURSORS."""
        self._open = {number: known for number, known in self._open.items() if not known.ended}
        if len(self._open) >= CURSORS:
            raise OutpostError("TOO_MANY_CURSORS", f"The connection has {CURSORS} open cursors already.")
        self._last += 1
        self._open[self._last] = cursor
        return self._last

    def get(self, number):
        """Raises OutpostError UNKNOWN_CURSOR."""
        cursor = self._open.get(number)
        if cursor is None:
            raise unknown_cursor()
        return cursor

    def close(self, number):
        cursor = self._open.pop(number, None)
        if cursor is not None:
            cursor.close()

    def close_all(self):
        for number in list(self._open):
            self.close(number)
