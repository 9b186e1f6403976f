"""A connection: whole messages in, whole messages out."""

import contextlib
import os
import socket
import struct
import threading

from .messages import METHODS
from .wire import CALL, EXCEPTION, ONEWAY, REPLY, Header, Stream, read_header, write_message

UNKNOWN_METHOD = 1
_UNREAD_SECONDS = 60


class Connection:
    """Sends from any thread; receives in one."""

    def __init__(self, sock):
        self._socket = sock
        self._stream = Stream(sock.makefile("rb"))
        self._sending = threading.Lock()
        self.ended = threading.Event()
        # What is not read in time ends the connection, and nothing waits for it longer.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _UNREAD_SECONDS, 0))

    @classmethod
    def to(cls, path):
        """Connects to a Unix socket. Raises OSError."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(os.fspath(path))
        except OSError:
            sock.close()
            raise
        return cls(sock)

    def call(self, name, arguments, identity):
        """Sends a call, or a notice."""
        method = METHODS[name]
        self._send(Header(name, ONEWAY if method.oneway else CALL, identity), method.arguments.write(arguments))

    def reply(self, header, result):
        """Answers a call."""
        self._send(header._replace(kind=REPLY), METHODS[header.name].result.write(result))

    def refuse(self, header, fault):
        """Answers a call with a Thrift exception."""
        self._send(header._replace(kind=EXCEPTION), fault)

    def _send(self, header, body):
        message = write_message(header, body)
        try:
            with self._sending:
                self._socket.sendall(message)
        except OSError:
            self.close()  # the thread that receives notices, and ends what is under way

    def receive(self):
        """The header of the next message. Raises EOFError when the connection is over, Malformed."""
        try:
            return read_header(self._stream)
        except OSError as error:
            raise EOFError from error

    def read(self, struct_type):
        """The fields of the message whose header was received. Raises EOFError, Malformed."""
        try:
            return struct_type.read(self._stream)
        except OSError as error:
            raise EOFError from error

    def close(self):
        """Ends the connection; whoever receives from it gets EOFError."""
        if self.ended.is_set():
            return
        self.ended.set()
        with contextlib.suppress(OSError):  # it may be over already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
