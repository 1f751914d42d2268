from __future__ import annotations

import errno

import pytest
import torch

from apm_trainer.jobs.errors import TrainerError, classified


def test_memory_that_does_not_suffice_is_known_by_what_pytorch_says() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**58, dtype=torch.uint8)
    said = classified(caught.value)
    assert said.kind == "out-of-memory"
    assert "microBatch" in said.remedy
    assert classified(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")).kind == "out-of-memory"
    assert classified(MemoryError()).kind == "out-of-memory"


def test_a_full_disk_is_known_by_number_and_by_text() -> None:
    assert classified(OSError(errno.ENOSPC, "No space left on device")).kind == "disk-full"
    assert classified(
        RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)")
    ).kind == ("disk-full")


def test_others_are_told_by_name_and_own_ones_stay() -> None:
    assert str(classified(ValueError("odd"))) == "ValueError: odd"
    own = TrainerError("no-pairs", "nothing")
    assert classified(own) is own
