# Packages for an ordinary user without sudo: downloaded by a private apt and unpacked under the state. Sourced by `run`.

unpack_privately() {
    local packages APT=("${PRIVATE_APT[@]}")
    mkdir -p "$VAR/apt/lists/partial" "$VAR/apt/archives/partial" "$VAR/apt/cache"
    say "no root here: reading the package lists into $VAR/apt"
    quietly apt-get "${APT[@]}" update || give_command "the package lists cannot be read" "$*"
    packages="$(package_names "$@")"
    say "downloading ${packages//$'\n'/ } and what they need"
    # shellcheck disable=SC2086 # packages are words
    quietly apt-get "${APT[@]}" install --download-only -y --no-install-recommends $packages ||
        give_command "the packages cannot be downloaded" "$*"
    unpack_archives
    finish_sysroot
    rm -rf "$VAR/apt"
    enter_sysroot
}

unpack_archives() {
    local archive folder
    say "unpacking $(find "$VAR/apt/archives" -name '*.deb' | wc -l) packages under $SYSROOT"
    mkdir -p "$SYSROOT"
    for archive in "$VAR"/apt/archives/*.deb; do
        case "${archive##*/}" in
            libc6_* | libc-bin_*) continue ;; # a second C library beside the running one ends in crashes
            libllvm* | libz3-* | libgl1-mesa-dri_* | adwaita-icon-theme_* | locales_*) continue ;; # 300 MB nobody loads here
        esac
        quietly dpkg -x "$archive" "$SYSROOT" || fail "cannot unpack $archive"
    done
    for folder in bin sbin lib lib64; do # packages from before the /usr merge make a second tree
        [[ ! -d $SYSROOT/$folder || -L $SYSROOT/$folder ]] || cp -a "$SYSROOT/$folder" "$SYSROOT/usr/"
        rm -rf "${SYSROOT:?}/$folder"
    done
    rm -rf "$SYSROOT"/usr/share/{doc,man,locale,icons,lintian,info}
}

# What the packages' install scripts would have done: PostGIS's alternatives, the certificate bundle, a font list.
finish_sysroot() {
    local control
    for control in "$SYSROOT"/usr/share/postgresql/*/extension/*-3.control; do
        [[ -e $control ]] || continue
        [[ -e ${control/-3.control/.control} ]] || ln -s "${control##*/}" "${control/-3.control/.control}"
    done
    if [[ -d $SYSROOT/usr/share/ca-certificates ]]; then
        mkdir -p "$SYSROOT/etc/ssl/certs"
        find "$SYSROOT/usr/share/ca-certificates" /usr/local/share/ca-certificates -name '*.crt' -exec cat {} + >"$SYSROOT/etc/ssl/certs/ca-certificates.crt"
    fi
    write_font_list
}

write_font_list() {
    mkdir -p "$VAR/cache/fontconfig"
    cat >"$SYSROOT/fonts.conf" <<-XML
	<?xml version="1.0"?>
	<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
	<fontconfig>
	  <dir>$SYSROOT/usr/share/fonts</dir>
	  <dir>/usr/share/fonts</dir>
	  <cachedir>$VAR/cache/fontconfig</cachedir>
	</fontconfig>
	XML
}

# Makes what lies under the sysroot usable; does nothing where there is none.
enter_sysroot() {
    [[ -d $SYSROOT/usr && :${LD_LIBRARY_PATH:-} != *":$SYSROOT/"* ]] || return 0
    local triplet folder libraries=""
    triplet="$(basename "$(compgen -G "$SYSROOT/usr/lib/*-linux-gnu" | head -n 1)")"
    for folder in "$triplet" "$triplet/blas" "$triplet/lapack" "$triplet/pulseaudio" ogdi .; do
        [[ ! -d $SYSROOT/usr/lib/$folder ]] || libraries+="${libraries:+:}$SYSROOT/usr/lib/$folder"
    done
    export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    export PATH="$PATH:$SYSROOT/usr/bin"
    [[ ! -d $SYSROOT/usr/share/proj ]] || CLUSTER_PROJ_DATA="$SYSROOT/usr/share/proj"
    [[ ! -d $SYSROOT/usr/share/fonts ]] || export FONTCONFIG_FILE="$SYSROOT/fonts.conf"
}
