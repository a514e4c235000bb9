# The embedded default: a private PostGIS cluster on a unix socket only. Sourced by `run`.

OLDEST_POSTGRES=15
OLDEST_POSTGIS=3.3
PG_BIN=""
CLUSTER_PROJ_DATA=""

embedded() { [[ -z ${GIVEN_DATABASE_URL:-} ]]; }

at_least() { [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]; }

# The PostGIS version beside a PostgreSQL, or nothing.
postgis_version() {
    local bin=$1 control
    for control in "$bin/../../../../share/postgresql/$(basename "$(dirname "$bin")")/extension/postgis.control" \
        "$("$bin/pg_config" --sharedir 2>/dev/null)/extension/postgis.control"; do
        [[ -r $control ]] || continue
        sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$control"
        return
    done
}

postgres_serves() {
    local bin=$1 version
    [[ -x $bin/initdb && -x $bin/postgres && -x $bin/psql ]] || return 1
    version="$("$bin/postgres" -V 2>/dev/null | sed 's/[^0-9]*\([0-9]*\).*/\1/')"
    [[ -n $version ]] && ((version >= OLDEST_POSTGRES)) || return 1
    if [[ -r ${PGDATA:-}/PG_VERSION && "$(<"$PGDATA/PG_VERSION")" != "$version" ]]; then return 1; fi
    version="$(postgis_version "$bin")"
    [[ -n $version ]] && at_least "$version" "$OLDEST_POSTGIS"
}

# Folders that may hold a PostgreSQL, the newest of each place first.
postgres_folders() {
    local pattern
    echo "${GRIDMAP_PG_BIN:-}"
    for pattern in '/usr/lib/postgresql/*/bin' '/usr/pgsql-*/bin' "$SYSROOT/usr/lib/postgresql/*/bin"; do
        { compgen -G "$pattern" || true; } | sort -rV
    done
    pg_config --bindir 2>/dev/null || true
}

# Sets PG_BIN to the newest PostgreSQL with PostGIS that serves the data there already is.
find_postgres() {
    local bin
    while read -r bin; do
        [[ -n $bin ]] && postgres_serves "$bin" || continue
        PG_BIN="$bin"
        return 0
    done < <(postgres_folders)
    return 1
}

percent_encoded() {
    if [[ $1 =~ ^[a-zA-Z0-9/._-]+$ ]]; then
        printf '%s' "$1"
    else
        printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' '%'
    fi
}

# DATABASE_URL, and for what changes tables DATABASE_OWNER_URL: those given, else the private cluster under two roles.
set_database_url() {
    [[ ! -v GIVEN_DATABASE_URL ]] || return 0
    GIVEN_DATABASE_URL="${DATABASE_URL:-}"
    embedded || return 0
    ensure_system_user
    set_cluster_places
    export APP_DATABASE_ROLE="${APP_DATABASE_ROLE:-gridmap_app}"
    local cluster
    cluster="/$SYSTEM_USER?host=$(percent_encoded "$PGSOCKET")"
    export DATABASE_URL="postgis://$APP_DATABASE_ROLE@$cluster" DATABASE_OWNER_URL="postgis://$SYSTEM_USER@$cluster"
}

ensure_cluster() {
    embedded || return 0
    find_postgres || fail "no PostgreSQL >= $OLDEST_POSTGRES with PostGIS >= $OLDEST_POSTGIS serves ${PGDATA}"
    if [[ ! -e $PGDATA/PG_VERSION ]]; then
        say "creating the database cluster in $PGDATA"
        create_cluster
    fi
    as_cluster_owner tee "$PGDATA/gridmap.conf" <"$ROOT/config/postgresql.conf" >/dev/null
}

# Made beside its place and moved there when complete, so that an interrupted start leaves no half cluster.
create_cluster() {
    local fresh="$PGDATA.new"
    rm -rf "$fresh" "$VAR/stamps/content"
    mkdir -m 0700 "$fresh"
    ((EUID != 0)) || chown "$SYSTEM_USER:" "$fresh"
    quietly as_cluster_owner "$PG_BIN/initdb" -D "$fresh" -U "$SYSTEM_USER" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --data-checksums
    as_cluster_owner tee -a "$fresh/postgresql.conf" >/dev/null <<<"include 'gridmap.conf'"
    as_cluster_owner tee "$fresh/pg_hba.conf" >/dev/null <<<"local all all trust # the folder of the socket is private (0700)"
    mv "$fresh" "$PGDATA"
}

cluster_answers() { "$PG_BIN/pg_isready" -q -h "$PGSOCKET"; }

wait_for_cluster() {
    local i
    for ((i = 0; i < 600; i++)); do
        ! cluster_answers || return 0
        sleep 0.1
    done
    fail "PostgreSQL does not answer; see $LOGS/postgres.log"
}

ensure_database() {
    local query="select 1 from pg_database where datname = '$SYSTEM_USER'"
    [[ "$("$PG_BIN/psql" -h "$PGSOCKET" -U "$SYSTEM_USER" -d postgres -XAtc "$query")" == 1 ]] ||
        quietly "$PG_BIN/createdb" -h "$PGSOCKET" -U "$SYSTEM_USER" "$SYSTEM_USER"
}
