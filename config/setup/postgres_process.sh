#!/usr/bin/env bash
# The PostgreSQL process under supervision: clears what a killed predecessor left, then becomes the server.
#   postgres_process.sh BIN DATA SOCKET_FOLDER [USER]
set -euo pipefail

bin=$1 data=$2 socket=$3 user=${4:-}

# The server processes of this cluster that are still alive: they keep the data folder as their working directory.
survivors() {
    local process
    for process in /proc/[0-9]*; do
        [[ "$(readlink "$process/cwd" 2>/dev/null)" == "$data" && "$(cat "$process/comm" 2>/dev/null)" == postgres* ]] || continue
        echo "${process#/proc/}"
    done
}

gone_within() {
    local tenth
    for ((tenth = 0; tenth < $1 * 10; tenth++)); do
        [[ -n "$(survivors)" ]] || return 0
        sleep 0.1
    done
    return 1
}

# A server that still lives (its supervisor was killed) is shut down; the orphans of a dead one are ended.
stop_survivors() {
    local former signal
    former="$(head -n 1 "$data/postmaster.pid" 2>/dev/null || true)"
    if [[ -n $former ]] && survivors | grep -qx "$former"; then
        kill -s INT "$former" && gone_within 30 && return 0
    fi
    for signal in TERM QUIT KILL; do
        [[ -n "$(survivors)" ]] || return 0
        # shellcheck disable=SC2046 # process numbers are words
        kill -s "$signal" $(survivors) 2>/dev/null || true
        gone_within 3 && return 0
    done
    echo "processes of a former server do not end: $(survivors)" >&2
    exit 1
}

# A reused or unreaped process number in postmaster.pid would keep the server from starting, although nobody serves.
stop_survivors
rm -f "$data/postmaster.pid" "$socket"/.s.PGSQL.5432 "$socket"/.s.PGSQL.5432.lock

cd "$data"
server=("$bin/postgres" -D "$data" -c listen_addresses= -c "unix_socket_directories=$socket" -c port=5432)
[[ -z ${CLUSTER_PROJ_DATA:-} ]] || export PROJ_LIB="$CLUSTER_PROJ_DATA" PROJ_DATA="$CLUSTER_PROJ_DATA"
[[ -z $user ]] || exec setpriv --reuid "$user" --regid "$user" --clear-groups env HOME=/ "${server[@]}"
exec "${server[@]}"
