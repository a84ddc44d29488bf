#!/usr/bin/env bash
# round_trip.sh HOST: microseconds until it refuses a connection to a port where nobody listens, which is a round trip.
begin=${EPOCHREALTIME/./}
{ : <"/dev/tcp/$1/9"; } 2>/dev/null
echo $((${EPOCHREALTIME/./} - begin))
