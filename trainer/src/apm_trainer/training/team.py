"""The processes that train together: one a device, started by `accelerate launch --multi_gpu`; usually one alone."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence
from typing import Any, TypeVar

import torch
import torch.distributed as distributed
from accelerate import PartialState

T = TypeVar("T")


class Team:
    def __init__(self) -> None:
        # Several processes without a GPU: told so, or each would work alone.
        several = int(os.environ.get("WORLD_SIZE", "1")) > 1
        self._state = PartialState(cpu=several and not torch.cuda.is_available())
        self.device: torch.device = torch.device(self._state.device)
        self.size: int = self._state.num_processes
        self.rank: int = self._state.process_index

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def share(self, items: Sequence[T]) -> list[tuple[int, T]]:
        """This process's part of a list, each item with its place in it."""
        return list(enumerate(items))[self.rank :: self.size]

    def add_up(self, tensors: Sequence[torch.Tensor]) -> None:
        """Replaces every tensor by its sum over the processes, in one message."""
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([tensor.reshape(-1).float() for tensor in tensors])
        distributed.all_reduce(flat)
        at = 0
        for tensor in tensors:
            tensor.copy_(flat[at : at + tensor.numel()].view_as(tensor))
            at += tensor.numel()

    def sums(self, numbers: Sequence[float]) -> list[float]:
        if self.size == 1:
            return list(numbers)
        # Not every device has double precision; these are few.
        gathered: list[Any] = [None] * self.size
        distributed.all_gather_object(gathered, list(numbers))
        return [sum(column) for column in zip(*gathered, strict=True)]

    def gathered(self, part: dict[int, T]) -> dict[int, T]:
        """The parts of all processes, by place."""
        if self.size == 1:
            return part
        parts: list[Any] = [None] * self.size
        distributed.all_gather_object(parts, part)
        return {place: value for one in parts for place, value in one.items()}

    def any(self, flag: bool) -> bool:
        return self.sums([float(flag)])[0] > 0

    def wait(self) -> None:
        self._state.wait_for_everyone()

    def close(self) -> None:
        if distributed.is_available() and distributed.is_initialized():
            distributed.destroy_process_group()

    def peak_bytes(self) -> int:
        """Of this process: the GPU's memory where there is one, else the main memory."""
        if self.device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self.device))
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def has_bfloat16(device: torch.device) -> bool:
    """In hardware: emulation is slower than 32 bits."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def precision_of(wanted: str, device: torch.device) -> torch.dtype:
    """`auto`: bfloat16 on a GPU that has it; `bfloat16` is honoured everywhere."""
    if wanted == "bfloat16" or (wanted == "auto" and has_bfloat16(device)):
        return torch.bfloat16
    return torch.float32


def precision_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
