"""Strict reading of JSON objects: every key is known, of its type and within its bounds."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import Any

from apm_trainer.jobs.errors import TrainerError

_REQUIRED: Any = object()


class Fields:
    """One object of a request; `close` refuses the keys that nobody asked for."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise bad(where, f"must be an object, not {_named(value)}")
        self._value: dict[str, Any] = value
        self._known: set[str] = set()
        self.where = where

    def get(self, key: str, default: object = _REQUIRED) -> Any:
        self._known.add(key)
        found = self._value.get(key, default)
        if found is _REQUIRED:
            raise bad(self.where, f'lacks "{key}"')
        return found

    def has(self, key: str) -> bool:
        self._known.add(key)
        return self._value.get(key) is not None

    def text(self, key: str, default: object = _REQUIRED) -> str:
        found = self.get(key, default)
        if not isinstance(found, str):
            raise self._wrong(key, "a text", found)
        return found

    def flag(self, key: str, default: bool) -> bool:
        found = self.get(key, default)
        if not isinstance(found, bool):
            raise self._wrong(key, "true or false", found)
        return found

    def choice(self, key: str, choices: tuple[str, ...], default: object = _REQUIRED) -> str:
        found = self.get(key, default)
        if found not in choices:
            raise self._wrong(key, f"one of {', '.join(choices)}", found)
        return str(found)

    def integer(self, key: str, default: object = _REQUIRED, low: int = 0, high: int = 2**53) -> int:
        found = self.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            raise self._wrong(key, f"a whole number from {low} to {high}", found)
        return found

    def number(self, key: str, default: object = _REQUIRED, low: float = 0.0, high: float = math.inf) -> float:
        found = self.get(key, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not low <= found <= high:
            raise self._wrong(key, f"a number from {low:g} to {high:g}", found)
        return float(found)

    def items(self, key: str, default: object = _REQUIRED) -> list[Any]:
        found = self.get(key, default)
        if not isinstance(found, list):
            raise self._wrong(key, "a list", found)
        return found

    def close(self) -> None:
        for key in self._value:
            if key in self._known:
                continue
            near = get_close_matches(key, sorted(self._known), n=1)
            raise bad(self.where, f'unknown key "{key}"' + (f'; did you mean "{near[0]}"?' if near else ""))

    def _wrong(self, key: str, wanted: str, found: object) -> TrainerError:
        return bad(f"{self.where}.{key}", f"must be {wanted}, not {_named(found)}")


def bad(where: str, what: str) -> TrainerError:
    return TrainerError("bad-request", f"{where}: {what}", "see docs/trainer-protocol.md for the form of a request")


def _named(value: object) -> str:
    if value is None or isinstance(value, (bool, int, float)):
        return {True: "true", False: "false", None: "null"}.get(value, repr(value))  # type: ignore[arg-type]
    if isinstance(value, str):
        return f'"{value[:40]}"'
    return "a list" if isinstance(value, list) else "an object"
