# What `./run CHORE` does. Sourced by `run`.

prepare() {
    local mode=$1
    trap 'say "the set-up stopped at: $BASH_COMMAND"' EXIT
    lock_setup
    enter_sysroot
    set_database_url
    ensure_packages "$mode"
    trust_certificates || true
    ensure_python "$mode"
    ensure_javascript "$mode"
    [[ $mode == demo ]] || ensure_browser
    ensure_secret_key
    ensure_personal_keys
    set_run_folder
    mkdir -p "$VAR/static" # WhiteNoise warns without it
    ensure_cluster
    compile_messages
    compile_kernels
    trap - EXIT
}

manage() { (cd "$ROOT" && "$VENV/bin/python" manage.py "$@"); }

# Tests and benchmarks make databases of their own and migrate them; the tests then go on as the application.
as_database_owner() { DATABASE_URL="${DATABASE_OWNER_URL:-$DATABASE_URL}" "$@"; }

in_checkout() { (cd "$ROOT" && PATH="$VENV/bin:$PATH" "$@"); }

# Translations are text in the repository; the compiled files are made where they are missing or older.
compile_messages() {
    local source
    while read -r source; do
        [[ -e ${source%.po}.mo && ! $source -nt ${source%.po}.mo ]] || quietly msgfmt --check-format -o "${source%.po}.mo" "$source"
    done < <(find "$ROOT/locale" "$ROOT/gridmap" "$ROOT/importers" "$ROOT/layers" -name '*.po' 2>/dev/null)
}

# Compiled once here: processes side by side would all compile the same.
compile_kernels() {
    local state
    state="$(files_hash "$ROOT/requirements.txt" "$ROOT"/gridmap/partition/*.py)"
    ! stamped kernels "$state" || return 0
    say "compiling the kernels of the drawing"
    rm -rf "$NUMBA_CACHE_DIR" # numba does not see that a function called from another file has changed
    (cd "$ROOT" && quietly "$VENV/bin/python" -m gridmap.partition.ready)
    stamp kernels "$state"
}

migration_files() { find "$ROOT/gridmap" "$ROOT/importers" "$ROOT/layers" -path '*/migrations/*.py' -print0 | sort -z; }

# Migrations and the demo's content. Where the database is our own, nothing is asked of it while they stay the same.
ensure_content() {
    local state
    state="$({ printf '%s\n' "$DATABASE_URL" && cat "$ROOT/requirements.txt" && migration_files | xargs -0 cat; } | sha256sum | cut -c1-24)"
    ! embedded || ! stamped content "$state" || return 0
    say "bringing the database up to date"
    quietly manage migrate --noinput
    [[ -e $VAR/stamps/content ]] || say "an empty database is filled with a generated district; its grids are drawn"
    manage seed_demo </dev/null 2>>"$LOGS/setup.log" | sed 's/^/    /'
    stamp content "$state"
}

chore_demo() {
    prepare demo
    start_supervisor
    start_postgres
    ensure_content
    start_site
    unlock_setup
    say "ready"
    printf '\n  gridmap: http://%s:%s/\n\n' "$SITE_HOST" "$SITE_PORT"
    manage demo_accounts
    [[ ${SECOND_FACTOR:-offered} != offered ]] ||
        printf '\n  the demo only offers a second factor (SECOND_FACTOR=offered); elsewhere the roles ask for it\n'
    printf '\n  stop it: ./run stop    logs: %s\n' "$LOGS"
}

# The database runs while the tests do; what was running before stays.
with_database() {
    local before=no status=0
    ! supervisor_lives || before=yes
    start_postgres
    unlock_setup
    "$@" || status=$?
    if [[ $before == no ]] && embedded; then stop_processes; fi
    return "$status"
}

chore_test() {
    prepare test
    with_database run_tests "$@"
}

