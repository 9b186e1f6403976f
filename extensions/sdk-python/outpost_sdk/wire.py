"""Thrift's binary protocol, strict and unframed: how values, structs and messages look as bytes.

Types are objects with a `tag`, a `default`, `write(value)` giving bytes, and `read(stream)`. The value of a struct is a
dict by field name: a missing field reads as its type's default, an unknown one is skipped. `stream.read(count)` gives
exactly so many bytes or raises EOFError.
"""

import struct
from typing import NamedTuple

CALL, REPLY, EXCEPTION, ONEWAY = 1, 2, 3, 4

STRING_BYTES = 64 * 1024 * 1024
ENTRIES = 4_000_000
DEPTH = 32

_STRICT = 0x80010000


class Malformed(Exception):
    """The other side sent what is no message; the connection cannot go on."""


class Stream:
    """Reads from something with `read`, and bounds what one message may make of it."""

    def __init__(self, source):
        self._source = source
        self.begin()

    def begin(self):
        """A new message begins: its limits are whole again."""
        self.entries = ENTRIES
        self.depth = DEPTH

    def read(self, count):
        data = self._source.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def unpack(self, layout):
        (value,) = layout.unpack(self.read(layout.size))
        return value

    def count(self, width):
        """The number of entries of a container, whose entries take so many values each."""
        count = self.unpack(_I32)
        self.entries -= count * width
        if count < 0 or self.entries < 0:
            raise Malformed(f"a container of {count} entries")
        return count

    def inner(self, read):
        """Reads what lies one level deeper."""
        self.depth -= 1
        if self.depth < 0:
            raise Malformed("too many levels")
        value = read()
        self.depth += 1
        return value


_I16, _I32, _I64 = struct.Struct(">h"), struct.Struct(">i"), struct.Struct(">q")


class Fixed:
    """A value of a fixed number of bytes."""

    def __init__(self, tag, layout, default):
        self.tag, self.default, self._layout = tag, default, struct.Struct(layout)

    def write(self, value):
        return self._layout.pack(value)

    def read(self, stream):
        return stream.unpack(self._layout)


class Bytes:
    """A string of bytes."""

    tag, default = 11, b""

    def write(self, value):
        return _I32.pack(len(value)) + value

    def read(self, stream):
        length = stream.unpack(_I32)
        if not 0 <= length <= STRING_BYTES:
            raise Malformed(f"a string of {length} bytes")
        return stream.read(length)


class Text(Bytes):
    """UTF-8; other bytes come as lone surrogates and go out as the same bytes."""

    default = ""

    def write(self, value):
        return super().write(value.encode("utf-8", "surrogateescape"))

    def read(self, stream):
        return super().read(stream).decode("utf-8", "surrogateescape")


BOOL = Fixed(2, ">?", False)
BYTE = Fixed(3, ">b", 0)
DOUBLE = Fixed(4, ">d", 0.0)
I16 = Fixed(6, ">h", 0)
I32 = Fixed(8, ">i", 0)
I64 = Fixed(10, ">q", 0)
BINARY = Bytes()
TEXT = Text()


class List:
    """Values of one type."""

    tag = 15

    def __init__(self, of):
        self._of = of

    @property
    def default(self):
        return []

    def write(self, values):
        return b"".join([bytes([self._of.tag]), _I32.pack(len(values)), *map(self._of.write, values)])

    def read(self, stream):
        tag = stream.read(1)[0]
        count = stream.count(1)
        if count and tag != self._of.tag:
            raise Malformed(f"a list of type {tag}")
        return stream.inner(lambda: [self._of.read(stream) for _ in range(count)])


class Map:
    """Values by keys."""

    tag = 13

    def __init__(self, key, value):
        self._key, self._value = key, value

    @property
    def default(self):
        return {}

    def write(self, entries):
        header = bytes([self._key.tag, self._value.tag]) + _I32.pack(len(entries))
        return b"".join([header, *(self._key.write(k) + self._value.write(v) for k, v in entries.items())])

    def read(self, stream):
        tags = stream.read(2)
        count = stream.count(2)
        if count and tuple(tags) != (self._key.tag, self._value.tag):
            raise Malformed(f"a map of types {tuple(tags)}")
        return stream.inner(lambda: dict((self._key.read(stream), self._value.read(stream)) for _ in range(count)))


class Struct:
    """Fields by name: `Struct(name=(id, type), …)`."""

    tag = 12

    def __init__(self, **fields):
        self.fields = fields
        self._by_id = {number: (name, of) for name, (number, of) in fields.items()}

    @property
    def default(self):
        return {name: of.default for name, (_, of) in self.fields.items()}

    def write(self, value):
        out = []
        for name, field in value.items():
            number, of = self.fields[name]
            if field is not None:
                out += [bytes([of.tag]), _I16.pack(number), of.write(field)]
        return b"".join([*out, b"\0"])

    def read(self, stream):
        return stream.inner(lambda: self._read(stream))

    def _read(self, stream):
        value = self.default
        while tag := stream.read(1)[0]:
            name, of = self._by_id.get(stream.unpack(_I16), (None, None))
            if of is not None and of.tag == tag:
                value[name] = of.read(stream)
            else:
                _skip(stream, tag)
        return value


_FIXED = {of.tag: of for of in (BOOL, BYTE, DOUBLE, I16, I32, I64)}


def _skip(stream, tag):
    if tag in _FIXED:
        _FIXED[tag].read(stream)
    elif tag == BINARY.tag:
        BINARY.read(stream)
    elif tag == Struct.tag:
        _NOTHING.read(stream)
    elif tag == Map.tag:
        key, value = stream.read(2)
        stream.inner(lambda: _skip_all(stream, stream.count(2), (key, value)))
    elif tag in (14, List.tag):  # a set looks like a list
        of = stream.read(1)[0]
        stream.inner(lambda: _skip_all(stream, stream.count(1), (of,)))
    else:
        raise Malformed(f"a value of type {tag}")


def _skip_all(stream, count, tags):
    for _ in range(count):
        for tag in tags:
            _skip(stream, tag)


_NOTHING = Struct()


class Header(NamedTuple):
    """What stands before the fields of a message."""

    name: str
    kind: int
    id: int


def write_message(header, body):
    """The bytes of a message; `body` are the fields, written."""
    return b"".join([struct.pack(">I", _STRICT | header.kind), TEXT.write(header.name), _I32.pack(header.id), body])


def read_header(stream):
    """The header of the next message.

    Raises EOFError at the end of the connection, Malformed when it is no strict message.
    """
    stream.begin()
    (first,) = struct.unpack(">I", stream.read(4))
    if first & 0xFFFF0000 != _STRICT:
        raise Malformed("it does not begin as a strict message")
    return Header(TEXT.read(stream), first & 0xFF, stream.unpack(_I32))
