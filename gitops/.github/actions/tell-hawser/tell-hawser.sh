#!/usr/bin/env bash
# Posts image v1 to Hawser, with a token of this run's that is made out to it.
set -euo pipefail

if [ -z "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
  echo "::error::The job lacks the permission id-token: write."
  exit 1
fi
token=$(curl --silent --show-error --fail-with-body --retry 3 \
  --header "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$AUDIENCE" | jq -r .value)
echo "::add-mask::$token"

# Whose commit it is, the token says.
jq -n --arg image "ghcr.io/${GITHUB_REPOSITORY,,}" --arg tag "$TAG" --arg digest "$DIGEST" --arg environment "$ENVIRONMENT" \
  '{v: 1, $image, $tag, $digest, $environment}' |
  curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused \
    --header "Authorization: Bearer $token" --header 'Content-Type: application/json' --data-binary @- "$HAWSER_URL/images"
echo
