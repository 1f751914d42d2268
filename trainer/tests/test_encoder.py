from __future__ import annotations

from pathlib import Path

import jobs
import pytest
import torch

from apm_trainer.encoder.classifier import load_classifier
from apm_trainer.encoder.request import read_data, read_settings
from apm_trainer.encoder.task import EncoderTask, cross_entropy
from apm_trainer.encoder.text import history_text
from apm_trainer.jobs.checked import checked_request
from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import find_model
from apm_trainer.training.team import Team


def test_each_prompt_has_a_tag_of_its_own() -> None:
    assert history_text(["a", "b\nc"]) == "<prompt_1>\na\n</prompt_1>\n\n<prompt_2>\nb\nc\n</prompt_2>"


def task_of(models: Path, max_tokens: int = 8192) -> EncoderTask:
    request = checked_request(jobs.encoder_request(maxTokens=max_tokens))
    data, settings = read_data(request.data), read_settings(request.settings)
    classifier = load_classifier(find_model(request.model, (models,)), 4, seed=3)
    return EncoderTask(classifier, data, settings, Team(), torch.float32, 7)


def test_the_loss_is_a_cross_entropy_for_soft_labels_too() -> None:
    """The library's own would silently be a binary one (its labels are floats)."""
    logits = torch.tensor([[1.0, 2.0, -1.0], [0.0, 0.5, 0.2]])
    targets = torch.tensor([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]])
    expected = torch.nn.CrossEntropyLoss(reduction="sum")(logits, targets)
    assert cross_entropy(logits.log_softmax(-1), targets).item() == pytest.approx(expected.item())
    binary = torch.nn.BCEWithLogitsLoss(reduction="sum")(logits, targets)
    assert abs(binary.item() - expected.item()) > 0.1


def test_padding_and_company_change_no_probability(models: Path) -> None:
    task = task_of(models)
    ids = [*task.encoded["train"].ids, task.encoded["test"].ids[0] * 4]
    together = task.predict(ids)
    alone = torch.cat([task.predict([one]) for one in ids])
    assert together.sub(alone).abs().max().item() < 1e-5


def test_tokens_are_averaged_without_padding_and_its_own_head_is_used(models: Path) -> None:
    task = task_of(models)
    network = task._classifier.network.eval()
    ids = torch.tensor([task.encoded["train"].ids[0]])
    with torch.no_grad():
        hidden = network.model(input_ids=ids).last_hidden_state.mean(1)  # type: ignore[operator]
        expected = network.classifier(network.head(hidden)).log_softmax(-1)  # type: ignore[operator]
    assert task.predict(ids.tolist()).sub(expected).abs().max().item() < 1e-5


def test_texts_are_cut_to_the_tokens_that_are_wanted_or_possible(models: Path) -> None:
    task = task_of(models, max_tokens=12)
    assert max(map(len, task.encoded["train"].ids)) == 12
    assert task.encoded["train"].cut == 16
    assert task_of(models).encoded["train"].cut == 0
    assert task_of(models)._classifier.longest == 256


def test_the_head_is_drawn_from_the_seed(models: Path) -> None:
    request = checked_request(jobs.encoder_request())
    source = find_model(request.model, (models,))
    one, same, other = (
        load_classifier(source, 4, seed).network.state_dict()["classifier.weight"] for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_decoder_is_refused(tmp_path: Path) -> None:
    request = jobs.encoder_request()
    request["model"] = {"path": "llama.gguf"}
    (tmp_path / "llama.gguf").write_bytes(b"")
    with pytest.raises(TrainerError, match=r"is no encoder|cannot be loaded"):
        load_classifier(find_model(checked_request(request).model, (tmp_path,)), 4, 1)
