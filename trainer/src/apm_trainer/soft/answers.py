"""What a request for answers says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apm_trainer.jobs.fields import Fields, bad
from apm_trainer.soft.request import Message, Vector, read_prompt, read_vector

MOST_REQUESTS = 1024


@dataclass(frozen=True)
class Sampling:
    temperature: float
    """0: greedy."""
    top_p: float
    top_k: int
    """0: all tokens."""
    min_p: float


@dataclass(frozen=True)
class AnswerRequest:
    id: str
    messages: list[Message] | list[int]
    embedded: Vector | None
    seed: int
    sampling: Sampling
    max_tokens: int
    stop: tuple[str, ...]


def read_answer_requests(body: object) -> list[AnswerRequest]:
    """What a request says itself goes before what stands beside `requests`."""
    fields = Fields(body, "answers")
    shared = _sampling(Fields(fields.get("sampling", {}), "answers.sampling"), Sampling(0.0, 1.0, 0, 0.0))
    max_tokens = fields.integer("maxTokens", 1024, low=1)
    values = fields.items("requests")
    fields.close()
    if len(values) > MOST_REQUESTS:
        raise bad("answers.requests", f"holds {len(values)} requests; {MOST_REQUESTS} are taken at once")
    return [_request(value, f"answers.requests[{i}]", shared, max_tokens) for i, value in enumerate(values)]


def _request(value: object, where: str, shared: Sampling, max_tokens: int) -> AnswerRequest:
    fields = Fields(value, where)
    stop: list[Any] = fields.items("stop", [])
    if not all(isinstance(mark, str) and mark for mark in stop):
        raise bad(f"{where}.stop", "must be texts")
    embedded = read_vector(fields.get("embedded"), f"{where}.embedded") if fields.has("embedded") else None
    request = AnswerRequest(
        id=fields.text("id"),
        messages=read_prompt(fields.get("messages"), f"{where}.messages"),
        embedded=embedded,
        seed=fields.integer("seed", 0),
        sampling=_sampling(Fields(fields.get("sampling", {}), f"{where}.sampling"), shared),
        max_tokens=fields.integer("maxTokens", max_tokens, low=1),
        stop=tuple(stop),
    )
    fields.close()
    return request


def _sampling(fields: Fields, default: Sampling) -> Sampling:
    sampling = Sampling(
        temperature=fields.number("temperature", default.temperature),
        top_p=fields.number("topP", default.top_p, low=1e-9, high=1.0),
        top_k=fields.integer("topK", default.top_k),
        min_p=fields.number("minP", default.min_p, high=1.0),
    )
    fields.close()
    return sampling
