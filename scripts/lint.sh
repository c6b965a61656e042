#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Layout, static analysis, licences, shell and layers.
set -u
cd "$(dirname "$0")/.."
status=0

say() { printf '=== %s\n' "$1"; }

say "clang-format"
git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror || status=1

say "clang builds without a warning"
[ -f build-clang/build.ninja ] || CC=clang meson setup build-clang >/dev/null || status=1
ninja -C build-clang --quiet all meson-test-prereq benches || status=1

say "clang-tidy"
# sizeof-expression takes arrays of pointers for mistakes; valist.Uninitialized of clang 14 takes every va_list after the
# first of a run for one that was not begun.
git ls-files 'src/*.c' | xargs -P 2 -n 8 clang-tidy -p build-clang --quiet \
    --checks='-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-sizeof-expression,-clang-analyzer-valist.Uninitialized,-bugprone-reserved-identifier,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result,-bugprone-macro-parentheses,-bugprone-assignment-in-if-condition,-bugprone-branch-clone,-bugprone-signal-handler' \
    --warnings-as-errors='*' 2>/dev/null || status=1

say "layers"
node --test tests/layers.test.mjs >/dev/null || { echo "an include points up: node --test tests/layers.test.mjs"; status=1; }

say "banned functions"
if git grep -nE '\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|gmtime|localtime|asctime|ctime|atoi|atol|rand|tmpnam|mktemp|system|popen)\(' -- 'src/*.c' 'src/*.h'; then
    echo "use the functions of base/ or the safe form instead"
    status=1
fi

say "names of the system"
# A function of ours that has the name of a library's takes its place in the whole program.
ninja -C build-clang rathaus --quiet || status=1
nm -g --defined-only build-clang/librathaus-core.a 2>/dev/null |
    awk '$2 ~ /^[TDBR]$/ { print $3 }' | sort -u >build-clang/own-names
for library in $(ldd build-clang/rathaus | awk '/=>/ { print $3 }'); do
    nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u |
        comm -12 build-clang/own-names - | sed "s|$| is a name of $library|" >build-clang/taken-names
    if [ -s build-clang/taken-names ]; then
        cat build-clang/taken-names
        status=1
    fi
done

say "licences"
reuse lint --quiet || { reuse lint | tail -n 20; status=1; }

[ $status = 0 ] && echo "lint: clean"
exit $status
