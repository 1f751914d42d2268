"""Being asked to stop, and noticing that whoever started this process is gone."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

PARENT = "APM_TRAINER_PARENT"
"""Environment variable with the server's process id: its workers end when it does."""


class StopFlag:
    def __init__(self) -> None:
        self.is_set = False

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._set)

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self.is_set = True


def end_with_parent() -> None:
    """Ends this process at once when the server that started it has ended: nobody would hear of what it does."""
    given = os.environ.get(PARENT)
    if given is None:
        return
    parent = int(given)

    def watch() -> None:
        while True:
            try:
                os.kill(parent, 0)
            except ProcessLookupError:
                os._exit(1)
            time.sleep(0.5)

    threading.Thread(target=watch, daemon=True).start()
