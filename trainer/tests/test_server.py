"""The server as the benchmark meets it: over HTTP, with workers that are killed and servers that come back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import jobs
import pytest

SOFT, ENCODER = "a" * 32, "b" * 32
TOKEN = "a secret of this test"


class Server:
    def __init__(self, models: Path, work: Path) -> None:
        arguments = ["serve", "--port", "0", "--work", str(work), "--allow", str(models)]
        self.work = work
        self.process = subprocess.Popen(
            [sys.executable, "-m", "apm_trainer", *arguments],
            env={**jobs.ENVIRONMENT, "APM_TRAINER_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.port = int(self.line.split("http://127.0.0.1:")[1].split()[0])

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=300)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body)
        connection.request(method, path, content, {"Authorization": f"Bearer {TOKEN}", **(headers or {})})
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        return response.status, json.loads(raw) if raw[:1] == b"{" and response.status != 206 else raw

    def job(self, key: str) -> dict[str, Any]:
        status, state = self.ask("GET", f"/v1/jobs/{key}")
        assert status == 200
        return dict(state)

    def wait(self, key: str) -> dict[str, Any]:
        jobs.wait_for(lambda: self.job(key)["state"] in ("done", "failed"))
        return self.job(key)

    def close(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(models, tmp_path_factory.mktemp("work"))
    yield started
    started.close()


def error_of(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["error"]["kind"]


def worker_of(folder: Path) -> int | None:
    """The process that does a job, by its command line."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"run" in command and str(folder).encode() in command:
                return int(entry.name)
    return None


def test_says_who_it_is(server: Server) -> None:
    status, health = server.ask("GET", "/v1/health")
    assert status == 200
    assert (health["name"], health["protocol"]) == ("apm-trainer", 1)
    assert "float32" in health["dtypes"]
    assert set(health["packages"]) == {"torch", "transformers", "peft", "accelerate"}


def test_refuses_strangers_and_nonsense(server: Server, models: Path) -> None:
    job = f"/v1/jobs/{'c' * 32}"
    for header in ("", "Bearer wrong", TOKEN):
        assert error_of(server.ask("GET", "/v1/health", headers={"Authorization": header})) == (401, "wrong-token")
    assert error_of(server.ask("GET", "/v1/health", headers={"Origin": "https://x.example"})) == (403, "not-allowed")
    assert error_of(server.ask("GET", "/v2/health")) == (404, "unknown")
    assert error_of(server.ask("GET", job)) == (404, "unknown")
    assert error_of(server.ask("PUT", "/v1/jobs/..%2F..%2Fetc", {})) == (400, "bad-request")
    assert error_of(server.ask("PUT", job, b'{"kind"')) == (400, "bad-request")
    assert error_of(server.ask("PUT", job, {**jobs.soft_request(), "extra": 1})) == (400, "bad-request")
    outside = {**jobs.soft_request(), "model": {"path": str(models.parent)}}
    assert error_of(server.ask("PUT", job, outside)) == (403, "not-allowed")
    assert error_of(server.ask("PUT", f"{job}/files/..%2fx", b"x")) == (404, "unknown")
    assert error_of(server.ask("PUT", job, b"", {"Content-Length": str(2**40)})) == (413, "too-large")
    # Nothing of all this has left a job behind.
    assert error_of(server.ask("GET", job)) == (404, "unknown")


