"""The structs and methods of osquery.thrift and outpost.thrift that version 2 uses."""

from .wire import BINARY, BOOL, I32, I64, TEXT, List, Map, Struct

OUTCOME = Struct(error=(1, TEXT), message=(2, TEXT), remedy=(3, TEXT), source=(4, I32))
TERMS = Struct(deadline_ms=(1, I32))

# ---- version 1 ----

STATUS = Struct(code=(1, I32), message=(2, TEXT), uuid=(3, I64))
ROWS = List(Map(TEXT, TEXT))
RESPONSE = Struct(status=(1, STATUS), response=(2, ROWS))
OPTION = Struct(value=(1, TEXT), default_value=(2, TEXT), type=(3, TEXT))
INFO = Struct(name=(1, TEXT), version=(2, TEXT), sdk_version=(3, TEXT), min_sdk_version=(4, TEXT))
REGISTRY = Map(TEXT, Map(TEXT, ROWS))
FAULT = Struct(message=(1, TEXT), type=(2, I32))  # TApplicationException

# ---- version 2 ----

COLUMN_DOCUMENT = Struct(name=(1, TEXT), description=(2, TEXT))
TABLE_DOCUMENT = Struct(
    name=(1, TEXT),
    description=(2, TEXT),
    examples=(3, List(TEXT)),
    platforms=(4, List(TEXT)),
    columns=(5, List(COLUMN_DOCUMENT)),
    order=(6, List(TEXT)),
    exact=(7, List(TEXT)),
    writable=(8, BOOL),
    pushed=(9, BOOL),
)
ORDER_TERM = Struct(column=(1, TEXT), descending=(2, BOOL))
SCAN = Struct(
    table=(1, TEXT), columns=(2, List(TEXT)), constraints=(3, BINARY), limit=(4, I64), order=(5, List(ORDER_TERM))
)
PAGE = Struct(
    outcome=(1, OUTCOME),
    cursor=(2, I64),
    more=(3, BOOL),
    rows=(4, BINARY),
    warnings=(5, List(TEXT)),
    columns=(6, List(TEXT)),
    types=(7, List(TEXT)),
)
ROW_WRITE = Struct(
    table=(1, TEXT), kind=(2, I32), row_id=(3, I64), has_row_id=(4, BOOL), new_row_id=(5, I64), values=(6, BINARY)
)
WRITTEN = Struct(outcome=(1, OUTCOME), row_id=(2, I64))
LOG_LINE = Struct(kind=(1, I32), line=(2, BINARY))
LOG_ANSWER = Struct(outcome=(1, OUTCOME), accepted=(2, I32))
PLUGIN_ANSWER = Struct(outcome=(1, OUTCOME), answer=(2, RESPONSE))
LEASE = Struct(uuid=(1, I64), generation=(2, I64))
LEASE_GRANT = Struct(outcome=(1, OUTCOME), lease=(2, LEASE), interval_ms=(3, I32))
LEASE_ANSWER = Struct(outcome=(1, OUTCOME), state=(2, I32), interval_ms=(3, I32))
EVENT_ANSWER = Struct(outcome=(1, OUTCOME), sequence=(2, I64), credit_bytes=(3, I64), credit_ms=(4, I32))

HELD, UNKNOWN, REPLACED = 0, 1, 2


class Method:
    """One method: what is asked and what is answered."""

    def __init__(self, answer=None, **arguments):
        self.arguments = Struct(**arguments)
        self.result = Struct(success=(0, answer)) if answer is not None else Struct()
        self.oneway = False

    @property
    def concurrent(self):
        """Whether it is answered when it is done, by its sequence id: the methods of version 2."""
        return "outcome" in self.result.default.get("success", ())


def _notice(**arguments):
    method = Method(**arguments)
    method.oneway = True
    return method


METHODS = {
    "ping": Method(STATUS),
    "call": Method(RESPONSE, registry=(1, TEXT), item=(2, TEXT), request=(3, Map(TEXT, TEXT))),
    "shutdown": Method(),
    "options": Method(Map(TEXT, OPTION)),
    "deregisterExtension": Method(STATUS, uuid=(1, I64)),
    "openRows": Method(PAGE, scan=(1, SCAN), page_bytes=(2, I32), terms=(3, TERMS)),
    "nextRows": Method(PAGE, cursor=(1, I64), page_bytes=(2, I32), terms=(3, TERMS)),
    "closeRows": _notice(cursor=(1, I64)),
    "write": Method(WRITTEN, row=(1, ROW_WRITE), terms=(2, TERMS)),
    "logLines": Method(LOG_ANSWER, logger=(1, TEXT), lines=(2, List(LOG_LINE)), terms=(3, TERMS)),
    "ask": Method(PLUGIN_ANSWER, registry=(1, TEXT), item=(2, TEXT), request=(3, Map(TEXT, TEXT)), terms=(4, TERMS)),
    "cancel": _notice(sequence_id=(1, I32)),
    "openLease": Method(
        LEASE_GRANT, info=(1, INFO), registry=(2, REGISTRY), tables=(3, List(TABLE_DOCUMENT)), terms=(4, TERMS)
    ),
    "renew": Method(LEASE_ANSWER, lease=(1, LEASE)),
    "updateRegistry": Method(
        LEASE_GRANT,
        lease=(1, LEASE),
        add=(2, REGISTRY),
        tables=(3, List(TABLE_DOCUMENT)),
        remove=(4, Map(TEXT, List(TEXT))),
        terms=(5, TERMS),
    ),
    "openQuery": Method(PAGE, sql=(1, TEXT), page_bytes=(2, I32), terms=(3, TERMS)),
    "pushEvents": Method(
        EVENT_ANSWER,
        lease=(1, LEASE),
        table=(2, TEXT),
        sequence=(3, I64),
        rows=(4, BINARY),
        lost=(5, I64),
        reason=(6, TEXT),
        terms=(7, TERMS),
    ),
}
