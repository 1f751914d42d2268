"""Reads a request whole before anything is loaded, so that a wrong key costs nothing. Imports no PyTorch."""

from __future__ import annotations

from typing import Any

from apm_trainer.encoder import request as encoder
from apm_trainer.jobs.request import Request, parse_request
from apm_trainer.soft import request as soft
from apm_trainer.soft.answers import read_answer_requests


def checked_request(value: Any) -> Request:
    """Raises `bad-request` for what is not of the form of docs/trainer-protocol.md."""
    request = parse_request(value)
    if request.kind == "encoder-router":
        encoder.read_data(request.data)
        encoder.read_settings(request.settings)
    else:
        data = soft.read_data(request.data)
        soft.read_settings(request.settings)
        if data.answers is not None:
            read_answer_requests(data.answers)
    return request
