#!/usr/bin/env bash
# The templates of slurm/ on a real Slurm of four nodes, each a host of its own (see tests/hosts/hosts.sh).
here=$(dirname "$(realpath "$0")")
project=$(realpath "$here/../..")
source "$here/../hosts/hosts.sh"
PATH=$PATH:/usr/sbin
for program in munged slurmctld slurmd sbatch srun; do
  command -v "$program" >/dev/null ||
    skip "there is no $program: apt-get install --no-install-recommends slurm-wlm slurm-wlm-basic-plugins munge"
done
((EUID == 0)) || skip "Slurm's daemons run as root here"
[[ -d /sys/fs/cgroup ]] && mountpoint -q /sys/fs/cgroup || skip "slurmd needs /sys/fs/cgroup"
needs_hosts
source "$here/../hosts/programs.sh"

start_slurm() {
  local folder=$scratch/slurm i
  mkdir -p "$folder/state" "$folder"/{spool,tmp}-node{1..4}
  chmod 755 "$scratch" "$folder"
  sed "s|@FOLDER@|$folder|" "$here/slurm.conf.in" >"$folder/slurm.conf"
  export SLURM_CONF=$folder/slurm.conf
  (umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
  munged --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" --pid-file="$folder/munged.pid" \
    --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
  on head slurmctld -c
  for i in 1 2 3 4; do on "node$i" slurmd -N "node$i"; done
  await 20 nodes_idle || { tail -n 5 "$folder"/slurm*.log; fail "Slurm did not come up"; }
}
nodes_idle() { [[ $(on head sinfo -h -N -t idle -o %N 2>/dev/null | wc -l) == 4 ]]; }

# submit ARGS...: sets job.
submit() {
  job=$(on head "$project/slurm/submit.sh" --parsable "$@") || fail "not submitted: $*"
  echo "job $job: $* (after $SECONDS s)" | cut -c 1-150
}
state() { on head scontrol show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | sort -u | tr '\n' ' '; }
# over JOB: it is, in the state `seen`. A busy controller may not answer: then nothing is known.
over() {
  seen=$(state "$1") || seen=
  [[ -n $seen && ! $seen =~ PENDING|RUNNING|COMPLETING|CONFIGURING|REQUEUED ]]
}
# ends JOB STATE SECONDS FILE: the job ends so in this time; FILE is its output.
ends() {
  output=$4
  await "$3" over "$1" || fail "job $1 is still $seen"
  [[ $seen == "$2 " ]] || fail "job $1 is $seen, not $2"
}

start_hosts 4
start_slurm
echo "Slurm is up (after $SECONDS s)"
cd "$scratch"
make_ring ring
kge=("$ADAPM_BIN/kge" --dataset ring --dim 32 --negatives 10 --reg-entity 0.01 --learning-rate 0.3 --threads @threads)

# A rank on each node, by srun with PMIx, which is found by itself.
submit "$project/slurm/rank_per_node.sbatch" "${kge[@]}" --epochs 120 --metrics node.metrics
ends "$job" COMPLETED 60 "results/adapm-$job.txt"
grep -q 'by pmix' "$output" || fail "not started by pmix"
reported_ranks() { grep -m 1 "adapm: $1 ranks on $2 hosts" "$output" || fail "not $1 ranks on $2 hosts"; }
reported_ranks 4 4
learnt node.metrics

# A rank on each socket.
submit "$project/slurm/rank_per_socket.sbatch" "${kge[@]}" --epochs 120 --metrics socket.metrics
ends "$job" COMPLETED 60 "results/adapm-$job.txt"
reported_ranks 4 2
learnt socket.metrics

# By mpirun inside the allocation.
ADAPM_LAUNCHER=mpirun submit "$project/slurm/rank_per_node.sbatch" "${kge[@]}" --epochs 120 --metrics mpirun.metrics
ends "$job" COMPLETED 60 "results/adapm-$job.txt"
grep -q 'by mpirun' "$output" || fail "not started by mpirun"
reported_ranks 4 4
learnt mpirun.metrics

# A sweep, and its table.
printf -- '--seed 1\n--seed 2 --sys.techniques replication_only\n' >settings
ADAPM_SWEEP=settings submit --array=1-2 "$project/slurm/sweep.sbatch" "${kge[@]}" --epochs 60
sweep=$job
await 60 over "$sweep" || fail "the sweep is still $(state "$sweep")"
"$project/slurm/gather.sh" "results/sweep-$sweep" | tee table
[[ $(awk -F '\t' 'NR > 1 && $2 + 0 > 0.1' table | wc -l) == 2 ]] || { output=results/adapm-sweep-${sweep}_1.txt; fail "not two results"; }

# A rank that is killed ends the job.
# kge_of JOB: a process of the job's kge.
kge_of() {
  local process
  for process in $(grep -lzx "SLURM_JOB_ID=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3); do
    [[ $(cat "/proc/$process/comm" 2>/dev/null) != kge ]] || echo "$process"
  done | tail -n 1
}
submit "$project/slurm/rank_per_node.sbatch" "${kge[@]}" --epochs 10000000
dead=$job
trains() { grep -q '^epoch 3/' "results/$1" 2>/dev/null; }
await 30 trains "adapm-$dead.txt" || { output=results/adapm-$dead.txt; fail "it does not train"; }
kill -9 "$(kge_of "$dead")"
begin=$SECONDS
ends "$dead" FAILED 20 "results/adapm-$dead.txt"
echo "a killed rank ended the job in $((SECONDS - begin)) s"

# The warning signal: saved, requeued, continued.
export ADAPM_RUN=run
submit "$project/slurm/resumable.sbatch" "${kge[@]}" --epochs 600 --checkpoint-every 50 --metrics run.metrics
long=$job
output=results/adapm-run-$long.txt
saved() { compgen -G 'run/checkpoint-*/manifest' >/dev/null; }
await 30 saved || fail "nothing was saved"
grep -q 'run has no checkpoint to resume from: beginning anew' "$output" || fail "it did not say that it begins"
on head scancel --batch --signal=USR1 "$long"
requeued() { [[ $(state "$long") == "PENDING " ]]; }
await 30 requeued || fail "not requeued: $(state "$long")"
grep -q 'interrupted by a signal: saved to run' "$output" || fail "it was not saved at the signal"
# Slurm lets a requeued job wait for two minutes, counted from when its last node has cleaned up. Here it need not, but a
# job that begins while its first life is being cleaned up fails.
cleaned_up() { ! pgrep -f "slurmstepd: \\[$long[.]" >/dev/null; }
await 30 cleaned_up || fail "job $long is not cleaned up"
continued() {
  grep -q '^continuing after epoch' "$output" && return
  [[ $(state "$long") != "PENDING " ]] || on head scontrol update "JobId=$long" StartTime=now
  return 1
}
await 40 continued || { on head scontrol show job "$long"; fail "not continued"; }
grep '^continuing after epoch' "$output"
ends "$long" COMPLETED 80 "$output"
grep -q '^all epochs are done' "$output" || fail "it did not finish"
# No epoch was lost, and none was trained twice.
sed 's/{"epoch": \([0-9]*\).*/\1/' run.metrics | cmp -s - <(seq 600) || fail "the epochs of run.metrics are not 1 to 600"
learnt run.metrics

# Slurm's own warning: this job can never end in the minute it has. It is sent within half a minute.
ADAPM_RUN=warned submit --time=1 --signal=B:USR1@20 --nodes=1 "$project/slurm/resumable.sbatch" "${kge[@]}" \
  --epochs 10000000 --checkpoint-every 0
warned=$job
output=results/adapm-run-$warned.txt
await 90 grep -qs "time is nearly up" "$output" || fail "Slurm did not warn job $warned"
warned_pending() { [[ $(state "$warned") == "PENDING " ]]; }
await 30 warned_pending || fail "not requeued: $(state "$warned")"
grep -q 'interrupted by a signal: saved to warned' "$output" || fail "job $warned was not saved"
echo "Slurm warned job $warned, and has it in the queue again"
on head scancel "$warned"
await 20 over "$warned" || fail "it cannot be cancelled"
echo "passed (after $SECONDS s)"
