# The processes under supervisord: started, asked, restarted, stopped. Sourced by `run`.

SITE=(site:web site:stream site:worker)
SUPERVISED_VARIABLES=(DATABASE_URL APP_DATABASE_ROLE SECRET_KEY FIELD_KEYS FIELD_CIPHER BLIND_KEYS
    DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS HTTPS STREAM_URL TIME_ZONE LOG_LEVEL
    SECOND_FACTOR SESSION_MAX_HOURS SESSION_IDLE_MINUTES TRUSTED_PROXIES PROXY_HOPS
    UPLOAD_MAX_BYTES TIANDITU_KEY BASEMAPS BASEMAP_DEFAULT BASEMAP_URL BASEMAP_KEY BASEMAP_ATTRIBUTION BASEMAP_DATUM
    LD_LIBRARY_PATH CLUSTER_PROJ_DATA)

supervisor() { "$VENV/bin/supervisorctl" -c "$RUN_FOLDER/supervisord.conf" "$@"; }

supervisor_lives() {
    local pid
    [[ -S $RUN_FOLDER/supervisor.sock && -r $RUN_FOLDER/supervisord.pid ]] || return 1
    pid="$(<"$RUN_FOLDER/supervisord.pid")"
    kill -0 "$pid" 2>/dev/null && supervisor pid >/dev/null 2>&1
}

running() { supervisor status "$1" 2>/dev/null | grep -q ' RUNNING '; }

ensure_secret_key() {
    if [[ ! -s $VAR/secret_key ]]; then
        (umask 077 && head -c 48 /dev/urandom | base64 -w 0 >"$VAR/secret_key")
    fi
    export SECRET_KEY="${SECRET_KEY:-$(<"$VAR/secret_key")}"
}

# The keys of people's data. Their numbers are drawn, so that a key made after a loss is not taken for the lost one.
ensure_personal_keys() {
    local name
    for name in field_keys blind_keys; do
        [[ ! -s $VAR/$name ]] || continue
        (umask 077 && printf '%d:%s\n' "$((RANDOM % 255 + 1))" "$(head -c 32 /dev/urandom | base64 -w 0)" >"$VAR/$name")
    done
    export FIELD_KEYS="${FIELD_KEYS:-$(<"$VAR/field_keys")}" BLIND_KEYS="${BLIND_KEYS:-$(<"$VAR/blind_keys")}"
}

