"""Listens on an extension's socket and answers calls."""

import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from .connection import UNKNOWN_METHOD, Connection
from .cursors import Cursors
from .deadlines import Deadlines
from .errors import OutpostError, failure_of
from .messages import FAULT, METHODS
from .wire import Malformed

CONNECTIONS = 256
CALLS = 128
_WORKERS = 16
_CALL_SECONDS = 300


class Call:
    """A call of version 2. It is answered once: by its work, or by what ended it."""

    def __init__(self, connection, header, on_end):
        self._connection, self._header, self._on_end = connection, header, on_end
        self._lock = threading.Lock()
        self._answered = False
        self.given_up = False

    def answer(self, value):
        with self._lock:
            if self._answered:
                return
            self._answered = True
        self._on_end(self._header.id)
        self._connection.reply(self._header, {"success": value})

    def fail(self, error):
        self.given_up = True
        self.answer({"outcome": failure_of(error).outcome()})


class _Peer:
    """One connection: its calls and cursors."""

    def __init__(self, connection, service, deadlines):
        self._connection, self._service, self._deadlines = connection, service, deadlines
        self._calls = {}
        self._cursors = Cursors()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="outpost")

    def serve(self):
        """Answers until the connection is over."""
        try:
            while True:
                header = self._connection.receive()
                method = METHODS.get(header.name)
                if method is None or not hasattr(self._service, header.name) and not method.oneway:
                    self._connection.read(FAULT)
                    self._refuse(header)
                else:
                    self._take(header, method, self._connection.read(method.arguments))
        except (EOFError, Malformed):
            pass  # the one is how connections end; after the other nothing can be understood
        finally:
            self._end()

    def _end(self):
        self._connection.close()
        for call in list(self._calls.values()):
            call.given_up = True
        self._cursors.close_all()
        self._workers.shutdown(wait=False)

    def _refuse(self, header):
        fault = {"message": f"Invalid method name: '{header.name}'", "type": UNKNOWN_METHOD}
        self._connection.refuse(header, FAULT.write(fault))

    def _take(self, header, method, arguments):
        if header.name == "cancel":
            call = self._calls.get(arguments["sequence_id"])
            if call is not None:
                call.fail(OutpostError("CALL_CANCELLED", "The call was given up.", source="user"))
        elif header.name == "closeRows":
            self._cursors.close(arguments["cursor"])
        elif method.concurrent:
            self._start(header, arguments)
        else:
            answer = getattr(self._service, header.name)(arguments)
            self._connection.reply(header, {"success": answer} if answer is not None else {})

    def _start(self, header, arguments):
        if header.id in self._calls:
            raise Malformed(f"the sequence id {header.id} is in use")
        call = Call(self._connection, header, lambda number: self._calls.pop(number, None))
        if len(self._calls) >= CALLS:
            return call.fail(OutpostError("TOO_MANY_CALLS", f"The connection has {CALLS} unanswered calls already."))
        self._calls[header.id] = call
        try:
            work = getattr(self._service, header.name)(arguments, self._cursors)
        except Exception as error:  # whatever a plugin raises is the outcome of the call
            return call.fail(error)
        asked = arguments["terms"]["deadline_ms"] / 1000
        seconds = min(asked, _CALL_SECONDS) if asked > 0 else _CALL_SECONDS
        late = OutpostError("CALL_DEADLINE", f"The call {header.name} was not done within {seconds:g} seconds.")
        self._deadlines.after(seconds, lambda: call.fail(late))
        self._workers.submit(self._work, call, work)
        return None

    @staticmethod
    def _work(call, work):
        if call.given_up:
            return
        try:
            call.answer(work(call))
        except Exception as error:  # as above
            call.fail(error)


class Server:
    """A server of a service at a path."""

    def __init__(self, path, service):
        """Listens. Raises OSError."""
        self._path, self._service = path, service
        self._deadlines = Deadlines()
        self._connections = set()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        os.fchmod(self._socket.fileno(), 0o600)  # Linux makes the file with the mode of the socket
        self._socket.bind(path)
        self._socket.listen(64)
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return  # it was closed
            if len(self._connections) >= CONNECTIONS:
                sock.close()
                continue
            connection = Connection(sock)
            self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), name="peer", daemon=True).start()

    def _serve(self, connection):
        try:
            _Peer(connection, self._service, self._deadlines).serve()
        finally:
            self._connections.discard(connection)

    def close(self):
        """Ends all connections and removes the socket."""
        self._socket.close()
        self._deadlines.close()
        for connection in list(self._connections):
            connection.close()
        if os.path.exists(self._path):
            os.unlink(self._path)
