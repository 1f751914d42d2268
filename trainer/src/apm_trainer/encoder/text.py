"""What the encoder reads of a user."""

from __future__ import annotations

from collections.abc import Sequence


def history_text(history: Sequence[str]) -> str:
    """Each prompt in a tag of its own, apart by a blank line; no answers, not the prompt that is to be answered."""
    return "\n\n".join(f"<prompt_{i}>\n{prompt}\n</prompt_{i}>" for i, prompt in enumerate(history, start=1))