port_taken() { (exec {probe}<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets SITE_PORT: the port already served, else the first free pair from PORT on (the live stream takes the next one).
choose_port() {
    local former
    former="$(cat "$RUN_FOLDER/port" 2>/dev/null || true)"
    if [[ -n $former && ${PORT:-$former} == "$former" ]] && supervisor_lives && running site:web; then
        SITE_PORT="$former"
        return 0
    fi
    SITE_PORT="${PORT:-8000}"
    while port_taken "$SITE_PORT" || port_taken "$((SITE_PORT + 1))"; do
        say "port $SITE_PORT or $((SITE_PORT + 1)) is taken; trying $((SITE_PORT + 2))"
        SITE_PORT=$((SITE_PORT + 2))
    done
}

own_addresses() { hostname -I 2>/dev/null || true; }

# SITE_HOST is what a browser types; an address for every interface is shown as the first of this machine.
set_address() {
    local addresses
    BIND="${GRIDMAP_BIND:-127.0.0.1}"
    SITE_HOST="$BIND"
    addresses="localhost,127.0.0.1,[::1],$(uname -n)"
    if [[ $BIND == 0.0.0.0 ]]; then
        SITE_HOST="$(own_addresses | cut -d' ' -f1)"
        SITE_HOST="${SITE_HOST:-$(uname -n)}"
        addresses+=",$(own_addresses | xargs | tr ' ' ',')"
    else
        addresses+=",$BIND"
    fi
    choose_port
    export ALLOWED_HOSTS="${ALLOWED_HOSTS:-$addresses}"
    export STREAM_URL="${STREAM_URL:-http://$SITE_HOST:$((SITE_PORT + 1))/stream}"
}

render_supervisor() {
    local text name value
    text="$(<"$ROOT/config/supervisord.conf.in")"
    embedded || text="$(sed '/^;embedded/,/^;end/d' <<<"$text")"
    local -A values=(
        [ROOT]="$ROOT" [RUN]="$RUN_FOLDER" [LOGS]="$LOGS" [VENV]="$VENV" [BIND]="$BIND" [PORT]="$SITE_PORT"
        [STREAM_PORT]="$((SITE_PORT + 1))" [PG_BIN]="$PG_BIN" [PGDATA]="${PGDATA:-}" [PGSOCKET]="${PGSOCKET:-}"
        [PG_USER]="" [USER]=""
    )
    ((EUID != 0)) || values+=([PG_USER]="$SYSTEM_USER" [USER]="user=root")
    for name in "${!values[@]}"; do
        value="${values[$name]//%/%%}"
        text="${text//"@$name@"/"$value"}"
    done
    printf '%s\n' "$text"
}

supervised_environment() {
    local name
    for name in "${SUPERVISED_VARIABLES[@]}"; do printf '%s=%s\n' "$name" "${!name:-}"; done
}

# A running supervisor is kept unless its configuration or the environment of its processes changed.
start_supervisor() {
    local config fingerprint
    supervisor_lives || end_orphans # before the port is chosen: they would hold it
    set_address
    config="$(render_supervisor)"
    fingerprint="$({ printf '%s\n' "$config" && supervised_environment; } | sha256sum)"
    if supervisor_lives; then
        [[ "$(cat "$RUN_FOLDER/fingerprint" 2>/dev/null)" != "$fingerprint" ]] || return 0
        say "the configuration changed: restarting the processes"
        stop_processes
    fi
    (umask 077 && printf '%s\n' "$config" >"$RUN_FOLDER/supervisord.conf" && printf '%s\n' "$fingerprint" >"$RUN_FOLDER/fingerprint")
    printf '%s\n' "$SITE_PORT" >"$RUN_FOLDER/port"
    (
        [[ -z ${SETUP_LOCK:-} ]] || exec {SETUP_LOCK}>&-
        export CLUSTER_PROJ_DATA PYTHONUNBUFFERED=1
        export SECOND_FACTOR="${SECOND_FACTOR:-offered}" # these are the demo's processes; its accounts are for looking round
        unset DATABASE_OWNER_URL APP_DATABASE_PASSWORD # the site never changes a table
        quietly "$VENV/bin/supervisord" -c "$RUN_FOLDER/supervisord.conf"
    )
    touch "$RUN_FOLDER/started"
}

start_postgres() {
    embedded || return 0
    start_supervisor
    if ! running postgres; then
        say "starting PostgreSQL"
        supervisor start postgres >>"$LOGS/setup.log" 2>&1 || true
    fi
    wait_for_cluster
    ensure_database
}

# The processes of a supervisor that was killed: they carry its address in their environment.
orphans() {
    local file
    while read -r file; do
        file="${file%/environ}"
        [[ "$(cat "$file/comm" 2>/dev/null)" == postgres* ]] || echo "${file#/proc/}"
    done < <(grep -lszxF "SUPERVISOR_SERVER_URL=unix://$RUN_FOLDER/supervisor.sock" /proc/[0-9]*/environ 2>/dev/null)
}

end_orphans() {
    local signal pids tenth
    for signal in TERM KILL; do
        pids="$(orphans)"
        [[ -n $pids ]] || return 0
        say "ending processes that a killed supervisor left: ${pids//$'\n'/ }"
        # shellcheck disable=SC2086 # process numbers are words
        kill -s "$signal" $pids 2>/dev/null || true
        for ((tenth = 0; tenth < 80; tenth++)); do
            [[ -n "$(orphans)" ]] || return 0
            sleep 0.1
        done
    done
}

stop_processes() {
    local pid tenth
    if supervisor_lives; then
        pid="$(<"$RUN_FOLDER/supervisord.pid")"
        supervisor shutdown >/dev/null
        for ((tenth = 0; tenth < 1200; tenth++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    fi
    end_orphans
    stop_orphaned_cluster
}

stop_orphaned_cluster() {
    embedded && [[ -e $PGDATA/postmaster.pid ]] && find_postgres || return 0
    as_cluster_owner "$PG_BIN/pg_ctl" status -D "$PGDATA" >/dev/null 2>&1 || return 0
    quietly as_cluster_owner "$PG_BIN/pg_ctl" stop -m fast -D "$PGDATA"
}

sources_changed() {
    [[ -n "$(find "$ROOT/gridmap" "$ROOT/importers" "$ROOT/layers" "$ROOT/templates" "$ROOT/locale" "$VENV/pyvenv.cfg" "$VAR/stamps/python" \
        -newer "$RUN_FOLDER/started" \( -name '*.py' -o -name '*.html' -o -name '*.mo' -o -name python \) -print -quit 2>/dev/null)" ]]
}

start_site() {
    if sources_changed && running site:web; then
        say "the code changed: restarting web, stream and worker"
        touch "$RUN_FOLDER/started"
        supervisor restart site: >>"$LOGS/setup.log" 2>&1 || true
    elif ! { running site:web && running site:stream && running site:worker; }; then
        say "starting web, stream and worker"
        touch "$RUN_FOLDER/started"
        supervisor start site: >>"$LOGS/setup.log" 2>&1 || true
    fi
    wait_for_site
}

site_healthy() {
    "$VENV/bin/python" - "http://$SITE_HOST:$SITE_PORT/healthz" <<'PY'
import sys
import urllib.request

try:
    sys.exit(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=3).status != 200)
except OSError:
    sys.exit(1)
PY
}

wait_for_site() {
    local attempt program
    for ((attempt = 0; attempt < 60; attempt++)); do
        ! site_healthy || break
        sleep 0.5
    done
    ((attempt < 60)) || fail "the site does not answer on port $SITE_PORT; see $LOGS/web.log"
    for program in "${SITE[@]}"; do
        running "$program" || say "warning: $program is not running; see $LOGS/${program#site:}.log"
    done
}