def test_a_worker_that_is_killed_loses_nothing(server: Server) -> None:
    folder = server.work / SOFT
    status, state = server.ask("PUT", f"/v1/jobs/{SOFT}", jobs.soft_request())
    assert (status, state["state"]) == (200, "queued")
    assert error_of(server.ask("GET", f"/v1/jobs/{SOFT}/result")) == (409, "conflict")
    jobs.wait_for((folder / "checkpoint" / "state.safetensors").exists)
    worker = worker_of(folder)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    state = server.wait(SOFT)
    assert (state["state"], state["error"]["kind"]) == ("failed", "killed")
    assert "goes on from its last checkpoint" in state["error"]["remedy"]
    server.ask("PUT", f"/v1/jobs/{SOFT}", jobs.soft_request())
    state = server.wait(SOFT)
    assert state["state"] == "done", state
    assert state["progress"]["step"] == state["progress"]["steps"] == 12
    status, result = server.ask("GET", f"/v1/jobs/{SOFT}/result")
    assert status == 200
    for file in result["files"]:
        status, content = server.ask("GET", f"/v1/jobs/{SOFT}/files/{file['name']}")
        assert status == 200
        assert len(content if isinstance(content, bytes) else json.dumps(content)) > 0
    assert error_of(server.ask("PUT", f"/v1/jobs/{SOFT}", jobs.soft_request(epochs=1))) == (409, "conflict")
    # Asked again, it is done: nothing is trained twice.
    assert server.ask("PUT", f"/v1/jobs/{SOFT}", jobs.soft_request())[1]["state"] == "done"

    body = {
        "maxTokens": 8,
        "requests": [
            {"id": str(i), "messages": [{"role": "user", "content": "hi"}], "embedded": [1.0, 0.5, 0.1], "seed": i}
            for i in range(3)
        ],
    }
    status, answered = server.ask("POST", f"/v1/jobs/{SOFT}/answers", body)
    assert status == 200
    assert [record["id"] for record in answered["answers"]] == ["0", "1", "2"]
    assert server.ask("POST", f"/v1/jobs/{SOFT}/answers", body)[1] == answered
    assert error_of(server.ask("POST", f"/v1/jobs/{SOFT}/answers", {"request": []})) == (400, "bad-request")
    assert error_of(server.ask("POST", f"/v1/jobs/{SOFT}/probabilities", {"users": []})) == (400, "bad-request")


def test_a_server_that_is_killed_takes_its_workers_along_and_comes_back(models: Path, tmp_path: Path) -> None:
    first = Server(models, tmp_path)
    request = jobs.encoder_request(epochs=200)
    first.ask("PUT", f"/v1/jobs/{ENCODER}", request)
    checkpoint = tmp_path / ENCODER / "checkpoint" / "state.safetensors"
    jobs.wait_for(checkpoint.exists)
    first.close(signal.SIGKILL)
    jobs.wait_for(lambda: worker_of(tmp_path / ENCODER) is None)

    second = Server(models, tmp_path)
    try:
        state = second.job(ENCODER)
        assert (state["state"], state["error"]["kind"]) == ("failed", "killed")
        assert second.ask("PUT", f"/v1/jobs/{ENCODER}", request)[1]["state"] == "queued"
        jobs.wait_for(lambda: second.job(ENCODER).get("progress", {}).get("step", 0) > 0)
        second.ask("DELETE", f"/v1/jobs/{ENCODER}")
        state = second.wait(ENCODER)
        assert (state["state"], state["error"]["kind"]) == ("failed", "stopped")
    finally:
        second.close()


def test_a_router_that_is_done_reads_other_users(server: Server) -> None:
    request = jobs.encoder_request()
    server.ask("PUT", f"/v1/jobs/{ENCODER}", request)
    assert server.wait(ENCODER)["state"] == "done"
    result = server.ask("GET", f"/v1/jobs/{ENCODER}/result")[1]
    users = [{"id": "again", "history": request["data"]["test"][1]["history"]}]
    status, found = server.ask("POST", f"/v1/jobs/{ENCODER}/probabilities", {"users": users})
    assert status == 200
    assert found["probabilities"]["again"] == pytest.approx(result["probabilities"]["u201"], abs=1e-5)


def test_an_open_address_needs_a_token(tmp_path: Path) -> None:
    environment = {name: value for name, value in jobs.ENVIRONMENT.items() if name != "APM_TRAINER_TOKEN"}
    done = subprocess.run(
        [sys.executable, "-m", "apm_trainer", "serve", "--host", "0.0.0.0", "--work", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 64
    assert "set APM_TRAINER_TOKEN" in done.stderr
