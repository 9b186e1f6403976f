"""Registers an extension and keeps it registered."""

import argparse
import contextlib
import os
import signal
import sys
import threading
import time

from .errors import OutpostError
from .manager import Manager
from .messages import HELD, REPLACED, UNKNOWN
from .server import Server
from .service import Service

_RETRY_SECONDS = 0.2
_RENEW_SECONDS = 10


def _arguments(argv):
    parser = argparse.ArgumentParser(description="An extension of Outpost.", allow_abbrev=False)
    parser.add_argument("--socket", "--extensions_socket", required=True, help="the agent's socket")
    parser.add_argument("--timeout", type=float, default=3, help="seconds to wait for the agent")
    parser.add_argument("--interval", type=float, default=3, help="ignored: the agent says how often it wants to hear")
    parser.add_argument("--verbose", action="store_true", help="say when the agent comes and goes")
    return parser.parse_args(argv)


class Extension:
    """An extension that holds a lease."""

    def __init__(self, plugins, name, version, socket_path, timeout, verbose=False):
        self._service = Service(plugins)
        self._info = {"name": name, "version": version, "sdk_version": "5.0.0", "min_sdk_version": "0.0.0"}
        self._path, self._timeout, self._verbose = socket_path, timeout, verbose
        self._ending = threading.Event()
        self._server = self._lease = None
        self.manager = None
        """The connection to the agent: `manager.query(sql)` asks it."""

    def run(self):
        """Serves until `close` is called, the agent gives the name to another, or it is gone for the timeout.

        Raises OutpostError when the agent refuses the extension.
        """
        try:
            while not self._ending.is_set() and self._connect():
                state = UNKNOWN if self._lease is None else self._renew()
                while state is not None and not self._ending.is_set():
                    if state == REPLACED:
                        return
                    if state == UNKNOWN:
                        self._open_lease()
                    state = self._hold()
        finally:
            self._leave()

    def close(self):
        """Lets `run` return."""
        self._ending.set()

    def _say(self, message):
        if self._verbose:
            print(f"{self._info['name']}: {message}", file=sys.stderr, flush=True)

    def _connect(self):
        """Waits for the agent. Returns whether it is there."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                self.manager = Manager(self._path)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    self._say(f"nobody listens at {self._path}: {error.strerror}")
                    return False
            if self._ending.wait(_RETRY_SECONDS):
                return False
        if not self.manager.speaks_version_2():
            raise OutpostError(
                "EXTENSION_CALL_FAILED",
                f"The agent at {self._path} speaks version 1 of the protocol only.",
                "Write the extension with osquery-python, or use an agent that speaks version 2.",
                "user",
            )
        return True

    def _open_lease(self):
        deadline = time.monotonic() + self._timeout
        arguments = {"info": self._info, "registry": self._service.registry(), "tables": self._service.documents()}
        while True:
            try:
                grant = self.manager.call("openLease", arguments)
                break
            except OutpostError as error:
                if error.code != "LEASE_HELD" or time.monotonic() > deadline or self._ending.wait(_RETRY_SECONDS):
                    raise
        self._close_server()
        self._lease, self._interval = grant["lease"], grant["interval_ms"] / 1000
        self._service.uuid = self._lease["uuid"]
        self._server = Server(f"{self._path}.{self._lease['uuid']}", self._service)
        self._say(f"registered as {self._lease['uuid']}")

    def _hold(self):
        """Renews the lease until it no longer stands. Returns how it stands then; None when the agent is gone."""
        while not self._ending.wait(self._interval):
            state = self._renew()
            if state != HELD:
                return state
        return None

    def _renew(self):
        """Gives a sign of life. Returns how the lease stands; None when the agent does not answer."""
        try:
            state = self.manager.call("renew", {"lease": self._lease}, _RENEW_SECONDS)["state"]
        except OutpostError as error:
            self._say(f"the agent does not answer: {error}")
            self.manager.close()
            return None
        if state != HELD:
            self._say("the agent no longer knows the extension")
        return state

    def _close_server(self):
        if self._server is not None:
            self._server.close()
            self._server = None

    def _leave(self):
        self._close_server()
        if self.manager is not None and self._lease is not None:
            with contextlib.suppress(OutpostError):  # where nobody answers any more, nobody has to be told
                self.manager.call("deregisterExtension", {"uuid": self._lease["uuid"]}, seconds=1)
            self.manager.close()


def serve(plugins, name, version="0.0.0", argv=None):
    """Runs an extension from the command line: `--socket PATH [--timeout SECONDS]`.

    Ends with status 1 and a sentence on standard error when the agent refuses it.
    """
    options = _arguments(argv)
    extension = Extension(plugins, name, version, os.fspath(options.socket), options.timeout, options.verbose)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: extension.close())
    try:
        extension.run()
    except OutpostError as error:
        sys.exit(f"{name}: {error}")
