"""The queue: one job is trained at a time, in a process of its own; every state is a file."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import threading
from collections import deque
from pathlib import Path
from typing import Any

from apm_trainer.jobs.checked import checked_request
from apm_trainer.jobs.errors import EXIT_CODES, REMEDIES, Kind, TrainerError
from apm_trainer.jobs.folder import ARTIFACT_FILES, JobFolder, replace_file
from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import identity_of, parse_request, read_json
from apm_trainer.server.process import Launch, ask_to_stop, start_training

_KEY = re.compile(r"[0-9a-f]{16,128}")


class Jobs:
    def __init__(self, work: Path, launch: Launch) -> None:
        self._work, self._launch = work, launch
        self._changed = threading.Condition()
        self._queue: deque[str] = deque()
        self._running: tuple[str, subprocess.Popen[bytes]] | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._work_off, daemon=True)
        self._thread.start()

    def folder(self, key: str) -> JobFolder:
        if not _KEY.fullmatch(key):
            raise TrainerError("bad-request", "a job's key is 16 to 128 lower-case hexadecimal digits")
        return JobFolder(self._work / key)

    def put(self, key: str, value: Any) -> dict[str, Any]:
        """Queues the job, unless it is done or under way."""
        folder = self.folder(key)
        request = checked_request(value)
        find_model(request.model, self._launch.allowed)
        with self._changed:
            if folder.request_file.exists():
                if identity_of(read_json(folder.request_file)) != identity_of(value):
                    raise TrainerError(
                        "conflict", f"the key {key} belongs to another request", "a key stands for all of a request"
                    )
            else:
                replace_file(folder.request_file, json.dumps(value, ensure_ascii=False).encode())
            if not folder.is_done and not self._is_known(key):
                folder.tell(request.kind, "queued", (folder.state() or {}).get("progress"))
                self._queue.append(key)
                self._changed.notify_all()
        return self.state(key)

    def state(self, key: str) -> dict[str, Any]:
        folder = self.folder(key)
        if not folder.request_file.exists():
            raise TrainerError("unknown", f"there is no job {key}", "put it first")
        with self._changed:
            known = self._is_known(key)
        state = folder.state() or {"protocol": 1, "key": key, "kind": _kind_of(folder), "state": "queued"}
        if folder.is_done:
            return {**state, "state": "done"}
        if not known and state.get("state") != "failed":
            # It was under way when the server ended.
            error = TrainerError("killed", "the server ended while the job was under way", REMEDIES["killed"])
            return {**state, "state": "failed", "error": error.record()}
        if known and state.get("state") == "failed":
            # The process has said so and is about to end.
            return {**state, "state": "running"}
        return state

    def stop(self, key: str) -> dict[str, Any]:
        folder = self.folder(key)
        with self._changed:
            if key in self._queue:
                self._queue.remove(key)
                error = TrainerError("stopped", "taken out of the queue", REMEDIES["stopped"])
                folder.tell(_kind_of(folder), "failed", None, error.record())
            elif self._running is not None and self._running[0] == key:
                ask_to_stop(self._running[1])
        return self.state(key)

    def result(self, key: str) -> bytes:
        folder = self.folder(key)
        if not folder.is_done:
            raise TrainerError("conflict", f"the job is {self.state(key)['state']}", "wait for its state to be done")
        return folder.result_file.read_bytes()

    def read_file(self, key: str, name: str) -> bytes:
        path = self.folder(key).artifact / _named(name)
        if not path.exists():
            raise TrainerError("unknown", f"the job has no file {name}", "its result lists the files")
        return path.read_bytes()

    def write_file(self, key: str, name: str, content: bytes) -> None:
        folder = self.folder(key)
        if folder.request_file.exists():
            raise TrainerError("conflict", "the job has begun", "send the files before the request")
        replace_file(folder.initial / _named(name), content)

    def close(self) -> None:
        """Stops what runs, with a checkpoint."""
        with self._changed:
            self._closing = True
            running = self._running
            self._changed.notify_all()
        if running is not None:
            ask_to_stop(running[1])
        self._thread.join()

    def _is_known(self, key: str) -> bool:
        return key in self._queue or (self._running is not None and self._running[0] == key)

    def _work_off(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                key = self._queue.popleft()
                folder = self.folder(key)
                try:
                    with folder.log.open("ab") as log:
                        process = start_training(self._launch, folder.path, log)
                except OSError as cause:
                    _tell_failure(folder, TrainerError("internal", f"the worker cannot be started: {cause}"))
                    continue
                self._running = (key, process)
            status = process.wait()
            with self._changed:
                self._running = None
            if not folder.is_done:
                _ended(folder, status)


def _named(name: str) -> str:
    if name not in ARTIFACT_FILES:
        raise TrainerError("unknown", f"there is no file {name}", f"files: {', '.join(ARTIFACT_FILES)}")
    return name


def _kind_of(folder: JobFolder) -> str:
    return parse_request(read_json(folder.request_file)).kind


def _ended(folder: JobFolder, status: int) -> None:
    """Makes sure that the state tells of a process that ended without a result."""
    state = folder.state() or {}
    if state.get("state") == "failed":
        return
    kinds: dict[int, Kind] = {code: kind for kind, code in EXIT_CODES.items()}
    kind = "killed" if status < 0 else kinds.get(status, "killed" if status > 128 else "internal")
    if status in (-signal.SIGTERM, 128 + signal.SIGTERM):
        # Asked to stop while it was still starting, or by whoever shuts the machine down.
        kind = "stopped"
    said = f"the worker was ended by signal {-status}" if status < 0 else f"the worker ended with status {status}"
    _tell_failure(folder, TrainerError(kind, said, REMEDIES.get(kind, REMEDIES["internal"])))


def _tell_failure(folder: JobFolder, error: TrainerError) -> None:
    # On a full disk the state goes on saying that the job is under way; `Jobs.state` knows better.
    with contextlib.suppress(OSError):
        folder.tell(_kind_of(folder), "failed", (folder.state() or {}).get("progress"), error.record())
