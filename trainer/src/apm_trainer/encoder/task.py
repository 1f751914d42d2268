"""Fine-tuning a classifier on users' texts: what a step and a validation are."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import log_softmax

from apm_trainer.encoder.classifier import Classifier
from apm_trainer.encoder.request import EncoderData, EncoderSettings, User
from apm_trainer.encoder.text import history_text
from apm_trainer.training.loop import Epoch, Micro
from apm_trainer.training.optimizer import Parameters
from apm_trainer.training.seeds import chunks, epoch_batches
from apm_trainer.training.team import Team

MEASURED_AT_ONCE = 16
"""Texts; without gradients they take far less memory than in training."""


class Encoded:
    """Texts as tokens, cut at the end."""

    def __init__(self, users: Sequence[User], classifier: Classifier, max_tokens: int) -> None:
        limit = min(max_tokens, classifier.longest)
        texts = [history_text(user.history) for user in users]
        whole = classifier.tokenizer(texts, truncation=False, verbose=False)["input_ids"] if texts else []
        cut = classifier.tokenizer(texts, truncation=True, max_length=limit)["input_ids"] if texts else []
        self.ids: list[list[int]] = cut
        self.cut = sum(len(a) > len(b) for a, b in zip(whole, cut, strict=True))


class EncoderTask:
    def __init__(
        self,
        classifier: Classifier,
        data: EncoderData,
        settings: EncoderSettings,
        team: Team,
        precision: torch.dtype,
        seed: int,
    ) -> None:
        self._classifier, self._settings, self._team = classifier, settings, team
        self._precision, self._seed = precision, seed
        self.encoded = {split: Encoded(users, classifier, settings.max_tokens) for split, users in data.users.items()}
        self._targets = {
            split: torch.tensor([user.target for user in data.users[split]], dtype=torch.float32, device=team.device)
            for split in ("train", "validation")
        }
        classifier.network.to(team.device)
        self.parameters: Parameters = {
            name: parameter for name, parameter in classifier.network.named_parameters() if parameter.requires_grad
        }

    def batches(self, epoch: int) -> list[list[int]]:
        size = self._settings.micro_batch * self._settings.accumulate
        return epoch_batches(len(self.encoded["train"].ids), size, self._seed, epoch)

    def size(self, row: int) -> int:
        return len(self.encoded["train"].ids[row])

    def learn(self, rows: list[int]) -> Micro:
        self._classifier.network.train()
        ids = [self.encoded["train"].ids[row] for row in rows]
        targets = self._targets["train"][rows]
        log_probabilities = self._log_probabilities(ids)
        correct = (log_probabilities.argmax(-1) == targets.argmax(-1)).sum()
        return Micro(cross_entropy(log_probabilities, targets), float(correct), sum(map(len, ids)))

    def validate(self) -> tuple[float | None, Epoch]:
        targets = self._targets["validation"]
        if len(targets) == 0:
            return None, {"validationLoss": None, "validationAccuracy": None}
        found = self.predict(self.encoded["validation"].ids).to(targets.device)
        loss = float(cross_entropy(found, targets)) / len(targets)
        accuracy = float((found.argmax(-1) == targets.argmax(-1)).float().mean())
        return loss, {"validationLoss": loss, "validationAccuracy": accuracy}

    def predict(self, ids: Sequence[list[int]]) -> torch.Tensor:
        """Log-probabilities [texts, labels], in the order of the texts, whole on every process."""
        self._classifier.network.eval()
        order = sorted(range(len(ids)), key=lambda i: (len(ids[i]), i))
        found: dict[int, Any] = {}
        with torch.no_grad():
            for _, rows in self._team.share(chunks(order, MEASURED_AT_ONCE)):
                part = self._log_probabilities([ids[row] for row in rows]).cpu()
                found.update(zip(rows, part, strict=True))
        whole = self._team.gathered(found)
        return torch.stack([whole[i] for i in range(len(ids))])

    def _log_probabilities(self, ids: Sequence[list[int]]) -> torch.Tensor:
        width = max(map(len, ids))
        padding = self._classifier.tokenizer.pad_token_id or 0
        device = self._team.device
        input_ids = torch.tensor([row + [padding] * (width - len(row)) for row in ids], device=device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids], device=device)
        reduced = self._precision != torch.float32
        with torch.autocast(device.type, self._precision) if reduced else contextlib.nullcontext():
            logits = self._classifier.logits(input_ids, mask)
        return log_softmax(logits.float(), dim=-1)


def cross_entropy(log_probabilities: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Summed over the texts; the targets are distributions, hard labels among them."""
    return -(targets * log_probabilities).sum()
