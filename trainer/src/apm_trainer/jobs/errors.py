"""Errors that a user can do something about, and how others are told apart."""

from __future__ import annotations

import errno
from typing import Literal, TypedDict

Kind = Literal[
    "out-of-memory",
    "killed",
    "stopped",
    "disk-full",
    "bad-request",
    "not-allowed",
    "unsafe-weights",
    "no-model",
    "no-pairs",
    "wrong-token",
    "unknown",
    "conflict",
    "too-large",
    "internal",
]

EXIT_CODES: dict[Kind, int] = {
    "internal": 1,
    "bad-request": 64,
    "no-model": 66,
    "no-pairs": 65,
    "out-of-memory": 71,
    "disk-full": 74,
    "conflict": 75,
    "not-allowed": 77,
    "unsafe-weights": 78,
    "stopped": 79,
}
"""What a worker exits with, so that its end can be told even where nothing could be written."""


class ErrorRecord(TypedDict, total=False):
    kind: str
    message: str
    remedy: str


class TrainerError(Exception):
    """What happened, and what to do about it."""

    def __init__(self, kind: Kind, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.remedy = remedy

    def record(self) -> ErrorRecord:
        said: ErrorRecord = {"kind": self.kind, "message": str(self)}
        if self.remedy:
            said["remedy"] = self.remedy
        return said


REMEDIES: dict[Kind, str] = {
    "out-of-memory": "lower microBatch, maxTokens or maxAnswerTokens, or turn gradientCheckpointing on; "
    "then ask again: training goes on from its last checkpoint",
    "killed": "ask again: training goes on from its last checkpoint; lower microBatch if the memory ran out",
    "stopped": "ask again: training goes on from where it stopped",
    "disk-full": "make room below the work folder, then ask again: training goes on from its last checkpoint",
    "internal": "see log.txt in the job's folder",
}

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_NO_ROOM_TEXTS = ("No space left on device", "File too large", "Disk quota exceeded", "os error 28", "os error 27")
_NO_MEMORY_TEXTS = ("out of memory", "can't allocate memory", "Cannot allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")


def classified(error: BaseException) -> TrainerError:
    """Any exception as one of the kinds above. Memory and disk are known by type, number or text of the error."""
    if isinstance(error, TrainerError):
        return error
    text = str(error).strip() or type(error).__name__
    number = error.errno if isinstance(error, OSError) else None
    kind: Kind = "internal"
    if number in _NO_ROOM or any(mark in text for mark in _NO_ROOM_TEXTS):
        kind, text = "disk-full", f"there is no room to write: {text}"
    elif isinstance(error, MemoryError) or any(mark in text for mark in _NO_MEMORY_TEXTS):
        kind, text = "out-of-memory", f"the memory does not suffice: {text.splitlines()[0]}"
    else:
        text = f"{type(error).__name__}: {text}"
    return TrainerError(kind, text, REMEDIES[kind])
