#!/usr/bin/env bash
# Fuzzes the readers of foreign bytes with libFuzzer, under AddressSanitizer and UndefinedBehaviourSanitizer: builds them into
# build/fuzz and runs one after the other. They start from test/fuzz/corpus; new inputs are kept in build/fuzz/found, and an
# input that fails as build/fuzz/NAME-crash-*, with the log in build/fuzz/NAME.log.
#
# usage: scripts/fuzz.sh [SECONDS [NAME...]]   for each of them (120), or for those that are named. Needs clang and libclang-rt of Debian.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
case ${1:-} in
  -h | --help) usage ;;
  *[!0-9]*) fail "SECONDS is a whole number (see --help)" 2 ;;
esac
readonly seconds=${1:-120}
[ $# = 0 ] || shift
command -v clang++ >/dev/null || fail "no clang++: apt-get install clang libclang-rt-14-dev"

build fuzz
names=("$@")
[ ${#names[@]} -gt 0 ] || for source in test/fuzz/*_fuzz.cpp; do
  name=${source##*/}
  names+=("${name%_fuzz.cpp}")
done
bad=()
for name in "${names[@]}"; do
  [ -x "build/fuzz/bin/fuzz_$name" ] || fail "no fuzzer is called $name" 2
  mkdir -p "build/fuzz/found/$name"
  if "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" \
    "build/fuzz/found/$name" "test/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1; then
    say "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log") inputs, $(grep -oE 'cov: [0-9]+' "build/fuzz/$name.log" | tail -n 1)"
  else
    bad+=("$name")
    say "$name: $(grep -m1 -E '^SUMMARY|^==.*ERROR' "build/fuzz/$name.log" || tail -n 1 "build/fuzz/$name.log")"
  fi
done
[ ${#bad[@]} = 0 ] || fail "these failed, see build/fuzz: ${bad[*]}"
say "nothing found"
