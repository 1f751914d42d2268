#!/usr/bin/env bash
# Submits a whole run to SLURM: an array that makes users, one that answers, and a job after each that brings them together.
#   ./submit.sh CONFIG OUT [SHARDS]
# OUT lies on a disk that all nodes see. APM_BENCH is the command, `npx apm-bench` when not set; SBATCH_* variables and
# further options of sbatch may be set as usual (SBATCH_PARTITION, SBATCH_ACCOUNT, ...).
set -euo pipefail
config=$1 out=$2 shards=${3:-8}
here=$(cd "$(dirname "$0")" && pwd)

users=$(sbatch --parsable --array="1-$shards" "$here/shard.sbatch" users "$config" "$out")
fit=$(sbatch --parsable --dependency="afterok:$users" "$here/merge.sbatch" fit "$config" "$out")
answers=$(sbatch --parsable --dependency="afterok:$fit" --array="1-$shards" "$here/shard.sbatch" answers "$config" "$out")
results=$(sbatch --parsable --dependency="afterok:$answers" "$here/merge.sbatch" results "$config" "$out")
echo "users $users, fit $fit, answers $answers, results $results"
