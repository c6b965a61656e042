#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Prove the promise: on a minimal Debian 12, two commands bring up the town and pass the tests.
# Makes the system in a scratch folder, clones the committed tree into it, runs both, removes it.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "make fresh needs root (debootstrap, chroot)" >&2; exit 1; }

root=$(mktemp -d "${TMPDIR:-/var/tmp}/rathaus-fresh-XXXXXX")
mounted=""
finish() {
    for place in $mounted; do umount -l "$root/$place" 2>/dev/null || true; done
    rm -rf --one-file-system "$root"
}
trap finish EXIT

mirror=$(sed -n 's/^URIs: *\([^ ]*debian\)\/\{0,1\}$/\1/p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*debian\)\/\{0,1\} bookworm main.*/\2/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
echo "=== debootstrap of a minimal Debian 12"
debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >/dev/null

# The network as this machine has it: name servers, certificates, registries' addresses.
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
cp /etc/hosts "$root/etc/hosts" 2>/dev/null || true
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
[ -d /usr/local/share/ca-certificates ] && cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" &&
    chroot "$root" update-ca-certificates >/dev/null 2>&1
[ -f /etc/ssl/certs/ca-certificates.crt ] && cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ -f "$HOME/.npmrc" ] && cp "$HOME/.npmrc" "$root/root/.npmrc"
for place in proc sys dev dev/shm dev/pts; do
    mkdir -p "$root/$place"
    mount --bind "/$place" "$root/$place" && mounted="$place $mounted"
done

git clone --quiet --no-hardlinks . "$root/root/rathaus"
inside() {
    env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI=true \
        $(env | grep -iE '^((https?|no|all)_proxy|npm_config_[a-z_]*|node_extra_ca_certs|ssl_cert_file)=' || true) \
        chroot "$root" /bin/bash -c "cd /root/rathaus && $1"
}

echo "=== make run"
inside 'make run LISTEN=127.0.0.1:18990' &
for _ in $(seq 1200); do
    page=$(curl -s --max-time 2 http://127.0.0.1:18990/ 2>/dev/null || true)
    case $page in *Musterstadt*) break ;; esac
    sleep 1
done
case $page in
*Musterstadt*) echo "=== the town answers" ;;
*) echo "=== the town does not answer" >&2; exit 1 ;;
esac
for process in /proc/[0-9]*; do # the town, by the root it lives under
    if [ "$(readlink "$process/root" 2>/dev/null)" = "$root" ]; then kill "${process#/proc/}" 2>/dev/null || true; fi
done
wait || true

echo "=== make test"
inside 'make test'
echo "fresh: both commands work on a minimal Debian 12"
