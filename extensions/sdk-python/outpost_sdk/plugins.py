"""What an extension's author defines: tables, loggers, configurations, sources of live queries."""

import json
from typing import NamedTuple

from .errors import OutpostError, ReadOnly

_OPTIONS = {"index": 1, "required": 2, "additional": 4, "optimized": 8, "hidden": 16}
_INSERT, _UPDATE, _DELETE = 1, 2, 3
_EQUALS = 2
_TAKES_STATUS_LINES = 1


class Column(NamedTuple):
    """A column: its type, what it means, and the bits of its options."""

    type: str
    description: str
    options: int


def _column(type_name):
    def make(description, **options):
        """A column. Options, each True: index, required, additional, optimized, hidden."""
        unknown = options.keys() - _OPTIONS.keys()
        if unknown:
            raise TypeError(f"A column has no option {', '.join(sorted(unknown))}; there are {', '.join(_OPTIONS)}.")
        return Column(type_name, description, sum(_OPTIONS[name] for name, on in options.items() if on))

    return make


text = _column("TEXT")
integer = _column("INTEGER")
bigint = _column("BIGINT")
unsigned_bigint = _column("UNSIGNED BIGINT")
double = _column("DOUBLE")
blob = _column("BLOB")


class Scan:
    """What a query wants of a table. The agent checks every row again, but for columns under `exact`."""

    def __init__(self, columns, constraints, limit, order, gone):
        self.columns = columns
        """Names of the columns that the query reads."""
        self.constraints = constraints
        """Triples: a column, the number of an operator, values."""
        self.limit = limit
        """So many rows are read at most; None: all."""
        self.order = order
        """Pairs of a column and whether it descends."""
        self.warnings = []
        self._gone = gone

    def equals(self, column):
        """The values of `=` and `IN` for a column; None when the query does not say."""
        found = [values for name, operator, values in self.constraints if name == column and operator == _EQUALS]
        return found[0] if found else None

    def used(self, column):
        """Whether the query reads a column."""
        return column in self.columns

    @property
    def aborted(self):
        """Whether nobody waits for the rows any more."""
        return self._gone()

    def warn(self, message):
        """A line for the agent's status log."""
        self.warnings.append(message)


class Table:
    """A table, made by the decorator `table`. `insert`, `update` and `delete` are decorators that make it writable."""

    registry = "table"

    def __init__(self, generate, name, columns, description, examples, order, exact):
        self.generate, self.name, self.columns = generate, name, columns
        self._description, self._examples, self._order, self._exact = description, examples, order, exact
        self._writers = {}

    def insert(self, function):
        """Takes `function(row, rowid)`, which adds a row (a dict) and returns its id; `rowid` is what was asked for."""
        return self._writes(_INSERT, function)

    def update(self, function):
        """Takes `function(rowid, row, new_rowid)`."""
        return self._writes(_UPDATE, function)

    def delete(self, function):
        """Takes `function(rowid)`."""
        return self._writes(_DELETE, function)

    def _writes(self, kind, function):
        self._writers[kind] = function
        return function

    def write(self, kind, row_id, new_row_id, values):
        """Applies a write. Returns the id of an inserted row."""
        writer = self._writers.get(kind)
        if writer is None:
            raise ReadOnly(f"The table {self.name} does not take this kind of write.")
        if kind == _DELETE:
            return writer(row_id)
        row = dict(zip(self.columns, values, strict=False))
        return writer(row, row_id) if kind == _INSERT else writer(row_id, row, new_row_id)

    @property
    def writable(self):
        """Whether it takes writes, and so gives its rows ids under the key `rowid`."""
        return bool(self._writers)

    def routes(self):
        """The route rows that announce the table."""
        columns = [
            {"id": "column", "name": name, "type": column.type, "op": str(column.options)}
            for name, column in self.columns.items()
        ]
        return [*columns, {"id": "attributes", "attributes": "0"}]

    def document(self):
        """What route rows cannot say."""
        columns = [{"name": name, "description": column.description} for name, column in self.columns.items()]
        return {
            "name": self.name,
            "description": self._description,
            "examples": list(self._examples),
            "columns": columns,
            "order": list(self._order),
            "exact": list(self._exact),
            "writable": self.writable,
        }


def table(name, columns, *, description="", examples=(), order=(), exact=()):
    """Makes a table of a generator function, which takes a Scan and yields rows: dicts by column.

    `order`: columns in whose ascending order rows come. `exact`: columns whose `=` and `IN` it applies itself.
    """
    return lambda generate: Table(generate, name, columns, description, examples, order, exact)


class LogLine(NamedTuple):
    """One line: `kind` is 0 for results, 1 for a snapshot, 2 for status lines as a JSON array."""

    kind: int
    text: str


class _Asked:
    """A plugin that is asked by actions."""

    def __init__(self, name, **actions):
        self.name, self._actions = name, actions

    def routes(self):
        return []

    def ask(self, request):
        """The status code and the rows that answer a request."""
        action = self._actions.get(request.get("action", ""))
        if action is None:
            raise OutpostError("PLUGIN_FAILED", f"{self.registry} {self.name} has no action {request.get('action')!r}.")
        return action(request)


def _rows(action):
    """An action that succeeds with rows."""
    return lambda request: (0, action(request))


class Logger(_Asked):
    """A sink of log lines, made by the decorator `logger`."""

    registry = "logger"

    def __init__(self, deliver, name):
        # The features of a logger are the code of the answer's status, as in version 1.
        super().__init__(name, init=_rows(lambda _request: []), features=lambda _request: (_TAKES_STATUS_LINES, []))
        self.deliver = deliver


def logger(name):
    """Makes a logger of a function that takes a list of LogLine.

    What it returns says how many of them, from the first on, are delivered for good; None: all. What is not delivered
    comes again, after a pause when the function raised.
    """
    return lambda deliver: Logger(deliver, name)


class Config(_Asked):
    """A source of configuration, made by the decorator `config`."""

    registry = "config"

    def __init__(self, generate, name):
        super().__init__(name, genConfig=_rows(lambda _request: [generate()]))


def config(name):
    """Makes a source of configuration of a function that returns texts in JSON by the names of their sources."""
    return lambda generate: Config(generate, name)


class Distributed(_Asked):
    """A source of live queries."""

    registry = "distributed"

    def __init__(self, name, queries, results):
        """`queries()` returns what the server answers, a dict; `results(dict)` takes what came of them."""
        super().__init__(
            name,
            getQueries=_rows(lambda _request: [{"results": json.dumps(queries())}]),
            writeResults=_rows(lambda request: results(json.loads(request.get("results", "{}"))) or []),
        )
