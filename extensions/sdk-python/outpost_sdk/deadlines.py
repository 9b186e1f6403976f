"""Calls something when its time has come, from one thread."""

import heapq
import itertools
import threading
import time


class Deadlines:
    """Things to be called at a time; what is over by then makes its call do nothing."""

    def __init__(self):
        self._heap = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        threading.Thread(target=self._run, name="deadlines", daemon=True).start()

    def after(self, seconds, call):
        """Calls `call()` after so many seconds."""
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._numbers), call))
            self._changed.notify()

    def close(self):
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self):
        while (call := self._due()) is not None:
            call()

    def _due(self):
        with self._changed:
            while not self._closed:
                left = self._heap[0][0] - time.monotonic() if self._heap else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(left)
        return None
