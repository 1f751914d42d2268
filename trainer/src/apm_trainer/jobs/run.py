"""Does a job in its folder, whoever asked: the server's worker, a plain command, a SLURM script."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from apm_trainer.jobs.checked import checked_request
from apm_trainer.jobs.context import JobContext
from apm_trainer.jobs.errors import EXIT_CODES, TrainerError, classified
from apm_trainer.jobs.folder import JobFolder, replace_file
from apm_trainer.jobs.model_source import find_model
from apm_trainer.jobs.request import identity_of, read_json
from apm_trainer.training.stopping import StopFlag, end_with_parent
from apm_trainer.training.team import Team

SECONDS_TO_WAIT = 10.0
"""For a process that was killed a moment ago and still holds the folder."""


def run_job(path: Path, allowed: tuple[Path, ...]) -> int:
    """Goes on from the last checkpoint; does nothing when it is done. Returns the exit status."""
    end_with_parent()
    stop = StopFlag()
    stop.listen()
    folder = JobFolder(path)
    team = Team()
    kind = "?"
    try:
        if team.leads:
            folder.hold(SECONDS_TO_WAIT)
        value = read_json(folder.request_file)
        request = checked_request(value)
        kind = request.kind
        team.wait()
        if _is_done(folder, identity_of(value), leads=team.leads):
            return 0
        source = find_model(request.model, allowed)
        context = JobContext(folder, team, stop, kind)
        context.watch({"phase": "loading"}, often=False)
        # Imported here: each brings half a library along.
        if kind == "encoder-router":
            from apm_trainer.encoder.job import run_encoder as run
        else:
            from apm_trainer.soft.job import run_soft as run
        result = run(request, source, context)
        if team.leads:
            folder.write_json(folder.result_file, {"request": identity_of(value), **result})
            folder.tell(kind, "done", (folder.state() or {}).get("progress"))
        team.wait()
        team.close()
        return 0
    except BaseException as error:
        return _failed(folder, kind, error)


def _is_done(folder: JobFolder, identity: str, *, leads: bool) -> bool:
    """Whether the result lies there. Raises `conflict` where the folder belongs to another request."""
    if folder.is_done:
        if read_json(folder.result_file).get("request") != identity:
            raise TrainerError(
                "conflict", f"{folder.path} holds the result of another request", "give another folder with --out"
            )
        return True
    mark = folder.checkpoint / "request.sha256"
    if mark.exists() and mark.read_text() != identity:
        raise TrainerError(
            "conflict",
            f"{folder.path} holds a checkpoint of another request",
            "give another folder, or delete checkpoint/",
        )
    if leads and not mark.exists():
        replace_file(mark, identity.encode())
    return False


def _failed(folder: JobFolder, kind: str, error: BaseException) -> int:
    said = TrainerError("stopped", "interrupted") if isinstance(error, KeyboardInterrupt) else classified(error)
    if said.kind == "internal":
        traceback.print_exception(error)
    print(f"apm-trainer: {said}" + (f"\n  {said.remedy}" if said.remedy else ""), file=sys.stderr, flush=True)
    if said.kind != "conflict":
        try:
            folder.tell(kind, "failed", (folder.state() or {}).get("progress"), said.record())
        except OSError as cause:
            print(f"apm-trainer: state.json could not be written: {cause}", file=sys.stderr, flush=True)
    return EXIT_CODES.get(said.kind, 1)
