# System packages: found on the machine, installed by apt, or unpacked under the state. Sourced by `run`.

PRIVATE_APT=(
    -o "Dir::State::lists=$VAR/apt/lists" -o "Dir::Cache=$VAR/apt/cache" -o "Dir::Cache::archives=$VAR/apt/archives"
    -o Debug::NoLocking=1 -o APT::Sandbox::User=
)

have() { command -v "$1" >/dev/null 2>&1; }

CERTIFICATES=(/etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt "$SYSROOT/etc/ssl/certs/ca-certificates.crt")

# uv and Node carry certificates of their own and know nothing of those an organisation adds to the machine.
trust_certificates() {
    local bundle
    for bundle in "${SSL_CERT_FILE:-}" "${CERTIFICATES[@]}"; do
        [[ -n $bundle && -e $bundle ]] || continue
        export SSL_CERT_FILE="$bundle" NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$bundle}" PIP_CERT="${PIP_CERT:-$bundle}"
        return 0
    done
    return 1
}

have_library() { compgen -G "/usr/lib/*/$1" >/dev/null || compgen -G "$SYSROOT/usr/lib/*/$1" >/dev/null; }

have_chinese_font() {
    compgen -G '/usr/share/fonts/*/*/*CJK*' >/dev/null || compgen -G "$SYSROOT/usr/share/fonts/*/*/*CJK*" >/dev/null ||
        [[ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]]
}

# What this machine lacks for `demo` or `test`, one need per line; PostgreSQL's major is settled later, by what apt offers.
missing_needs() {
    local mode=$1
    trust_certificates || echo ca-certificates
    { find_python && { have_uv || find_pip; }; } || echo python3 python3-venv
    ! embedded || find_postgres || echo postgis-cluster
    ! embedded || [[ -e /usr/share/zoneinfo/UTC ]] || echo tzdata
    have msgfmt || echo gettext
    if ((EUID == 0)) || [[ $mode == test ]]; then
        have_chinese_font || echo fonts-noto-cjk
    fi
    [[ $mode == test ]] || return 0
    have_library libatomic.so.1 || echo libatomic1 # Playwright's driver
    find_browser || if browser_from_apt; then echo chromium; else have_library libnss3.so || echo libnss3; fi
}

# `postgis-cluster` becomes the newest PostgreSQL for which the distribution packages PostGIS.
package_names() {
    local need
    for need in "$@"; do
        [[ $need == postgis-cluster ]] || { echo "$need" && continue; }
        postgis_packages
    done
}

postgis_packages() {
    local newest
    newest="$(apt-cache "${APT[@]}" pkgnames postgresql- | sed -nE '/^postgresql-[0-9]+-postgis-3$/p' | sort -t- -k2,2nr | sed -n 1p)"
    [[ -n $newest ]] || fail "this system's package lists offer no PostGIS 3; add its main/universe section, or set DATABASE_URL"
    echo "$newest" "${newest%-postgis-3}"
}

ensure_packages() {
    local mode=$1 needs
    needs="$(missing_needs "$mode")"
    [[ -n $needs ]] || return 0
    say "missing on this machine: ${needs//$'\n'/ }"
    # shellcheck disable=SC2086 # needs are words
    if ! have apt-get; then
        fail "install these with your package manager, then run this again: ${needs//$'\n'/ } (PostgreSQL >= 15 with PostGIS >= 3.3)"
    elif ((EUID == 0)); then
        install_as_root env $needs
    elif have sudo && sudo -n true 2>/dev/null; then
        install_as_root sudo $needs
    elif [[ $needs == *tzdata* ]]; then # the path of the time zones is fixed in the distribution's PostgreSQL
        give_command "time zones (tzdata) cannot be unpacked elsewhere" "$needs"
    else
        unpack_privately $needs
    fi
    needs="$(missing_needs "$mode" | grep -vx chromium || true)"
    [[ -z $needs ]] || give_command "still missing: ${needs//$'\n'/ }" "$needs"
}

# The stray cluster that the Debian packages would start on port 5432 is refused before they are installed.
refuse_stray_cluster() {
    local config=/etc/postgresql-common/createcluster.conf
    grep -qsE '^[[:space:]]*create_main_cluster' "$config" && return 0
    "$1" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | "$1" tee -a "$config" >/dev/null
}

install_as_root() {
    local prefix=$1 packages APT=()
    shift
    say "reading the package lists (apt)"
    quietly "$prefix" apt-get -o DPkg::Lock::Timeout=300 update || say "apt-get update failed; trying with the lists at hand"
    packages="$(package_names "$@")"
    refuse_stray_cluster "$prefix"
    say "installing ${packages//$'\n'/ } (apt)"
    # shellcheck disable=SC2086 # packages are words
    quietly "$prefix" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold install -y --no-install-recommends $packages ||
        give_command "apt-get could not install them" "$*"
}

# The one command for somebody who may install packages, where this machine lets us do it in no other way.
give_command() {
    local packages APT=()
    # shellcheck disable=SC2086 # needs are words
    packages="$(package_names ${2//$'\n'/ } 2>/dev/null)" || packages="${2/postgis-cluster/postgresql postgresql-postgis}"
    fail "$1. Ask an administrator to run:
    sudo mkdir -p /etc/postgresql-common; echo 'create_main_cluster = false' | sudo tee -a /etc/postgresql-common/createcluster.conf >/dev/null; \
sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages//$'\n'/ }
then start this again."
}
