# Chromium for the browser tests. Sourced by `run`.

# Ubuntu's package of that name only fetches a snap, which neither a container nor an ordinary user can install.
real_program() { have "$1" && ! head -c 4096 "$(command -v "$1")" | grep -qa 'snap'; }

browser_from_apt() { ! grep -qs '^ID=ubuntu' /etc/os-release; }

# Sets CHROMIUM to a browser that answers.
find_browser() {
    local candidate
    for candidate in "${CHROMIUM:-}" chromium google-chrome-stable google-chrome chromium-browser "$SYSROOT/usr/lib/chromium/chromium"; do
        [[ -n $candidate ]] && real_program "$candidate" || continue
        "$candidate" --version >/dev/null 2>&1 || continue
        CHROMIUM="$(command -v "$candidate")"
        export CHROMIUM
        return 0
    done
    return 1
}
