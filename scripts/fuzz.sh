#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Fuzz every parser with libFuzzer under ASan and UBSan: fuzz.sh [SECONDS each] [NAME …]
# New inputs are kept in build-fuzz/corpus; crashes in build-fuzz/crashes.
set -u
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
status=0

[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Dwerror=false \
    -Db_sanitize=address,undefined -Doptimization=1 >/dev/null || exit 1
ninja -C build-fuzz --quiet || exit 1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
for source in tests/fuzz/*_fuzz.c; do
    name=$(basename "$source" .c)
    [ $# -eq 0 ] || [[ " $* " == *" ${name%_fuzz} "* ]] || continue
    mkdir -p "build-fuzz/corpus/$name" build-fuzz/crashes
    seed="tests/fuzz/corpus/${name%_fuzz}"
    echo "=== $name: $seconds s"
    "build-fuzz/tests/$name" -max_total_time="$seconds" -print_final_stats=1 -rss_limit_mb=2048 -timeout=10 \
        -artifact_prefix=build-fuzz/crashes/"$name"- "build-fuzz/corpus/$name" $([ -d "$seed" ] && echo "$seed") \
        2>&1 | grep -E '^(stat::number_of_executed|SUMMARY|==|artifact)|ERROR' || true
    [ "${PIPESTATUS[0]}" = 0 ] || { echo "$name: FAILED, see build-fuzz/crashes"; status=1; }
done
exit $status
