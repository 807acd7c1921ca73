#!/usr/bin/env bash
# Embeds clips on a Slurm cluster: an array of N tasks, each with a database of its own in DIR, and behind it a job that merges them into
# OUT.db. Prints the numbers of both. Run again it does only what is missing, with the same N and DIR.
#
# usage: scripts/slurm/submit.sh --shards N --db OUT.db --work DIR [--SBATCH-OPTION=VALUE...] -- PATH... [options of vidcv embed]
#
#   scripts/slurm/submit.sh --shards 32 --db film.db --work parts --time=08:00:00 -- /data/clips --model /data/model.pt
#
# PATH, DIR, OUT.db and the model are on file systems that all nodes see, and vidcv is in PATH. sbatch's options here are for the array
# (--gres=gpu:1, --mem=8G); what both jobs need is in sbatch's own variables (SBATCH_PARTITION, SBATCH_ACCOUNT). Logs are in DIR.
# The merge runs when all tasks have ended, however (afterany): then it can say which parts are not complete. With afterok it would wait
# for ever. It merges all parts or nothing; a part with failed inputs is complete.
set -euo pipefail

fail() { printf 'submit: %s\n' "$1" >&2; exit "${2:-1}"; }

shards='' db='' work='' task_options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  case $1 in
    -h | --help) sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0" && exit 0 ;;
    --shards | --db | --work) [ $# -ge 2 ] || fail "$1: its value is missing" 2 ;;&
    --shards) shards=$2 && shift 2 ;;
    --db) db=$2 && shift 2 ;;
    --work) work=$2 && shift 2 ;;
    --*=*) task_options+=("$1") && shift ;;
    *) fail "$1: unknown option (see --help; PATHs come behind --, and sbatch's options have the form --NAME=VALUE)" 2 ;;
  esac
done
[[ $shards =~ ^[1-9][0-9]*$ ]] || fail "--shards N: a whole number from 1 on" 2
[ -n "$db" ] && [ -n "$work" ] && [ $# -ge 2 ] || fail "--db, --work and behind -- a PATH are needed (see --help)" 2
shift
for program in sbatch vidcv; do
  command -v "$program" >/dev/null || fail "no $program in PATH"
done

scripts=$(dirname -- "$0")
mkdir -p -- "$work"
rm -f -- "$work"/shard-*-of-"$shards".ended  # of an earlier run: these say nothing of this one
array=$(sbatch --parsable --array="0-$((shards - 1))" --output="$work/shard-%a-of-$shards.log" "${task_options[@]}" \
  "$scripts/embed-array.sh" "$shards" "$work" "$@")
array=${array%%;*}  # without the cluster's name
merge=$(sbatch --parsable --dependency="afterany:$array" --output="$work/merge-of-$shards.log" \
  "$scripts/merge.sh" "$shards" "$work" "$db") || { scancel "$array" && fail "the merge could not be submitted, the array is cancelled"; }
printf 'array\t%s\nmerge\t%s\n' "$array" "${merge%%;*}"
