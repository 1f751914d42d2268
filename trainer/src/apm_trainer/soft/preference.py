"""Log-probabilities of answers, and the losses made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy, softplus

from apm_trainer.soft.adapter import Adapter
from apm_trainer.soft.encode import EncodedPair
from apm_trainer.soft.request import SoftSettings


@dataclass
class Answers:
    """Of 2B answers, the better B first: summed log-probabilities and numbers of tokens."""

    sums: torch.Tensor
    lengths: torch.Tensor


def answer_sums(adapter: Adapter, pairs: Sequence[EncodedPair], soft: torch.Tensor | None) -> Answers:
    """
    The sequences are [soft vectors][prompt][answer], padded on the right. Logits are computed at the answers' positions
    alone, log-softmax in 32 bits.

    `soft` is [B, n, D], or None for prompts without soft vectors.
    """
    network = adapter.network
    device = network.device
    sequences = [(pair.prompt, pair.chosen) for pair in pairs] + [(pair.prompt, pair.rejected) for pair in pairs]
    before = 0 if soft is None else soft.shape[1]
    width = max(len(prompt) + len(answer) for prompt, answer in sequences)
    ids = torch.zeros(len(sequences), width, dtype=torch.long)
    mask = torch.zeros(len(sequences), before + width, dtype=torch.long)
    asked = torch.zeros(len(sequences), before + width, dtype=torch.bool)
    for i, (prompt, answer) in enumerate(sequences):
        length, start = len(prompt) + len(answer), before + len(prompt) - 1
        ids[i, :length] = torch.tensor(prompt + answer)
        mask[i, : before + length] = 1
        asked[i, start : start + len(answer)] = True
    rows = network.get_input_embeddings()(ids.to(device))
    if soft is not None:
        rows = torch.cat([torch.cat([soft, soft]), rows], dim=1)
    asked = asked.to(device)
    logits = network(inputs_embeds=rows, attention_mask=mask.to(device), logits_to_keep=asked, use_cache=False).logits
    targets = torch.tensor([token for _, answer in sequences for token in answer], device=device)
    lengths = torch.tensor([len(answer) for _, answer in sequences], device=device)
    log_probabilities = -cross_entropy(logits.float(), targets, reduction="none")
    owner = torch.repeat_interleave(torch.arange(len(sequences), device=device), lengths)
    sums = torch.zeros(len(sequences), device=device).index_add(0, owner, log_probabilities)
    return Answers(sums, lengths)


def margins(answers: Answers, reference: torch.Tensor | None, settings: SoftSettings) -> torch.Tensor:
    """
    By how much each pair's better answer is preferred, [B], before SimPO's gamma.
    - DPO (Rafailov et al. 2023, eq. 7): beta ((log p_w - log p_l) - (log ref_w - log ref_l)), summed log-probabilities
    - SimPO (Meng et al. 2024, eq. 6): beta (log p_w / |w| - log p_l / |l|)
    """
    if settings.loss == "simpo":
        return settings.beta * _difference(answers.sums / answers.lengths)
    if reference is None:
        raise ValueError("DPO needs the reference's log-probabilities")
    return settings.beta * _difference(answers.sums - reference)


def losses(margin: torch.Tensor, settings: SoftSettings) -> torch.Tensor:
    """-log sigmoid(margin - offset), [B]."""
    offset = settings.gamma if settings.loss == "simpo" else 0.0
    return softplus(offset - margin)


def _difference(both: torch.Tensor) -> torch.Tensor:
    better, worse = both.chunk(2)
    return better - worse
