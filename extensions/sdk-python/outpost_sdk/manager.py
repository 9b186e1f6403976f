"""Calls the core."""

import itertools
import threading

from .blocks import read_block
from .connection import Connection
from .errors import OutpostError, raise_failure
from .messages import FAULT, METHODS
from .wire import EXCEPTION, Malformed

CALLS = 64
_SECONDS = 300


class _Waiting:
    """A call whose answer has not come."""

    def __init__(self):
        self.done = threading.Event()
        self.result = self.error = None

    def settle(self, result=None, error=None):
        self.result, self.error = result, error
        self.done.set()


class Manager:
    """A client of the core's socket: calls from any number of threads at once over one connection."""

    def __init__(self, path):
        """Connects. Raises OSError when nobody listens there."""
        self._connection = Connection.to(path)
        self._ids = itertools.count(1)
        self._waiting = {}
        self._places = threading.BoundedSemaphore(CALLS)
        self._in_order = threading.Lock()
        threading.Thread(target=self._receive, name="manager", daemon=True).start()

    # ---- what the core is asked ----

    def speaks_version_2(self):
        """Whether the core lists the option for version 2."""
        value = self.call("options").get("outpost_protocol", {}).get("value", "")
        return value.isdigit() and int(value) >= 2

    def query(self, sql, seconds=_SECONDS, page_bytes=0):
        """The rows of a statement, dicts by column, fetched as they are read. Raises OutpostError."""
        page = self.call("openQuery", {"sql": sql, "page_bytes": page_bytes}, seconds)
        columns = page["columns"]
        try:
            while True:
                for row in read_block(page["rows"]):
                    yield dict(zip(columns, row, strict=False))
                if not page["more"]:
                    return
                page = self.call("nextRows", {"cursor": page["cursor"], "page_bytes": page_bytes}, seconds)
        finally:
            if page["more"]:
                self._connection.call("closeRows", {"cursor": page["cursor"]}, 0)

    def ask(self, registry, item, request, seconds=_SECONDS):
        """The rows with which a plugin answers a request. Raises OutpostError."""
        answer = self.call("ask", {"registry": registry, "item": item, "request": request}, seconds)["answer"]
        if answer["status"]["code"] != 0:
            raise OutpostError("EXTENSION_CALL_FAILED", answer["status"]["message"])
        return answer["response"]

    # ---- how it is asked ----

    def call(self, name, arguments=None, seconds=_SECONDS):
        """The answer to a call of any method. Raises OutpostError for whatever becomes of it but an answer."""
        arguments = dict(arguments or {})
        if not METHODS[name].concurrent:
            with self._in_order:
                return self._exchange(name, arguments, 0, seconds)
        if "terms" in METHODS[name].arguments.fields:
            arguments["terms"] = {"deadline_ms": max(1, int(seconds * 1000))}
        with self._places:
            answer = self._exchange(name, arguments, next(self._ids) & 0x7FFFFFFF or 1, seconds)
        raise_failure(answer["outcome"])
        return answer

    def _exchange(self, name, arguments, identity, seconds):
        waiting = self._waiting[identity] = _Waiting()
        try:
            if self._connection.ended.is_set():
                raise self._lost()
            self._connection.call(name, arguments, identity)
            if not waiting.done.wait(seconds):
                self._give_up(identity)
                raise OutpostError("CALL_DEADLINE", f"The call {name} was not answered within {seconds:g} seconds.")
        finally:
            self._waiting.pop(identity, None)
        if waiting.error is not None:
            raise waiting.error
        return waiting.result

    def _give_up(self, identity):
        if identity:
            self._connection.call("cancel", {"sequence_id": identity}, 0)
        else:
            self.close()  # nobody could tell whose the next answer is

    def _receive(self):
        try:
            while True:
                header = self._connection.receive()
                if header.kind == EXCEPTION:
                    fault = self._connection.read(FAULT)
                    error = OutpostError("EXTENSION_CALL_FAILED", fault["message"] or "The call was refused.")
                    self._settle(header.id, error=error)
                else:
                    method = METHODS.get(header.name)
                    result = self._connection.read(method.result if method else FAULT)
                    self._settle(header.id, result=result.get("success"))
        except (EOFError, Malformed):
            self._connection.close()
            for identity in list(self._waiting):
                self._settle(identity, error=self._lost())

    def _settle(self, identity, **outcome):
        waiting = self._waiting.get(identity)
        if waiting is not None:
            waiting.settle(**outcome)

    @staticmethod
    def _lost():
        return OutpostError("EXTENSION_CALL_FAILED", "The connection to the agent is over.", source="host")

    def close(self):
        """Ends the connection; calls that are not answered yet fail."""
        self._connection.close()
