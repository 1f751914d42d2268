"""What the machine can compute with, asked of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from apm_trainer.server.process import environment


def describe_device() -> dict[str, Any]:
    """Runs `apm-trainer device`, so that the server needs no PyTorch in its memory."""
    done = subprocess.run(
        [sys.executable, "-m", "apm_trainer", "device"], capture_output=True, env=environment(), check=False
    )
    if done.returncode != 0:
        return {"device": "unknown", "deviceName": done.stderr.decode(errors="replace").strip()[-300:], "devices": 0}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def device_here() -> dict[str, Any]:
    import accelerate
    import peft
    import torch
    import transformers

    from apm_trainer.training.team import Team, has_bfloat16

    device = Team().device
    return {
        "device": device.type,
        "deviceName": torch.cuda.get_device_name(device) if device.type == "cuda" else "",
        "devices": torch.cuda.device_count() if device.type == "cuda" else 1,
        "dtypes": ["float32", *(["bfloat16"] if has_bfloat16(device) else [])],
        "packages": {library.__name__: library.__version__ for library in (torch, transformers, peft, accelerate)},
    }
