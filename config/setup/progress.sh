# What the person at the terminal sees, and stamps that make a second call quick. Sourced by `run`.

say() { printf '[%(%H:%M:%S)T] %s\n' -1 "$*" >&2; }

fail() {
    printf '[%(%H:%M:%S)T] error: %s\n' -1 "$*" >&2
    trap - EXIT
    exit 1
}

# Runs a command quietly; shows the end of what it said only when it fails.
quietly() {
    local log="$LOGS/setup.log" status=0
    {
        printf '\n[%(%F %T)T] %s\n' -1 "$*"
        "$@" </dev/null
    } >>"$log" 2>&1 || status=$?
    ((status == 0)) && return 0
    tail -n 25 "$log" >&2
    say "failed ($status): $* — the whole log is in $log"
    return "$status"
}

# A stamp holds the hash of the files a step was made from.
files_hash() { cat "$@" | sha256sum | cut -c1-24; }

stamped() { [[ -f "$VAR/stamps/$1" && "$(<"$VAR/stamps/$1")" == "$2" ]]; }

stamp() { printf '%s\n' "$2" >"$VAR/stamps/$1"; }

# One set-up at a time in a checkout; the lock is released before anything long-lived starts.
lock_setup() {
    exec {SETUP_LOCK}>"$VAR/stamps/lock"
    flock -n "$SETUP_LOCK" && return 0
    say "another set-up is running in this checkout; waiting for it"
    flock "$SETUP_LOCK"
}

unlock_setup() { exec {SETUP_LOCK}>&-; }
