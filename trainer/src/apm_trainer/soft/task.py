"""Training on pairs: what a step and a validation are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from apm_trainer.soft.adapter import Adapter
from apm_trainer.soft.encode import EncodedPair
from apm_trainer.soft.preference import answer_sums, losses, margins
from apm_trainer.training.checkpoint import load_tensors, save_tensors
from apm_trainer.training.loop import Epoch, Micro
from apm_trainer.training.optimizer import Parameters
from apm_trainer.training.seeds import chunks, epoch_batches
from apm_trainer.training.team import Team


class SoftTask:
    def __init__(
        self,
        adapter: Adapter,
        train: list[EncodedPair],
        validation: list[EncodedPair],
        order: list[list[list[int]]] | None,
        team: Team,
        seed: int,
    ) -> None:
        self.adapter, self._team, self._seed, self._order = adapter, team, seed, order
        self._pairs = {"train": train, "validation": validation}
        self._reference: dict[str, torch.Tensor] = {}
        self.parameters: Parameters = adapter.parameters
        if adapter.settings.gradient_checkpointing:
            adapter.network.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})

    def prepare(self, folder: Path) -> None:
        """The reference's sums, once for each pair; kept beside the checkpoint."""
        if self.adapter.settings.loss != "dpo":
            return
        path = folder / "reference.safetensors"
        found = load_tensors(path)
        if found is None:
            self._reference = {name: self._reference_of(pairs) for name, pairs in self._pairs.items()}
            if self._team.leads:
                save_tensors(path, self._reference, {})
            self._team.wait()
        else:
            self._reference = found[0]

    def batches(self, epoch: int) -> list[list[int]]:
        if self._order is not None:
            return self._order[(epoch - 1) % len(self._order)]
        return epoch_batches(len(self._pairs["train"]), self.adapter.settings.batch_size, self._seed, epoch)

    def size(self, row: int) -> int:
        return self._pairs["train"][row].tokens

    def learn(self, rows: list[int]) -> Micro:
        self.adapter.network.train()
        margin = self._margins("train", rows)
        tokens = sum(self._pairs["train"][row].tokens for row in rows)
        return Micro(losses(margin, self.adapter.settings).sum(), float((margin > 0).sum()), tokens)

    def validate(self) -> tuple[float | None, Epoch]:
        margin = self.validation_margins()
        if len(margin) == 0:
            return None, {"validationLoss": None, "validationAccuracy": None, "validationMargin": None}
        loss = float(losses(margin, self.adapter.settings).mean())
        return loss, {
            "validationLoss": loss,
            "validationAccuracy": float((margin > 0).float().mean()),
            "validationMargin": float(margin.mean()),
        }

    def validation_margins(self) -> torch.Tensor:
        """Without dropout, in the order of the pairs, whole on every process."""
        self.adapter.network.eval()
        found: dict[int, float] = {}
        with torch.no_grad():
            for _, rows in self._team.share(self._by_length(self._pairs["validation"])):
                found.update(zip(rows, self._margins("validation", rows).tolist(), strict=True))
        whole = self._team.gathered(found)
        return torch.tensor([whole[i] for i in range(len(self._pairs["validation"]))])

    def validation_ids(self) -> list[str]:
        return [pair.id for pair in self._pairs["validation"]]

    def _margins(self, split: str, rows: list[int]) -> torch.Tensor:
        pairs = [self._pairs[split][row] for row in rows]
        device = self.adapter.network.device
        embedded = torch.from_numpy(np.stack([pair.embedded for pair in pairs])).to(device)
        answers = answer_sums(self.adapter, pairs, self.adapter.soft_rows(embedded))
        reference = None
        if self._reference:
            reference = self._reference[split][:, rows].reshape(-1).to(device)
        return margins(answers, reference, self.adapter.settings)

    def _reference_of(self, pairs: Sequence[EncodedPair]) -> torch.Tensor:
        """[2, pairs]: of the better and the worse answers, under the bare base: no adapter, no soft prompt."""
        self.adapter.network.eval()
        found: dict[int, list[float]] = {}
        with torch.no_grad(), self.adapter.bare():
            for _, rows in self._team.share(self._by_length(pairs)):
                sums = answer_sums(self.adapter, [pairs[row] for row in rows], None).sums
                better, worse = sums.chunk(2)
                found.update(zip(rows, torch.stack([better, worse], dim=1).tolist(), strict=True))
        whole = self._team.gathered(found)
        return torch.tensor([whole[i] for i in range(len(pairs))]).reshape(-1, 2).T.contiguous()

    def _by_length(self, pairs: Sequence[EncodedPair]) -> list[list[int]]:
        order = sorted(range(len(pairs)), key=lambda i: (pairs[i].tokens, i))
        return chunks(order, self.adapter.settings.micro_batch)
