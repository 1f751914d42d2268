"""Adapters after training: their files, their answers, and the merged checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import PeftModel
from test_preference import opened
from transformers import AutoModelForCausalLM

from apm_trainer.cli import main
from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import ModelSource
from apm_trainer.jobs.request import ModelRequest
from apm_trainer.soft.adapter import Adapter
from apm_trainer.soft.adapter_files import read_adapter, write_adapter
from apm_trainer.soft.answers import AnswerRequest, Sampling
from apm_trainer.soft.generate import generate_answers

VECTOR = np.asarray([1.0, 0.5, 0.1], dtype=np.float32)


def asked(i: int, temperature: float = 0.0, **changes: Any) -> AnswerRequest:
    values: dict[str, Any] = {
        "id": str(i),
        "messages": [{"role": "user", "content": "tell me more " * (1 + i % 5)}],
        "embedded": VECTOR * (-1) ** i,
        "seed": i,
        "sampling": Sampling(temperature, 1.0, 0, 0.0),
        "max_tokens": 10 + i,
        "stop": (),
    }
    return AnswerRequest(**{**values, **changes})


def written(adapter: Adapter, folder: Path, models: Path) -> list[dict[str, Any]]:
    request = ModelRequest(None, "llama", None, None, "of the base")
    return write_adapter(
        folder, adapter, {"id": "e", "identity": "e@1"}, ModelSource(str(models / "llama"), None, None, request)
    )


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_an_answer_is_the_same_alone_and_in_any_company(models: Path, temperature: float) -> None:
    adapter, _ = opened(models, softTokens=2)
    requests = [asked(i, temperature) for i in range(7)]
    together = generate_answers(adapter, requests, at_once=7)
    assert together == generate_answers(adapter, requests, at_once=2)
    assert together == [generate_answers(adapter, [one], 1)[0] for one in requests]
    assert len({record["text"] for record in together}) > 1
    for request, record in zip(requests, together, strict=True):
        assert record["outputTokens"] <= request.max_tokens


def test_greedy_answers_are_those_of_a_loop_without_a_cache(models: Path) -> None:
    adapter, _ = opened(models, softTokens=2)
    request = asked(3)
    [record] = generate_answers(adapter, [request], 1)
    ids = adapter.base.chat([dict(one) for one in request.messages if isinstance(one, dict)])
    embed = adapter.network.get_input_embeddings()
    written_ids: list[int] = []
    with torch.no_grad():
        soft = adapter.soft_rows(torch.from_numpy(request.embedded[None]))  # type: ignore[index]
        while len(written_ids) < request.max_tokens:
            rows = torch.cat([soft, embed(torch.tensor([ids + written_ids]))], 1)
            token = int(adapter.network(inputs_embeds=rows).logits[0, -1].argmax())
            if token in adapter.base.stops:
                break
            written_ids.append(token)
    assert record["text"] == adapter.base.tokenizer.decode(written_ids, skip_special_tokens=True)
    assert record["inputTokens"] == 2 + len(ids)


def test_an_answer_ends_before_a_stop_mark(models: Path) -> None:
    adapter, _ = opened(models)
    [whole] = generate_answers(adapter, [asked(1, max_tokens=30)], 1)
    mark = whole["text"][5:8]
    [cut] = generate_answers(adapter, [asked(1, max_tokens=30, stop=(mark,))], 1)
    assert cut["text"] == whole["text"][: whole["text"].index(mark)]
    assert cut["finishReason"] == "stop"
    assert cut["outputTokens"] < whole["outputTokens"]


def test_a_request_that_cannot_be_answered_spoils_no_other(models: Path) -> None:
    adapter, _ = opened(models)
    long = asked(0, messages=[5] * 400)
    wrong = asked(1, embedded=VECTOR[:2])
    records = generate_answers(adapter, [long, asked(2), wrong], 3)
    assert "leaves no room" in records[0]["error"]["message"]
    assert "text" in records[1]
    assert "for a projector of 3" in records[2]["error"]["message"]


def test_files_hold_all_of_an_adapter(models: Path, tmp_path: Path) -> None:
    adapter, _ = opened(models, projector="mlp", softTokens=2)
    files = written(adapter, tmp_path, models)
    assert sorted(file["name"] for file in files) == sorted(path.name for path in tmp_path.iterdir())
    other, _ = opened(models, projector="mlp", softTokens=2)
    with torch.no_grad():
        for parameter in other.parameters.values():
            parameter.zero_()
    other.load(read_adapter(tmp_path))
    for name, parameter in adapter.parameters.items():
        assert torch.equal(parameter, other.parameters[name])
    narrow, _ = opened(models, projector="linear", softTokens=2)
    with pytest.raises(TrainerError, match="the adapter does not fit"):
        narrow.load(read_adapter(tmp_path))


def test_peft_reads_the_adapter_and_merging_changes_nothing(models: Path, tmp_path: Path) -> None:
    adapter, _ = opened(models)
    written(adapter, tmp_path / "adapter", models)
    ids = torch.tensor([[5, 90, 120, 33]])
    adapter.network.eval()
    with torch.no_grad():
        expected = adapter.network(input_ids=ids).logits
        base = AutoModelForCausalLM.from_pretrained(models / "llama")
        plain = base(input_ids=ids).logits
        peft = PeftModel.from_pretrained(base, str(tmp_path / "adapter")).eval()(input_ids=ids).logits
        assert (
            main(["merge", str(tmp_path / "adapter"), "--base", str(models / "llama"), "--out", str(tmp_path / "m")])
            == 0
        )
        merged = AutoModelForCausalLM.from_pretrained(tmp_path / "m")(input_ids=ids).logits
    assert (expected - plain).abs().max() > 1e-2
    assert (expected - peft).abs().max() < 1e-5
    assert (expected - merged).abs().max() < 1e-4
