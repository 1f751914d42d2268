"""Jobs in processes of their own: killed, stopped, out of room, in company; the result is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jobs
import pytest

BUILDERS: dict[str, Callable[..., dict[str, Any]]] = {"soft": jobs.soft_request, "encoder": jobs.encoder_request}


@pytest.fixture(scope="module")
def undisturbed(models: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A finished job of each kind."""
    folders = {kind: jobs.lay(tmp_path_factory.mktemp(kind), build()) for kind, build in BUILDERS.items()}
    assert [jobs.done(folder, models) for folder in folders.values()] == [0, 0]
    return folders


@pytest.mark.parametrize("kind", ["soft", "encoder"])
def test_a_job_that_is_killed_goes_on_to_the_same_result(
    models: Path, tmp_path: Path, undisturbed: dict[str, Path], kind: str
) -> None:
    process = jobs.forked(jobs.lay(tmp_path, BUILDERS[kind]()), models)
    jobs.wait_for((tmp_path / "checkpoint" / "state.safetensors").exists)
    process.kill()
    process.join()
    assert not (tmp_path / "result.json").exists()
    assert jobs.done(tmp_path, models) == 0
    assert jobs.result_of(tmp_path) == jobs.result_of(undisturbed[kind])
    for file in (undisturbed[kind] / "artifact").iterdir():
        assert (tmp_path / "artifact" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_job_that_is_stopped_makes_a_checkpoint_and_goes_on(
    models: Path, tmp_path: Path, undisturbed: dict[str, Path]
) -> None:
    process = jobs.forked(jobs.lay(tmp_path, jobs.soft_request(checkpointSteps=1000)), models)
    jobs.wait_for(
        lambda: (tmp_path / "state.json").exists() and jobs.state_of(tmp_path)["progress"].get("steps", 0) > 0
    )
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    process.join()
    assert process.exitcode == 79
    state = jobs.state_of(tmp_path)
    assert (state["state"], state["error"]["kind"]) == ("failed", "stopped")
    assert jobs.done(tmp_path, models) == 0
    assert jobs.result_of(tmp_path)["margins"] == jobs.result_of(undisturbed["soft"])["margins"]
    assert jobs.state_of(tmp_path)["state"] == "done"


def test_a_finished_job_is_not_done_again_and_belongs_to_its_request(
    models: Path, tmp_path: Path, undisturbed: dict[str, Path]
) -> None:
    folder = undisturbed["soft"]
    before = (folder / "result.json").stat().st_mtime_ns
    assert jobs.done(folder, models) == 0
    assert (folder / "result.json").stat().st_mtime_ns == before
    (tmp_path / "result.json").write_bytes((folder / "result.json").read_bytes())
    assert jobs.done(jobs.lay(tmp_path, jobs.soft_request(epochs=1)), models) == 75


def test_two_processes_train_what_one_does(models: Path, tmp_path: Path, undisturbed: dict[str, Path]) -> None:
    launcher = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    plain = ["--num_machines", "1", "--main_process_port", "0", "--mixed_precision", "no", "--dynamo_backend", "no"]
    for kind, build in BUILDERS.items():
        folder = jobs.lay(tmp_path / kind, build())
        job = ["-m", "apm_trainer", "run", str(folder), "--allow", str(models)]
        subprocess.run([*launcher, *plain, *job], env=jobs.ENVIRONMENT, check=True, stderr=subprocess.DEVNULL)
        assert json.loads((folder / "result.json").read_text())["run"]["processes"] == 2
        found, expected = jobs.result_of(folder), jobs.result_of(undisturbed[kind])
        assert [step["loss"] for step in found["lossCurve"]] == pytest.approx(
            [step["loss"] for step in expected["lossCurve"]], rel=1e-3
        )
        assert found["keptEpoch"] == expected["keptEpoch"]
        key = "margins" if kind == "soft" else "probabilities"
        for name, value in expected[key].items():
            assert found[key][name] == pytest.approx(value, rel=1e-2, abs=1e-3)


def test_a_full_disk_is_told_and_costs_nothing(models: Path, tmp_path: Path, undisturbed: dict[str, Path]) -> None:
    # Requests and states are smaller, checkpoints larger.
    process = jobs.forked(jobs.lay(tmp_path, jobs.soft_request()), models, most_bytes=8192)
    process.join()
    assert process.exitcode == 74
    state = jobs.state_of(tmp_path)
    assert (state["state"], state["error"]["kind"]) == ("failed", "disk-full")
    assert "make room" in state["error"]["remedy"]
    assert not list(tmp_path.rglob(".*.part"))
    assert jobs.done(tmp_path, models) == 0
    assert jobs.result_of(tmp_path) == jobs.result_of(undisturbed["soft"])


def test_a_damaged_checkpoint_is_none(models: Path, tmp_path: Path, undisturbed: dict[str, Path]) -> None:
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / "state.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")
    assert jobs.done(jobs.lay(tmp_path, jobs.soft_request()), models) == 0
    assert jobs.result_of(tmp_path) == jobs.result_of(undisturbed["soft"])


def test_a_damaged_request_is_told_in_one_line(models: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "request.json").write_text('{"kind"')
    assert jobs.done(tmp_path, models) == 64
    assert "Traceback" not in capfd.readouterr().err
    assert jobs.state_of(tmp_path)["error"]["kind"] == "bad-request"


def test_both_kinds_learn(undisturbed: dict[str, Path]) -> None:
    soft, encoder = jobs.result_of(undisturbed["soft"]), jobs.result_of(undisturbed["encoder"])
    assert soft["epochs"][soft["keptEpoch"]]["validationLoss"] < 0.8 * soft["epochs"][0]["validationLoss"]
    assert soft["epochs"][soft["keptEpoch"]]["validationAccuracy"] == 1
    assert encoder["epochs"][3]["validationLoss"] < 0.8 * encoder["epochs"][0]["validationLoss"]
    assert encoder["accuracy"]["train"] == {"label": 1.0, "true": 0.5}
    assert encoder["accuracy"]["validation"] == {"label": 1.0, "true": None}
    assert encoder["accuracy"]["test"] == {"label": None, "true": None}
    distribution = encoder["labelDistribution"]
    assert distribution["train"] == [8, 0, 8, 0]
    assert distribution["validation"] == pytest.approx([2.1, 0, 2.9, 0])
    assert set(encoder["probabilities"]) == {f"u{i}" for i in (*range(16), *range(100, 105), *range(200, 204))}
    for probabilities in encoder["probabilities"].values():
        assert sum(probabilities) == pytest.approx(1)


def test_the_best_epoch_is_kept_where_that_is_asked_for(models: Path, tmp_path: Path) -> None:
    # A rate at which it gets worse again.
    request = jobs.soft_request(learningRate=3.0, epochs=4, patience=2, clipNorm=100)
    assert jobs.done(jobs.lay(tmp_path, request), models) == 0
    result = jobs.result_of(tmp_path)
    losses = [epoch["validationLoss"] for epoch in result["epochs"]]
    assert losses[result["keptEpoch"]] == min(losses[1:])
    assert len(losses) - 1 - result["keptEpoch"] <= 2
    margin = sum(result["margins"].values()) / len(result["margins"])
    assert margin == pytest.approx(result["epochs"][result["keptEpoch"]]["validationMargin"], rel=1e-5)
