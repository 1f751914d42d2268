"""Answers by batched generation: [soft vectors][prompt] padded on the left, then token by token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from apm_trainer.jobs.errors import TrainerError, classified
from apm_trainer.jobs.fields import bad
from apm_trainer.soft.adapter import Adapter
from apm_trainer.soft.answers import AnswerRequest
from apm_trainer.soft.base import Base
from apm_trainer.soft.encode import prompt_ids
from apm_trainer.soft.sampling import Draw, SeededChoice

Row = tuple[AnswerRequest, torch.Tensor]
"""A request and its embeddings, [n + tokens, D]."""


class RowsDone(StoppingCriteria):
    """A row is done at its own limit of tokens, or where its text holds one of its stop marks."""

    def __init__(self, requests: Sequence[AnswerRequest], tokenizer: Any) -> None:
        self._requests, self._tokenizer = requests, tokenizer

    def __call__(self, input_ids: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
        done = [self._is_done(request, row) for request, row in zip(self._requests, input_ids, strict=True)]
        return torch.tensor(done, device=input_ids.device)

    def _is_done(self, request: AnswerRequest, row: torch.Tensor) -> bool:
        if len(row) >= request.max_tokens:
            return True
        if not request.stop:
            return False
        text = self._tokenizer.decode(row, skip_special_tokens=True)
        return any(mark in text for mark in request.stop)


def generate_answers(adapter: Adapter, requests: Sequence[AnswerRequest], at_once: int) -> list[dict[str, Any]]:
    """One record a request, in their order; one that cannot be answered has an `error` instead of a text."""
    adapter.network.eval()
    records: list[dict[str, Any]] = [{} for _ in requests]
    rows: list[tuple[int, Row]] = []
    with torch.no_grad():
        for i, request in enumerate(requests):
            try:
                rows.append((i, (request, _embeddings(adapter, request))))
            except TrainerError as refused:
                records[i] = {"id": request.id, "error": refused.record()}
        # Of like length, so that little is padded.
        rows.sort(key=lambda item: (len(item[1][1]), item[0]))
        for at in range(0, len(rows), at_once):
            part = rows[at : at + at_once]
            for (i, _), record in zip(part, _batch(adapter, [row for _, row in part]), strict=True):
                records[i] = record
    return records


def _embeddings(adapter: Adapter, request: AnswerRequest) -> torch.Tensor:
    base, network = adapter.base, adapter.network
    tokens, _ = prompt_ids(request.messages, base)
    room = base.longest - len(tokens) - (adapter.settings.soft_tokens if request.embedded is not None else 0)
    if not tokens or room <= 0:
        raise bad(request.id, f"a prompt of {len(tokens)} tokens leaves no room in {base.longest} positions")
    rows: torch.Tensor = network.get_input_embeddings()(torch.tensor(tokens, device=network.device))
    if request.embedded is None:
        return rows
    expected = adapter.projector.first.in_features
    if len(request.embedded) != expected:
        raise bad(request.id, f"a vector of {len(request.embedded)} numbers for a projector of {expected}")
    soft = adapter.soft_rows(torch.from_numpy(request.embedded[None]).to(network.device))[0]
    return torch.cat([soft, rows])


def _batch(adapter: Adapter, rows: list[Row]) -> list[dict[str, Any]]:
    """In halves where the memory does not suffice for all."""
    try:
        return _generate(adapter, rows)
    except (RuntimeError, MemoryError) as cause:
        if classified(cause).kind != "out-of-memory" or len(rows) == 1:
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    half = len(rows) // 2
    return _batch(adapter, rows[:half]) + _batch(adapter, rows[half:])


def _generate(adapter: Adapter, rows: list[Row]) -> list[dict[str, Any]]:
    base, network = adapter.base, adapter.network
    requests = [request for request, _ in rows]
    width = max(len(embedded) for _, embedded in rows)
    inputs = torch.zeros(len(rows), width, base.hidden_size, dtype=network.dtype, device=network.device)
    mask = torch.zeros(len(rows), width, dtype=torch.long, device=network.device)
    for i, (_, embedded) in enumerate(rows):
        inputs[i, width - len(embedded) :] = embedded
        mask[i, width - len(embedded) :] = 1
    most = min(max(request.max_tokens for request in requests), base.longest - width)
    padding = base.tokenizer.pad_token_id
    config = GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=max(most, 1),
        do_sample=False,
        num_beams=1,
        repetition_penalty=1.0,
        eos_token_id=base.stops or None,
        pad_token_id=padding if padding is not None else (base.stops or [0])[0],
    )
    choice = SeededChoice([Draw(request.sampling, request.seed) for request in requests])
    ids = network.generate(
        inputs_embeds=inputs,
        attention_mask=mask,
        generation_config=config,
        logits_processor=LogitsProcessorList([choice]),
        stopping_criteria=StoppingCriteriaList([RowsDone(requests, base.tokenizer)]),
    )
    return [
        _record(base, request, row.tolist(), len(embedded)) for (request, embedded), row in zip(rows, ids, strict=True)
    ]


def _record(base: Base, request: AnswerRequest, ids: list[int], input_tokens: int) -> dict[str, Any]:
    ids = ids[: request.max_tokens]
    end = next((i for i, token in enumerate(ids) if token in base.stops), None)
    steps = len(ids) if end is None else end + 1
    text = base.tokenizer.decode(ids[:end], skip_special_tokens=True, clean_up_tokenization_spaces=False)
    cuts = [at for at in (text.find(mark) for mark in request.stop) if at >= 0]
    return {
        "id": request.id,
        "text": text[: min(cuts)] if cuts else text,
        "finishReason": "stop" if end is not None or cuts else "length",
        "inputTokens": input_tokens,
        "outputTokens": steps,
    }
