"""Extensions for Outpost, over version 2 of its extension protocol (docs/protocol.md).

from outpost_sdk import integer, serve, table, text

@table("greetings", {"name": text("Who is greeted", index=True), "length": integer("Of the name")})
def greetings(scan):
    for name in scan.equals("name") or ["world"]:
        yield {"name": name, "length": len(name)}

serve([greetings], name="greetings")
"""

from .errors import Conflict, OutpostError, ReadOnly
from .manager import Manager
from .plugins import (
    Column,
    Distributed,
    LogLine,
    Scan,
    Table,
    bigint,
    blob,
    config,
    double,
    integer,
    logger,
    table,
    text,
    unsigned_bigint,
)
from .serve import Extension, serve

__all__ = [
    "Column",
    "Conflict",
    "Distributed",
    "Extension",
    "LogLine",
    "Manager",
    "OutpostError",
    "ReadOnly",
    "Scan",
    "Table",
    "bigint",
    "blob",
    "config",
    "double",
    "integer",
    "logger",
    "serve",
    "table",
    "text",
    "unsigned_bigint",
]
