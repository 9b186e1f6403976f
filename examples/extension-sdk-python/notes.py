"""A table that can be written. Rows have the types of the columns; nothing is text that is none."""

import threading

from outpost_sdk import Conflict, integer, table, text

_rows = {}
_last = 0
_lock = threading.Lock()  # calls run side by side


@table("sdk_python_notes", {"title": text("What it is about"), "stars": integer("How much it matters")})
def notes(scan):
    """Gives each row its id, by which the agent names it in `update` and `delete`."""
    for rowid, row in sorted(_rows.items()):
        yield {"rowid": rowid, **row}


@notes.insert
def insert(row, rowid):
    global _last
    with _lock:
        if any(known["title"] == row["title"] for known in _rows.values()):
            raise Conflict(f"There is a note {row['title']} already.")
        _last = rowid if rowid is not None else _last + 1
        _rows[_last] = row
        return _last


@notes.update
def update(rowid, row, new_rowid):
    with _lock:
        if any(known["title"] == row["title"] for other, known in _rows.items() if other != rowid):
            raise Conflict(f"There is a note {row['title']} already.")
        _rows.pop(rowid, None)
        _rows[new_rowid] = row


@notes.delete
def delete(rowid):
    with _lock:
        _rows.pop(rowid, None)
