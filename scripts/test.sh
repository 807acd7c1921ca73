#!/usr/bin/env bash
# Builds and passes all tests, from nothing as well: format, build with warnings as errors, every ctest, the same without LibTorch
# under AddressSanitizer and UndefinedBehaviourSanitizer, the layers that have threads under ThreadSanitizer (without the tests of
# contact sheets: Pango starts a thread within fontconfig, which is not instrumented), and clang-tidy.
#
# usage: scripts/test.sh [--quick|--long]
#   --quick   the tests of the dev build alone: no sanitizers, no clang-tidy
#   --long    all of it, two minutes of each fuzzer (needs clang), and the packages in a bare Debian (needs root and mmdebstrap)
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
quick=no
long=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    --long) long=yes ;;
    -h | --help) usage ;;
    *) fail "unknown option $argument (see --help)" 2 ;;
  esac
done

sources() { git ls-files -- "$@" '*.cpp' '*.hpp'; }

check_format() {
  say "format"
  sources | xargs "$venv/bin/clang-format" --dry-run -Werror || fail "clang-format would change the files above: build/venv/bin/clang-format -i FILE"
}

# All but the two rooms whose headers would cost many minutes, LibTorch's and CLI11's; GCC's own warning options are unknown to clang.
run_tidy() {
  git ls-files -- 'lib/*.cpp' 'apps/*.cpp' ':!lib/clip/torch' ':!lib/cli/src/command_line.cpp' |
    xargs -P "$(nproc)" -n 2 "$venv/bin/clang-tidy" --quiet --extra-arg=-Wno-unknown-warning-option -p build/dev |
    sed '/Processing file/d'
}

run_tests() {
  say "tests of build/$1"
  ctest --preset "$1" --output-log "build/$1-tests.log" | tail -n 12 || fail "tests failed (all of it: build/$1-tests.log)"
}

scripts/setup.sh --tests
check_format
say "building build/dev"
build dev
run_tests dev
if [ "$quick" = no ]; then
  say "building build/asan"
  build asan
  run_tests asan
  say "building build/tsan"
  build tsan
  run_tests tsan
  say "clang-tidy"
  quietly clang-tidy run_tidy
fi
if [ "$long" = yes ]; then
  scripts/fuzz.sh
  scripts/quickstart.sh
  scripts/package.sh
  scripts/test_packages.sh
fi
say "all passed"
