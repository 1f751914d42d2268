#!/usr/bin/env bash
# The comparison of the action (action.yml). Below a limit it says so in its output and ends well, so that the comment
# is posted before the job fails; any other failure ends the job here.
set -euo pipefail

rules=()
while IFS= read -r rule; do
  if [ -n "${rule//[[:space:]]/}" ]; then rules+=(--fail-below "$rule"); fi
done <<<"${APM_FAIL_BELOW:-}"

code=0
node "$GITHUB_ACTION_PATH/bin/apm-bench.js" compare \
  ${rules[@]+"${rules[@]}"} --junit "$APM_JUNIT" --markdown "$APM_MARKDOWN" -- "$APM_FIRST" "$APM_SECOND" || code=$?
echo "code=$code" >>"$GITHUB_OUTPUT"
if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then exit "$code"; fi
cat "$APM_MARKDOWN" >>"$GITHUB_STEP_SUMMARY"
