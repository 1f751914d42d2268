from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jobs
import numpy as np
import pytest

from apm_trainer.jobs.checked import checked_request
from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.request import identity_of, read_json
from apm_trainer.soft.answers import read_answer_requests
from apm_trainer.soft.request import read_settings, read_vector


def changed(request: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, last = path.split(".")
    at: Any = request
    for part in parents:
        at = at[int(part)] if isinstance(at, list) else at[part]
    at[last] = value
    return request


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("settings.learningrate", 1, 'settings: unknown key "learningrate"; did you mean "learningRate"?'),
        ("settings.epochs", 1.5, "settings.epochs: must be a whole number"),
        ("settings.epochs", True, "settings.epochs: must be a whole number"),
        ("settings.loss", "ipo", "settings.loss: must be one of dpo, simpo"),
        ("settings.targets", ["q", "x"], "settings.targets: must be some of"),
        ("protocol", 2, "this trainer speaks protocol 1, the request 2"),
        ("kind", "llm", "request.kind: must be one of encoder-router, soft-prompt"),
        ("model", {"path": "a", "name": "b"}, 'model: needs either "name" (of the hub) or "path"'),
        ("extra", 1, 'request: unknown key "extra"'),
        ("data.train", [], "data.train: has no pairs"),
        ("data.train.0.embedded", [1.0, 2.0], "numbers, not"),
        ("data.train.0.embedded", "!!", "data.train[0].embedded: is no base64"),
        ("data.train.0.chosen", [], "data.train[0].chosen: must be a text, or token ids"),
        ("data.train.0.prompt", [{"role": "user"}], "data.train[0].prompt: must be messages"),
        ("data.order", [[[99]]], "data.order: must hold rows from 0 to 15"),
        ("seed", "7", 'request.seed: must be a whole number from 0 to 9007199254740992, not "7"'),
    ],
)
def test_soft_prompt_requests_say_what_is_wrong(path: str, value: Any, said: str) -> None:
    with pytest.raises(TrainerError) as refused:
        checked_request(changed(jobs.soft_request(), path, value))
    assert refused.value.kind == "bad-request"
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("data.train.0.target", 4, "data.train[0].target: must be a label's index from 0 to 3"),
        ("data.train.0.target", [1, 0], "data.train[0].target: must be a label's index or 4 probabilities"),
        ("data.train.0.target", [0.5, 0, 0, 0], "must add up to 1, not 0.5"),
        ("data.train.0.id", "u1", 'two users are called "u1"'),
        ("data.labels", ["a", "a"], "data.labels: must be two or more different texts"),
        ("data.test.0.target", 1, 'data.test[0]: unknown key "target"'),
        ("settings.keep", "first", "settings.keep: must be one of last, best"),
    ],
)
def test_encoder_requests_say_what_is_wrong(path: str, value: Any, said: str) -> None:
    with pytest.raises(TrainerError) as refused:
        checked_request(changed(jobs.encoder_request(), path, value))
    assert refused.value.kind == "bad-request"
    assert said in str(refused.value)


def test_a_damaged_file_is_no_request(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_bytes(b'{"kind": "soft-pro')
    with pytest.raises(TrainerError, match="is not JSON"):
        read_json(tmp_path / "request.json")
    with pytest.raises(TrainerError, match="request: must be an object"):
        checked_request([])


def test_optimizer_chooses_defaults_that_single_keys_override() -> None:
    def settings(**keys: Any) -> Any:
        return read_settings(checked_request({**jobs.soft_request(), "settings": keys}).settings)

    ours, paper = settings(), settings(optimizer="paper")
    assert (ours.schedule, ours.warmup, ours.weight_decay, ours.keep) == ("linear", 0.1, 0.0, "best")
    assert (paper.schedule, paper.warmup, paper.weight_decay, paper.keep) == ("constant", 0.0, 0.01, "last")
    assert settings(optimizer="paper", warmup=0.2).warmup == 0.2
    assert settings().beta == 0.1
    assert settings(loss="simpo").beta == 2.0


def test_vectors_come_as_numbers_or_as_bytes() -> None:
    numbers = [0.25, -3.5, 1e-3]
    text = base64.b64encode(np.asarray(numbers, dtype="<f4").tobytes()).decode()
    assert read_vector(text, "v").tolist() == read_vector(numbers, "v").tolist()
    infinite = base64.b64encode(np.asarray([np.inf], dtype="<f4").tobytes()).decode()
    with pytest.raises(TrainerError, match="not finite"):
        read_vector(infinite, "v")


def test_what_an_answer_request_says_itself_goes_first() -> None:
    prompt = [{"role": "user", "content": "hi"}]
    body = {
        "sampling": {"temperature": 0.5, "topP": 0.9},
        "maxTokens": 7,
        "requests": [{"id": "a", "messages": prompt}, {"id": "b", "messages": prompt, "sampling": {"temperature": 1}}],
    }
    one, other = read_answer_requests(body)
    assert (one.sampling.temperature, one.sampling.top_p, one.max_tokens) == (0.5, 0.9, 7)
    assert (other.sampling.temperature, other.sampling.top_p) == (1.0, 0.9)
    with pytest.raises(TrainerError, match="1024 are taken at once"):
        read_answer_requests({"requests": [{}] * 1025})


def test_the_identity_of_a_request_does_not_depend_on_its_spelling() -> None:
    assert identity_of({"a": 1, "b": [1, 2]}) == identity_of({"b": [1, 2], "a": 1})
    assert identity_of({"a": 1}) != identity_of({"a": 2})
