# Python, uv and the packages of the lock. Sourced by `run`.

PYTHON=""

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Sets PYTHON to a Python >= 3.11 of this machine (or of the sysroot).
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11 "$SYSROOT/usr/bin/python3"; do
        if have "$candidate" && recent_enough "$candidate"; then
            PYTHON="$(command -v "$candidate")"
            return 0
        fi
    done
    return 1
}

# Sets PIP: the machine's own, or the wheel that Debian keeps for `venv`, which runs as it is.
find_pip() {
    local wheel
    if "$PYTHON" -m pip --version >/dev/null 2>&1; then
        PIP=("$PYTHON" -m pip)
        return 0
    fi
    wheel="$(compgen -G '/usr/share/python-wheels/pip-*.whl' || compgen -G "$SYSROOT/usr/share/python-wheels/pip-*.whl" || true)"
    [[ -n $wheel ]] || return 1
    PIP=("$PYTHON" "${wheel%%$'\n'*}/pip")
}

uv_version() { sed -n 's/^uv==\([^ ]*\).*/\1/p' "$ROOT/config/setup/uv.txt"; }

have_uv() { [[ "$("$VAR/tools/bin/uv" --version 2>/dev/null)" == "uv $(uv_version)"* ]]; }

ensure_uv() {
    have_uv && return 0
    find_pip || fail "this Python has no pip: install python3-venv or python3-pip"
    say "installing uv $(uv_version)"
    rm -rf "$VAR/tools"
    quietly "${PIP[@]}" install --target "$VAR/tools" --no-deps --require-hashes -r "$ROOT/config/setup/uv.txt"
}

# uv reads its own settings only; a mirror that the machine's pip uses is handed on.
hand_on_index() {
    local index="${PIP_INDEX_URL:-}"
    if [[ -z $index ]] && find_pip; then
        index="$("${PIP[@]}" config get global.index-url 2>/dev/null || true)"
    fi
    [[ -z $index || -n ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]] || export UV_DEFAULT_INDEX="$index"
    if [[ -n ${PIP_EXTRA_INDEX_URL:-} && -z ${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-} ]]; then
        export UV_INDEX="$PIP_EXTRA_INDEX_URL" UV_INDEX_STRATEGY=unsafe-best-match # the hashes say which file is right
    fi
    export UV_PYTHON_DOWNLOADS=never
}

# A venv that has the packages of the tests serves the demo as well.
ensure_python() {
    local mode=$1 lock="$ROOT/requirements.txt" demo test wanted
    find_python || fail "no Python >= 3.11 found"
    demo="demo $(files_hash "$ROOT/requirements.txt")"
    test="test $(files_hash "$ROOT/requirements-dev.txt")"
    wanted="$demo"
    [[ $mode == demo ]] || { wanted="$test" && lock="$ROOT/requirements-dev.txt"; }
    if "$VENV/bin/python" -c '' 2>/dev/null && { stamped python "$wanted" || stamped python "$test"; }; then return 0; fi
    ensure_uv
    hand_on_index
    "$VENV/bin/python" -c '' 2>/dev/null || quietly "$VAR/tools/bin/uv" venv --clear --python "$PYTHON" "$VENV"
    say "installing the Python packages of ${lock##*/}"
    VIRTUAL_ENV="$VENV" quietly "$VAR/tools/bin/uv" pip sync --require-hashes "$lock"
    stamp python "$wanted"
}

# The libraries that a benchmark compares us with have a venv of their own; without network it goes on without them.
ensure_peers() {
    local lock="$ROOT/bench/requirements.txt" wanted
    wanted="$(files_hash "$lock")"
    if "$VAR/peers/bin/python" -c '' 2>/dev/null && stamped peers "$wanted"; then return 0; fi
    find_python || fail "no Python >= 3.11 found"
    ensure_uv
    hand_on_index
    say "installing the peers of the benchmark"
    if quietly "$VAR/tools/bin/uv" venv --clear --python "$PYTHON" "$VAR/peers" &&
        VIRTUAL_ENV="$VAR/peers" quietly "$VAR/tools/bin/uv" pip sync --require-hashes --only-binary :all: "$lock"; then
        stamp peers "$wanted"
    else
        rm -rf "$VAR/peers"
        say "the peers could not be installed: the benchmark goes on without them"
    fi
}
