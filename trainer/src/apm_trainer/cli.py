"""The commands. What they need is imported when they run: `--help` waits for no library."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from apm_trainer import PROTOCOL, __version__
from apm_trainer.jobs.errors import EXIT_CODES, TrainerError, classified


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (TrainerError, OSError) as error:
        said = classified(error)
        print(f"apm-trainer: {said}" + (f"\n  {said.remedy}" if said.remedy else ""), file=sys.stderr)
        return EXIT_CODES.get(said.kind, 1)


def _run(options: argparse.Namespace) -> int:
    allowed = tuple(options.allow) if "allow" in options else ()
    if options.command == "serve":
        from apm_trainer.server.serve import serve

        return serve(
            options.host,
            options.port,
            options.work,
            allowed,
            options.processes,
            options.idle,
            options.max_mib * 2**20,
        )
    if options.command == "run":
        from apm_trainer.jobs.prepare import prepare_folder
        from apm_trainer.jobs.run import run_job

        return run_job(prepare_folder(options.target, options.out), allowed)
    if options.command == "merge":
        from apm_trainer.soft.merge import merge_adapter

        return merge_adapter(options.adapter, options.base, options.out)
    if options.command == "answer":
        from apm_trainer.jobs.serving import serve_lines

        return serve_lines(options.folder, allowed)
    from apm_trainer.server.device import device_here

    print(json.dumps(device_here()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="apm-trainer", description="Fine-tunes an encoder router and soft prompts for apm-bench."
    )
    parser.add_argument("--version", action="version", version=f"apm-trainer {__version__} (protocol {PROTOCOL})")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="answer apm-bench over HTTP")
    serve.add_argument("--host", default="127.0.0.1", help="another than loopback needs APM_TRAINER_TOKEN")
    serve.add_argument("--port", type=int, default=8900, help="0: any that is free")
    serve.add_argument("--work", type=Path, default=Path("apm-trainer-jobs"), help="folder of the jobs")
    _allow(serve)
    serve.add_argument("--processes", type=_count, default=1, help="processes that train together, one a GPU")
    serve.add_argument("--idle", type=float, default=300.0, help="seconds after which an idle model leaves the memory")
    serve.add_argument("--max-mib", type=_count, default=1024, help="largest request, in MiB")

    run = commands.add_parser("run", help="do one job without a server, or go on with it")
    run.add_argument("target", type=Path, help="a request (JSON), or a folder that holds request.json")
    run.add_argument("--out", type=Path, help="the folder to work in, for a request")
    _allow(run)

    merge = commands.add_parser("merge", help="fold a LoRA adapter into its base, as a checkpoint folder")
    merge.add_argument("adapter", type=Path, help="an adapter folder")
    merge.add_argument("--base", required=True, help="checkpoint folder, GGUF file or repository of the hub")
    merge.add_argument("--out", type=Path, required=True, help="the new checkpoint folder")

    answer = commands.add_parser("answer", help="answer by a finished job: JSON lines on stdin and stdout")
    answer.add_argument("folder", type=Path)
    _allow(answer)
    commands.add_parser("device", help="what this machine can compute with, as JSON")
    return parser


def _allow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="models may be read from here; repeatable",
    )


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
