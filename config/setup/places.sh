# Where things are: the checkout, its state, the private cluster and the sockets. Sourced by `run`.

umask 022
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
VAR="${GRIDMAP_VAR:-$ROOT/var}"
mkdir -p "$VAR"
VAR="$(cd "$VAR" && pwd -P)"
VENV="$VAR/venv"
SYSROOT="$VAR/sysroot"
LOGS="$VAR/log"
SYSTEM_USER=gridmap
LONGEST_SOCKET_FOLDER=80 # of the 107 bytes of a socket path; the rest is the file's name with supervisor's suffix

mkdir -p "$VAR/stamps" "$LOGS"
export GRIDMAP_VAR="$VAR"
export NUMBA_CACHE_DIR="${NUMBA_CACHE_DIR:-$VAR/kernels}" # compiled code, where the checkout may be read-only

path_hash() { printf '%s' "$1" | sha256sum | cut -c1-12; }

# A private folder for sockets: under the state, or a short one where that path is too long for a socket.
socket_folder() {
    local wanted=$1 owner=$2 folder=$1
    if ((${#wanted} > LONGEST_SOCKET_FOLDER)); then
        folder="/tmp/gridmap-$(id -u "$owner")-$(path_hash "$wanted")"
    fi
    mkdir -p -m 0700 "$folder"
    if [[ -L $folder || ! -O $folder && $(stat -c %U "$folder") != "$owner" ]]; then
        fail "$folder belongs to somebody else; remove it or set GRIDMAP_VAR to a shorter path"
    fi
    ((EUID != 0)) || chown "$owner:" "$folder"
    chmod 0700 "$folder"
    printf '%s\n' "$folder"
}

# The account the cluster runs under: initdb refuses root.
cluster_owner() { if ((EUID == 0)); then echo "$SYSTEM_USER"; else id -un; fi; }

as_cluster_owner() {
    if ((EUID == 0)); then
        (cd / && exec setpriv --reuid "$SYSTEM_USER" --regid "$SYSTEM_USER" --clear-groups env HOME=/ "$@")
    else
        (cd / && exec "$@")
    fi
}

ensure_system_user() {
    ((EUID == 0)) || return 0
    id "$SYSTEM_USER" >/dev/null 2>&1 && return 0
    say "creating the system user $SYSTEM_USER for PostgreSQL"
    useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin "$SYSTEM_USER"
}

# Sets PGDATA and PGSOCKET. A root whose checkout the system user cannot enter keeps the cluster in /var/lib.
set_cluster_places() {
    local home="$VAR"
    if ((EUID == 0)) && ! as_cluster_owner test -x "$VAR" 2>/dev/null; then
        home="/var/lib/$SYSTEM_USER/$(path_hash "$VAR")"
        mkdir -p "$home"
    fi
    PGDATA="$home/pg"
    PGSOCKET="$(socket_folder "$home/socket" "$(cluster_owner)")"
}

RUN_FOLDER=""
set_run_folder() { RUN_FOLDER="$(socket_folder "$VAR/run" "$(id -un)")"; }
