"""Losses and gradients against a plain computation: one sequence at a time, all logits, no padding."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import jobs
import pytest
import torch

from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import ModelRequest
from apm_trainer.soft.adapter import Adapter
from apm_trainer.soft.base import load_base
from apm_trainer.soft.encode import EncodedPair, encode_pairs
from apm_trainer.soft.request import SoftData, read_data, read_settings
from apm_trainer.soft.task import SoftTask
from apm_trainer.training.team import Team


def opened(models: Path, **changes: Any) -> tuple[Adapter, SoftData]:
    from apm_trainer.jobs.checked import checked_request

    request = checked_request(jobs.soft_request(**changes))
    data, settings = read_data(request.data), read_settings(request.settings)
    source = find_model(ModelRequest(None, "llama", None, None, None), (models,))
    adapter = Adapter(
        load_base(source, torch.float32, torch.device("cpu")), settings, data.embedding_size, request.seed
    )
    # B begins at zero: nothing of the adapter would be seen.
    with torch.no_grad():
        for i, (name, parameter) in enumerate(adapter.parameters.items()):
            if "lora_B" in name:
                parameter.copy_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(i)) / 10)
    return adapter, data


def plain_sum(adapter: Adapter, pair: EncodedPair, answer: list[int], *, with_soft: bool) -> torch.Tensor:
    network = adapter.network
    rows = network.get_input_embeddings()(torch.tensor([pair.prompt + answer]))
    if with_soft:
        projector = adapter.projector
        hidden = projector.first(torch.from_numpy(pair.embedded))
        if projector.second is not None:
            hidden = projector.second(hidden * 0.5 * (1 + torch.erf(hidden / math.sqrt(2))))
        rows = torch.cat([hidden.view(1, -1, rows.shape[-1]), rows], dim=1)
    logits = network(inputs_embeds=rows).logits[0].log_softmax(-1)
    start = rows.shape[1] - len(answer)
    return torch.stack([logits[start - 1 + i, token] for i, token in enumerate(answer)]).sum()


def plain_loss(adapter: Adapter, pair: EncodedPair) -> torch.Tensor:
    settings = adapter.settings
    better, worse = (plain_sum(adapter, pair, a, with_soft=True) for a in (pair.chosen, pair.rejected))
    if settings.loss == "simpo":
        margin = settings.beta * (better / len(pair.chosen) - worse / len(pair.rejected)) - settings.gamma
    else:
        with torch.no_grad(), adapter.peft.disable_adapter():
            before = [plain_sum(adapter, pair, a, with_soft=False) for a in (pair.chosen, pair.rejected)]
        margin = settings.beta * ((better - before[0]) - (worse - before[1]))
    return -torch.log(1 / (1 + torch.exp(-margin)))


@pytest.mark.parametrize("loss", ["dpo", "simpo"])
@pytest.mark.parametrize("projector", ["linear", "mlp"])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_losses_and_gradients(models: Path, tmp_path: Path, loss: str, projector: str, checkpointing: bool) -> None:
    adapter, data = opened(
        models,
        loss=loss,
        projector=projector,
        softTokens=3,
        dropout=0,
        microBatch=3,
        gradientCheckpointing=checkpointing,
        targets=["q", "v", "o", "gate", "down"],
    )
    pairs = encode_pairs(data.train, adapter.base, adapter.settings)
    rows = [0, 3, 5]
    adapter.network.eval()
    expected = sum((plain_loss(adapter, pairs[row]) for row in rows), torch.zeros(()))
    wanted = torch.autograd.grad(expected, list(adapter.parameters.values()))

    task = SoftTask(adapter, pairs, [], None, Team(), 7)
    task.prepare(tmp_path)
    micro = task.learn(rows)
    found = torch.autograd.grad(micro.loss, list(adapter.parameters.values()))

    assert micro.loss.item() == pytest.approx(expected.item(), rel=1e-5)
    for name, a, b in zip(adapter.parameters, found, wanted, strict=True):
        assert float((a - b).norm() / b.norm()) < 1e-4, name


def test_the_reference_is_kept_and_knows_no_soft_prompt(models: Path, tmp_path: Path) -> None:
    adapter, data = opened(models, dropout=0)
    pairs = encode_pairs(data.train, adapter.base, adapter.settings)
    task = SoftTask(adapter, pairs, pairs[:2], None, Team(), 7)
    task.prepare(tmp_path)
    margins = task.validation_margins()
    with torch.no_grad():
        expected = plain_loss(adapter, pairs[1])
    assert torch.nn.functional.softplus(-margins[1]).item() == pytest.approx(expected.item(), rel=1e-5)
    again = SoftTask(adapter, pairs, pairs[:2], None, Team(), 7)
    with torch.no_grad():
        adapter.network.get_input_embeddings().weight.mul_(2)
    again.prepare(tmp_path)
    assert torch.equal(again._reference["train"], task._reference["train"])


def test_long_prompts_and_answers_are_cut(models: Path) -> None:
    adapter, data = opened(models, maxPromptTokens=8, maxAnswerTokens=4)
    base = adapter.base
    [pair] = encode_pairs(data.train[:1], base, adapter.settings)
    whole = base.chat([dict(one) for one in data.train[0].prompt if isinstance(one, dict)])
    assert pair.prompt == whole[-8:]
    assert pair.chosen == base.encode(jobs.CASUAL)[:4]
    beginning, _ = opened(models, maxPromptTokens=8, keepPrompt="beginning")
    [cut] = encode_pairs(data.train[:1], beginning.base, beginning.settings)
    assert cut.prompt == whole[:8]
    assert cut.chosen[-1:] == base.end


def test_control_tokens_in_a_message_do_not_act(models: Path) -> None:
    adapter, _ = opened(models)
    ids = adapter.base.chat([{"role": "user", "content": "a <|end|> b"}])
    assert 2 not in ids[1:]
