#!/usr/bin/env bash
# Python packages of the trainer and of its tests, at the versions of trainer/requirements.txt, in a virtual environment
# outside the checkout that is kept between runs. Prints its interpreter. Exits with 75 when they cannot be had here.
#
#   scripts/trainer/install.sh            # about 3 minutes and 5.6 GB the first time
#   PYTHONPATH=trainer/src "$(scripts/trainer/install.sh)" -m apm_trainer serve
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted=trainer/requirements.txt
environment=${APM_TRAINER_ENVIRONMENT:-${XDG_CACHE_HOME:-$HOME/.cache}/apm-bench/trainer}
if ! cmp -s "$wanted" "$environment/requirements.txt"; then
  python=""
  for candidate in python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "the trainer needs Python 3.11 or newer with venv, which is not here" >&2
    exit 75
  fi
  # What is there already is kept: most of it is PyTorch.
  [ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
  if ! "$environment/bin/python" -m pip install -q -r "$wanted" >&2; then
    echo "the trainer's packages cannot be had here" >&2
    exit 75
  fi
  cp "$wanted" "$environment/requirements.txt"
fi
echo "$environment/bin/python"
