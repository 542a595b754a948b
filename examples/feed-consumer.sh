#!/usr/bin/env bash
# A durable consumer of the feed with the `nats` command line (https://github.com/nats-io/natscli) and `jq`: prints each event once, in
# order, and stops if one is missing.
#
#     examples/feed-consumer.sh nats://127.0.0.1:4222 my-consumer [activation-ledger]
#
# Written from the command line's own description of its options. Only its syntax has been checked: the program was not at hand.
set -euo pipefail

server=${1:-nats://127.0.0.1:4222}
name=${2:-feed-consumer}
prefix=${3:-activation-ledger}
stream=${prefix//./_}
# The server remembers where the consumer is; the number of the last event is kept here, to see a gap.
last_file="$name.last"
last=$(cat "$last_file" 2>/dev/null || echo 0)

if ! nats --server "$server" consumer info "$stream" "$name" >/dev/null 2>&1; then
  nats --server "$server" consumer add "$stream" "$name" \
    --pull --deliver all --ack explicit --replay instant --wait 5s --max-pending 1 --defaults >/dev/null
fi

# `next` acknowledges each event as it prints it, and ends with an error when none comes within the time: then it is asked again.
while true; do
  while IFS= read -r event; do
    [ -n "$event" ] || continue
    sequence=$((10#$(jq -r .sequence <<<"$event")))
    if [ "$last" -gt 0 ] && [ "$sequence" -gt $((last + 1)) ]; then
      echo "events $((last + 1)) to $((sequence - 1)) are missing: read them from the ledger" >&2
      exit 1
    fi
    if [ "$sequence" -gt "$last" ]; then
      jq -r '"\(.sequence) \(.time) \(.type) \(.subject)"' <<<"$event"
      last=$sequence
      echo "$last" >"$last_file"
    fi
  done < <(nats --server "$server" consumer next "$stream" "$name" --raw --count 100 --wait 10s 2>/dev/null || true)
done
