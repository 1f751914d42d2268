#!/usr/bin/env bash
# Posts the comparison on the pull request that the workflow runs for, in the place of an earlier one.
set -euo pipefail

number=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.env.GITHUB_EVENT_PATH, "utf8")).pull_request?.number ?? ""')
if [ -z "$number" ]; then
  echo "This workflow runs for no pull request: nothing to comment on."
  exit 0
fi

comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"
mine='.[] | select(.user.login == env.APM_AUTHOR and (.body | startswith("<!-- apm-bench compare -->"))) | .id'
earlier=$(gh api --paginate "$comments" --jq "$mine" | tail -n 1)
if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field "body=@$APM_MARKDOWN"
else
  gh api --silent --method POST "$comments" --field "body=@$APM_MARKDOWN"
fi
