#!/usr/bin/env bash
# Fuzzes the readers of foreign model files with libFuzzer, under AddressSanitizer and UndefinedBehaviourSanitizer: safetensors, and the
# tokenizer's texts and files. Starts from test/fuzz/corpus; what it finds new stays in build/fuzz.
#
# usage: scripts/fuzz.sh [SECONDS]   for each of the two (120). Needs clang and libclang-rt of Debian.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
case ${1:-} in
  -h | --help) usage ;;
  *[!0-9]*) fail "SECONDS is a whole number (see --help)" 2 ;;
esac
readonly seconds=${1:-120}
command -v clang++ >/dev/null || fail "no clang++: apt-get install clang libclang-rt-14-dev"

# build_and_run NAME SOURCES...
build_and_run() {
  local name=$1
  shift
  mkdir -p "build/fuzz/$name"
  quietly "build fuzzer of $name" clang++ -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -Ilib/clip/src -Ilib/clip/include -Ilib/core/include "test/fuzz/${name}_fuzz.cpp" "$@" -lfmt -licuuc -lzip -lcrypto -lxxhash \
    -o "build/fuzz/$name-fuzzer"
  say "$name: $seconds s"
  "build/fuzz/$name-fuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" \
    "build/fuzz/$name" "test/fuzz/corpus/$name" 2>&1 | grep -E '^(Done|stat::|SUMMARY|artifact)' || true
  ! compgen -G "build/fuzz/$name-crash-*" "build/fuzz/$name-oom-*" "build/fuzz/$name-timeout-*" >/dev/null || fail "$name: see build/fuzz"
}

build_and_run safetensors lib/clip/src/{safetensors,clip_shape,clip_weights}.cpp
build_and_run tokenizer lib/clip/src/{tokenizer,words,model_archive}.cpp lib/core/src/{error,text}.cpp
say "nothing found"
