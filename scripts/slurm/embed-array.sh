#!/usr/bin/env bash
# One task of a Slurm array: embeds part I of N of the inputs into DIR/shard-I-of-N.db. submit.sh submits it; one part again, by hand:
#
# usage: sbatch --array=I embed-array.sh N DIR PATH... [options of vidcv embed]
#
# - Each clip is one transaction. A task that runs again, requeued or submitted again, continues from what DIR holds.
# - A task that comes near its time limit, or whose vidcv is killed, requeues itself, VIDCV_REQUEUES (10) times at most.
# - If DIR is on no local disk the database is made in SLURM_TMPDIR, TMPDIR or /tmp, because SQLite's WAL is unsafe on network file systems:
#   fetched from DIR at the start and put back at the end. If the whole task is killed with -9, or its node is lost, what it did since it
#   started is done again.
# - Exit 3 of vidcv (some inputs failed, the rest is complete) is logged and counts as success here. DIR/shard-I-of-N.ended says that the
#   part is complete, with 0 or 3 in it; without it merge.sh merges nothing.
#SBATCH --job-name=vidcv-embed
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
set -euo pipefail

say() { printf 'embed-array: %s\n' "$1" >&2; }
is_local() { case $(stat -f -c %T -- "$1") in ext2/ext3 | xfs | btrfs | zfs | tmpfs | overlayfs) ;; *) return 1 ;; esac; }
# put FROM TO: under another name first, so that a copy that is cut short replaces nothing.
put() { cp -- "$1" "$2.$SLURM_JOB_ID.part" && mv -- "$2.$SLURM_JOB_ID.part" "$2"; }

[ $# -ge 3 ] && [ -n "${SLURM_ARRAY_TASK_ID:-}" ] || { say "usage: sbatch --array=I embed-array.sh N DIR PATH..."; exit 2; }
export VIDCV_SHARD_COUNT=$1 VIDCV_THREADS=${VIDCV_THREADS:-${SLURM_CPUS_PER_TASK:-1}}
export VIDCV_LIMIT_MEMORY_MB=${VIDCV_LIMIT_MEMORY_MB:-1024}  # of one file: two of them and LibTorch fit into --mem
readonly dir=$2 part=shard-$SLURM_ARRAY_TASK_ID-of-$1
shift 2
mkdir -p -- "$dir"
rm -f -- "$dir/$part.ended"
db=$dir/$part.db scratch=""
if ! is_local "$dir"; then
  scratch=$(mktemp -d -p "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}" vidcv.XXXXXX)
  trap 'rm -rf -- "$scratch"' EXIT
  db=$scratch/$part.db
  [ ! -e "$dir/$part.db" ] || cp -- "$dir/$part.db" "$db"
fi

vidcv embed --shard auto --db "$db" "$@" >/dev/null &  # its rows are in the database
vidcv=$! ordered=no
# Before the time limit Slurm sends USR1 to this shell alone. TERM (scancel, preemption, requeue) comes to vidcv as well: a second one would
# cost the clips in flight, and whether the task runs again is then for Slurm to say.
trap 'kill -TERM "$vidcv" || true' USR1
trap 'ordered=yes' TERM
wait "$vidcv" && status=0 || status=$?
while kill -0 "$vidcv" 2>/dev/null; do  # a trap ended the wait, not vidcv
  wait "$vidcv" && status=0 || status=$?
done
trap '' USR1 TERM  # what is left is short
say "$part: vidcv embed: exit $status"

if [ -n "$scratch" ] && [ -e "$db" ]; then
  if [ -e "$db-wal" ]; then  # a vidcv that a signal ended leaves its last clips there
    vidcv merge "$scratch/whole.db" "$db" >/dev/null
    db=$scratch/whole.db
  fi
  put "$db" "$dir/$part.db"
fi
if [ "$status" = 0 ] || [ "$status" = 3 ]; then
  [ "$status" = 0 ] || say "$part: some inputs failed (see above), the rest is complete"
  echo "$status" >"$dir/$part.ended"
  exit 0
fi
if [ "$status" -gt 128 ] && [ "$ordered" = no ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "${VIDCV_REQUEUES:-10}" ]; then
  say "$part: requeued"
  # Not SLURM_JOB_ID, which for one of the tasks is that of the whole array.
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$status"