run_tests() {
    local failed=() scripts
    local -x PGOPTIONS="${PGOPTIONS:-} -c synchronous_commit=off" # what tests write need not outlive a crash
    unset STREAM_URL ALLOWED_HOSTS # those of the demo's address; the tests have their own
    as_database_owner in_checkout pytest -n 2 "$@" || failed+=("pytest")
    if (($# == 0)); then
        mapfile -t scripts < <(find "$ROOT/tests/js" -name '*.test.js' -o -name '*.test.mjs' 2>/dev/null | sort)
        ((${#scripts[@]} == 0)) || in_checkout node --test "${scripts[@]}" || failed+=("node --test")
    fi
    ((${#failed[@]} == 0)) || { say "failed: ${failed[*]}" && return 1; }
    say "all tests passed"
}

# Too long for every commit: the whole matrix of rights, with another seed every day.
chore_nightly() {
    prepare test
    unset STREAM_URL ALLOWED_HOSTS
    export SESSION_IDLE_MINUTES=720 # whoever is asked last has been signed in since the beginning
    export GRIDMAP_MATRIX_CHECKS="${1:-200000}" GRIDMAP_MATRIX_SEED="${2:-$(date +%Y%m%d)}" GRIDMAP_MATRIX_SHARES=2
    with_database as_database_owner in_checkout pytest tests/matrix -n 2 -o timeout=0
}

chore_lint() {
    prepare test
    unlock_setup
    local status=0
    in_checkout ruff check . || status=1
    in_checkout ruff format --check . || status=1
    in_checkout lint-imports || status=1
    return "$status"
}

chore_types() {
    prepare test
    unlock_setup
    local status=0
    in_checkout mypy . || status=1
    in_checkout node_modules/.bin/tsc -p tsconfig.json || status=1
    return "$status"
}

chore_bench() {
    local name=${1:-}
    if [[ -z $name || ! -f $ROOT/bench/$name.py ]]; then
        say "benchmarks: $(find "$ROOT/bench" -maxdepth 1 -name '[a-z]*.py' -printf '%f\n' 2>/dev/null | sed 's/\.py$//' | sort | xargs)"
        fail "./run bench NAME [--json] …"
    fi
    prepare test
    shift
    [[ $name != @(partition|tiles) || " $* " == *" --without-peers "* ]] || ensure_peers
    with_database as_database_owner in_checkout python -m "bench.$name" "$@"
}

chore_manage() {
    prepare demo
    [[ ${1:-} != @(migrate|flush) ]] || rm -f "$VAR/stamps/content"
    with_database manage "$@"
}

chore_shell() {
    prepare demo
    with_database manage shell "$@"
}

chore_messages() {
    prepare demo
    unlock_setup
    in_checkout python manage.py makemessages -l zh_Hans -l en --no-obsolete --no-location --ignore 'var/*' --ignore 'node_modules/*'
    compile_messages
}

chore_docs() {
    local document
    for document in README.md $(cd "$ROOT" && find docs -name '*.md' | sort); do
        [[ ! -f $ROOT/$document ]] || printf '%-44s %s\n' "$document" "$(grep -m 1 '^# ' "$ROOT/$document" | cut -c3-)"
    done
    prepare test
    with_database as_database_owner in_checkout pytest tests/test_documents.py
}

chore_stop() {
    [[ -x $VENV/bin/supervisorctl ]] || { say "nothing is installed, nothing runs" && return 0; }
    enter_sysroot
    set_database_url
    set_run_folder
    stop_processes
    say "stopped"
}

chore_reset() {
    local answer=""
    if [[ ${1:-} != --yes ]]; then
        read -r -p "Delete the database, uploads and tiles under $VAR? Type yes: " answer || true
        [[ $answer == yes ]] || fail "nothing was deleted"
    fi
    chore_stop
    set_database_url
    embedded || say "the database of DATABASE_URL is left alone"
    ! embedded || rm -rf "$PGDATA" "$PGDATA.new"
    rm -rf "$VAR/media" "$VAR/tiles" "$VAR/stamps/content"
    say "the data is deleted; ./run demo starts afresh"
}
