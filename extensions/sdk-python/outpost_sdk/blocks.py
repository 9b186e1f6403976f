"""Blocks of rows, and constraints: MessagePack, as docs/protocol.md has it."""

import struct

import msgpack

from .errors import OutpostError

_INTEGERS = range(-(2**63), 2**63)


def _value(value):
    """What stands in a block for a value: an integer beyond 64 bits is NULL."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and value not in _INTEGERS:
        return None
    if value is None or isinstance(value, (int, float, str, bytes)):
        return value
    kind = type(value).__name__
    raise OutpostError("PLUGIN_FAILED", f"A row holds a {kind}; only None, int, float, str and bytes may.")


class BlockWriter:
    """Collects rows until they are a page."""

    def __init__(self):
        self._packer = msgpack.Packer(use_bin_type=True, unicode_errors="surrogateescape")
        self._rows = []
        self.size = 5

    def add(self, values):
        """Adds a row of values in the order of the columns."""
        row = self._packer.pack([_value(value) for value in values])
        self._rows.append(row)
        self.size += len(row)

    def block(self):
        """The rows added so far, as a block."""
        return b"".join([b"\xdd", struct.pack(">I", len(self._rows)), *self._rows])


def write_block(rows):
    """A block of these rows."""
    writer = BlockWriter()
    for row in rows:
        writer.add(row)
    return writer.block()


def _unpack(data, what):
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, use_list=True, unicode_errors="surrogateescape")
    except Exception as error:  # msgpack raises several kinds, none of them documented as its own
        raise OutpostError("BLOCK_MALFORMED", f"{what} cannot be read: {error or type(error).__name__}.") from error


def read_block(block):
    """The rows of a block. Raises OutpostError BLOCK_MALFORMED."""
    rows = _unpack(block, "A block of rows") if block else []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise OutpostError("BLOCK_MALFORMED", "A block of rows is no array of arrays.")
    if any(isinstance(value, (dict, list, msgpack.ExtType, msgpack.Timestamp)) for row in rows for value in row):
        raise OutpostError("BLOCK_MALFORMED", "A block of rows holds something else than values.")
    return [[_value(value) for value in row] for row in rows]


def read_constraints(data):
    """Triples of a column, the number of an operator, and values. Raises OutpostError BLOCK_MALFORMED."""
    entries = _unpack(data, "Constraints") if data else []
    try:
        return [(str(column), int(operator), list(values)) for column, operator, values in entries]
    except (TypeError, ValueError) as error:
        raise OutpostError("BLOCK_MALFORMED", "Constraints are no array of [column, operator, [values]].") from error
