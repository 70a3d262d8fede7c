#!/usr/bin/env bash
# Looks for a deployment of $SHA to $ENVIRONMENT that is Hawser's, or on its way to be; else makes one that asks to be adopted.
# Where both make one, Hawser keeps its own, and closes the other.
set -euo pipefail

url="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/deployments"

api() {
  curl --silent --show-error --fail-with-body --retry 3 \
    --header "Authorization: Bearer $TOKEN" --header 'Accept: application/vnd.github+json' "$@"
}

# A payload comes back as it was sent, as an object or as text.
found() {
  api --get "$url" --data-urlencode "sha=$SHA" --data-urlencode "environment=$ENVIRONMENT" --data per_page=100 |
    jq -r --argjson pr "$PR" '
      map(select(
        (.payload | if type == "string" then (fromjson? // {}) else . end | objects | .hawser | objects)
        | (.pr // 0) == $pr
      )) | first // empty | .id'
}

made() {
  jq -n --arg sha "$SHA" --arg environment "$ENVIRONMENT" --argjson pr "$PR" '{
    ref: $sha, environment: $environment, task: "deploy", auto_merge: false, required_contexts: [],
    transient_environment: ($pr > 0), production_environment: ($environment == "production"),
    description: "waits for Argo CD",
    payload: {hawser: ({adopt: true} + if $pr > 0 then {$pr} else {} end)}
  }' | api "$url" --header 'Content-Type: application/json' --data-binary @- | jq -r .id
}

deployment=$(found)
# A preview's deployment Hawser makes as soon as it hears of the label.
for _ in 1 2 3 4 5; do
  if [ -n "$deployment" ] || [ "$PR" = 0 ]; then break; fi
  sleep "${PAUSE:-2}"
  deployment=$(found)
done
if [ -n "$deployment" ]; then
  echo "Deployment $deployment is there."
else
  deployment=$(made)
  echo "Deployment $deployment is made, and asks to be adopted."
fi
echo "deployment=$deployment" >> "$GITHUB_OUTPUT"
