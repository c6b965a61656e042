#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Install what is missing: need.sh build|test|bench|lint|fresh
# Says what it does; does nothing, quickly, when nothing is missing.
set -eu
cd "$(dirname "$0")/.."

build="gcc mold libc6-dev make meson ninja-build pkg-config
  libmicrohttpd-dev libsqlite3-dev libfyaml-dev libxml2-dev libicu-dev
  libintelrdfpmath-dev libsodium-dev libssl-dev libarchive-dev libmagic-dev
  libcairo2-dev libpng-dev libpango1.0-dev libhyphen-dev hyphen-de hyphen-en-gb libqpdf-dev libqrencode-dev
  libcurl4-openssl-dev libgdal-dev libgeos-dev libharfbuzz-dev zlib1g-dev libzstd-dev libsnappy-dev mosquitto-dev libmosquitto-dev libcmocka-dev
  fonts-liberation fonts-dejavu-core libopenmpi-dev openmpi-bin"
test="mosquitto tilemaker osmium-tool chromium gdal-bin sqlite3 poppler-utils qpdf libxml2-utils faketime git"
bench="mosquitto wrk fossil liblua5.4-dev postgresql victoria-metrics"
lint="clang clang-format clang-tidy reuse libclang-rt-14-dev libomp-dev"
fresh="debootstrap"

want=$build
for part in "$@"; do
    case $part in
    build) ;;
    test) want="$want $test" ;;
    bench) want="$want $bench" ;;
    lint | fuzz) want="$want $lint" ;;
    fresh) want="$want $fresh" ;;
    *) echo "need.sh: unknown part \"$part\"" >&2; exit 2 ;;
    esac
done
command -v node >/dev/null && command -v npm >/dev/null || want="$want nodejs npm"

have=$(dpkg-query -W -f '${Status} ${Package}\n' 2>/dev/null | sed -n 's/^install ok installed //p')
missing=""
for package in $want; do
    printf '%s\n' "$have" | grep -qx -- "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "Installing from Debian:$missing"
    sudo=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "Please run as root, or install sudo: apt-get install$missing" >&2
            exit 1
        }
        sudo=sudo
    fi
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

if [ -f package-lock.json ] && ! cmp -s package-lock.json node_modules/.installed-lock; then
    echo "Installing from npm: $(sed -n 's/^    "\(@\{0,1\}[a-z0-9/.-]*\)": "[0-9].*/\1/p' package.json | tr '\n' ' ')"
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi
