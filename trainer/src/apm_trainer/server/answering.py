"""One warm worker that answers by a finished job; another job's takes its place."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Any

from apm_trainer.jobs.errors import REMEDIES, TrainerError
from apm_trainer.jobs.folder import JobFolder
from apm_trainer.server.process import Launch, start_serving


class Answering:
    def __init__(self, launch: Launch, idle_seconds: float) -> None:
        self._launch, self._idle_seconds = launch, idle_seconds
        self._lock = threading.Lock()
        self._worker: tuple[str, subprocess.Popen[bytes]] | None = None
        self._timer: threading.Timer | None = None

    def ask(self, folder: JobFolder, kind: str, body: Any) -> bytes:
        """The worker's reply; calls wait for each other. Raises what the worker says is wrong."""
        state = folder.state() or {}
        if not folder.is_done:
            raise TrainerError("conflict", "the job is not done", "wait for its state to be done")
        if state.get("kind") != kind:
            raise TrainerError("bad-request", f"this is a job of kind {state.get('kind')}, not {kind}")
        with self._lock:
            self._rest()
            process = self._worker_for(folder)
            try:
                reply = self._exchange(process, folder, body)
            finally:
                self._timer = threading.Timer(self._idle_seconds, self._end_idle)
                self._timer.daemon = True
                self._timer.start()
        error = json.loads(reply).get("error") if reply.startswith(b'{"error"') else None
        if error is not None:
            raise TrainerError(error["kind"], error["message"], error.get("remedy", ""))
        return reply

    def close(self) -> None:
        with self._lock:
            self._rest()
            self._end()

    def _exchange(self, process: subprocess.Popen[bytes], folder: JobFolder, body: Any) -> bytes:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(body).encode() + b"\n")
            process.stdin.flush()
            reply = process.stdout.readline()
        except BrokenPipeError:
            reply = b""
        if not reply:
            self._end()
            raise TrainerError("killed", f"the process that answers has ended; see {folder.log}", REMEDIES["killed"])
        return reply

    def _worker_for(self, folder: JobFolder) -> subprocess.Popen[bytes]:
        if self._worker is not None and self._worker[0] == folder.path.name and self._worker[1].poll() is None:
            return self._worker[1]
        self._end()
        with folder.log.open("ab") as log:
            process = start_serving(self._launch, folder.path, log)
        self._worker = (folder.path.name, process)
        return process

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_idle(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        """Gives its memory back."""
        if self._worker is None:
            return
        process = self._worker[1]
        self._worker = None
        if process.stdin is not None:
            process.stdin.close()
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
