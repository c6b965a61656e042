#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Every test, in order of depth; prints each suite's result and "N passed, N failed" at the end.
# A name as argument runs only the suites whose name holds it.
set -u
cd "$(dirname "$0")/.."
only=${1:-}
passed=0
failed=0
failures=""

suite() {
    local name=$1 start=$SECONDS
    shift
    [[ $name == *"$only"* ]] || return 0
    echo "=== $name"
    if "$@"; then
        passed=$((passed + 1))
        echo "=== $name: ok ($((SECONDS - start)) s)"
    else
        failed=$((failed + 1))
        failures="$failures  $name"$'\n'
        echo "=== $name: FAILED ($((SECONDS - start)) s)"
    fi
}

build() {
    [ -f build/build.ninja ] || meson setup build >/dev/null || return 1
    ninja -C build --quiet house || return 1
    # Lines are all that a sanitizer's report names: what variables are where takes a third of the compiler's time.
    [ -f build-san/build.ninja ] ||
        meson setup build-san -Dwerror=false -Db_sanitize=address,undefined -Doptimization=1 \
            -Ddebug=false -Dc_args='-g1 -fno-sanitize-recover=undefined' >/dev/null || return 1
    ninja -C build-san --quiet meson-test-prereq rathaus
}

unit() {
    LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0 \
        ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
        meson test -C build-san --no-rebuild --no-suite corpus --no-suite measured --print-errorlogs --quiet
}

# Our own models in the form of DMN's test kit, under sanitizers.
decisions() {
    local last
    last=$(build-san/rathaus feel tck tests/dmn | tee >(cat >&2) | tail -1)
    [[ $last =~ ^[1-9][0-9]*\ passed,\ 0\ failed,\ 0\ skipped$ ]]
}

packages() {
    local service overlay status=0
    for service in services/*/; do
        case $service in services/_*) continue ;; esac
        overlay=tenants/demo/services/$(basename "$service")
        [ -d "$overlay" ] && overlay="--overlay $overlay" || overlay=""
        # shellcheck disable=SC2086
        build/rathaus service check "$service" $overlay || status=1
        build/rathaus service test "$service" || status=1
    done
    return $status
}

scenarios() {
    timeout --kill-after=10 1500 node --test --test-concurrency=2 tests/scenarios/*.test.mjs
}

browser() {
    timeout --kill-after=10 1500 node --test --test-concurrency=2 tests/browser/*.test.mjs
}

corpus() {
    LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0 \
        meson test -C build-san --no-rebuild --suite corpus --print-errorlogs --quiet
}

suite build build
suite unit unit
suite measured meson test -C build --suite measured --print-errorlogs --quiet
suite texts meson test -C build --suite texts --print-errorlogs --quiet
suite layers node --test tests/layers.test.mjs
suite docs node --test tests/docs.test.mjs tests/errors.test.mjs tests/remarks.test.mjs
suite corpus corpus
suite decisions decisions
suite packages packages
suite scenarios scenarios
suite browser browser

[ -n "$failures" ] && printf 'failed suites:\n%s' "$failures"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
