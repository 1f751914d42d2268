"""How fast it goes, and how long it will take. Tells; decides nothing that is computed."""

from __future__ import annotations

import time


class Clock:
    def __init__(self, steps: int) -> None:
        self._steps = max(steps, 0)
        self._begin = time.monotonic()
        self._done = 0
        self._tokens = 0

    def step(self, tokens: int) -> None:
        self._done += 1
        self._tokens += tokens

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begin

    @property
    def tokens_per_second(self) -> float:
        return self._tokens / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        return None if self._done == 0 else (self._steps - self._done) * self.seconds / self._done
