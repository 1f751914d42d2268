from __future__ import annotations

from pathlib import Path

import pytest

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import ModelRequest


def at(path: Path | str) -> ModelRequest:
    return ModelRequest(name=None, path=str(path), revision=None, gguf=None, fingerprint=None)


def named(name: str) -> ModelRequest:
    return ModelRequest(name=name, path=None, revision=None, gguf=None, fingerprint=None)


def kind_of(request: ModelRequest, *allowed: Path) -> str:
    with pytest.raises(TrainerError) as refused:
        find_model(request, allowed)
    return refused.value.kind


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "given" / "model"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_folders_that_were_given_may_be_read(checkpoint: Path) -> None:
    given = checkpoint.parent
    assert find_model(at(checkpoint), (given,)).location == str(checkpoint)
    assert find_model(at("model"), (given,)).location == str(checkpoint)
    (given / "a.gguf").write_bytes(b"")
    source = find_model(at("a.gguf"), (given,))
    assert (source.location, source.gguf) == (str(given), "a.gguf")


def test_nothing_else_may(checkpoint: Path, tmp_path: Path) -> None:
    given = checkpoint.parent
    other = tmp_path / "other"
    other.mkdir()
    assert kind_of(at(checkpoint), other) == "not-allowed"
    assert kind_of(at(checkpoint)) == "not-allowed"
    assert kind_of(at(given / ".." / "given" / "model"), other) == "not-allowed"
    assert kind_of(at("../given/model"), other) == "not-allowed"
    (other / "link").symlink_to(checkpoint)
    assert kind_of(at("link"), other) == "not-allowed"
    # A folder whose name only begins like a given one.
    assert kind_of(at(checkpoint), tmp_path / "giv") == "not-allowed"


def test_pickles_are_refused(checkpoint: Path) -> None:
    given = checkpoint.parent
    (checkpoint / "model.safetensors").rename(checkpoint / "pytorch_model.bin")
    assert kind_of(at(checkpoint), given) == "unsafe-weights"
    assert kind_of(at(checkpoint / "pytorch_model.bin"), given) == "unsafe-weights"
    (checkpoint / "pytorch_model.bin").unlink()
    assert kind_of(at(checkpoint), given) == "no-model"
    assert kind_of(at(given / "nothing"), given) == "no-model"


@pytest.mark.parametrize("name", ["../models", "/etc", "a/b/c", ".hidden/x", ""])
def test_a_name_of_the_hub_is_no_path(name: str) -> None:
    assert kind_of(named(name)) == "bad-request"
