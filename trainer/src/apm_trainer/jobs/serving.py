"""A worker that answers by a finished job: a request a line on stdin, a reply a line on stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apm_trainer.encoder.request import read_users
from apm_trainer.jobs.checked import checked_request
from apm_trainer.jobs.context import JobContext
from apm_trainer.jobs.errors import TrainerError, classified
from apm_trainer.jobs.fields import Fields
from apm_trainer.jobs.folder import JobFolder
from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import read_json
from apm_trainer.soft.answers import read_answer_requests
from apm_trainer.training.stopping import StopFlag, end_with_parent
from apm_trainer.training.team import Team


def serve_lines(path: Path, allowed: tuple[Path, ...]) -> int:
    end_with_parent()
    # Libraries print: the replies have a channel of their own.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answer: Callable[[Any], dict[str, Any]] | None = None
    for line in sys.stdin:
        try:
            answer = answer or _opened(path, allowed)
            reply: dict[str, Any] = answer(json.loads(line))
        except Exception as error:
            reply = {"error": classified(error).record()}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
    return 0


def _opened(path: Path, allowed: tuple[Path, ...]) -> Callable[[Any], dict[str, Any]]:
    """Loads the model; what comes back takes the body of a call."""
    folder = JobFolder(path)
    request = checked_request(read_json(folder.request_file))
    if not folder.is_done:
        raise TrainerError("conflict", "the job is not done", "wait for its state to be done")
    source = find_model(request.model, allowed)
    context = JobContext(folder, Team(), StopFlag(), request.kind)
    if request.kind == "encoder-router":
        from apm_trainer.encoder.job import predict_users

        predict = predict_users(request, source, context)
        return lambda body: {"probabilities": predict(_users(body))}
    from apm_trainer.soft.job import answering

    answer = answering(request, source, context)
    return lambda body: {"answers": answer(read_answer_requests(body))}


def _users(body: Any) -> list[Any]:
    fields = Fields(body, "probabilities")
    users = read_users(fields.items("users"), "probabilities.users")
    fields.close()
    return users
