"""Puts the server together and runs it until it is told to end."""

from __future__ import annotations

import ipaddress
import signal
import sys
import threading
from pathlib import Path

from apm_trainer.jobs.errors import TrainerError
from apm_trainer.server.answering import Answering
from apm_trainer.server.device import describe_device
from apm_trainer.server.http import TrainerServer, token_of_environment
from apm_trainer.server.jobs import Jobs
from apm_trainer.server.process import Launch


def serve(
    host: str, port: int, work: Path, allowed: tuple[Path, ...], processes: int, idle_seconds: float, most_bytes: int
) -> int:
    token = token_of_environment()
    if not token and not _is_loopback(host):
        raise TrainerError(
            "bad-request", f"{host} can be reached from elsewhere", "set APM_TRAINER_TOKEN, or listen on 127.0.0.1"
        )
    for folder in allowed:
        if not folder.is_dir():
            raise TrainerError("bad-request", f"--allow {folder}: there is no such folder")
    work.mkdir(parents=True, exist_ok=True)
    device = describe_device()
    launch = Launch(tuple(folder.resolve() for folder in allowed), processes)
    answering = Answering(launch, idle_seconds)
    jobs = Jobs(work.resolve(), launch)
    server = TrainerServer((host, port), jobs, answering, device, token, most_bytes)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    name = f"{device['device']} {device.get('deviceName', '')}".strip()
    print(f"apm-trainer: listening on http://{host}:{server.server_address[1]} ({name})", flush=True)
    try:
        server.serve_forever()
    finally:
        print("apm-trainer: ending; what runs makes a checkpoint", file=sys.stderr, flush=True)
        jobs.close()
        answering.close()
        server.server_close()
    return 0


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
