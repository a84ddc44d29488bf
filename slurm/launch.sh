# Sourced by the templates: `launch PROGRAM ARGUMENT...` starts a program on all tasks of the job. The argument `@threads`
# becomes the number of workers that leaves each rank a core for its progress thread.
set -euo pipefail
source "$ADAPM_SITE"
site_setup

# launcher: pmix, pmi2 or mpirun.
launcher() {
  if [[ $ADAPM_LAUNCHER != auto ]]; then
    echo "$ADAPM_LAUNCHER"
  elif srun --mpi=list 2>&1 | grep -qw pmix; then
    echo pmix
  else
    echo mpirun
  fi
}

# Per place: `node`, a rank may use all cores of its task; `socket`, it stays with its socket's cores and memory.
launch_options() {
  case $1:$2 in
    srun:node) echo "--cpu-bind=none" ;;
    srun:socket) echo "--ntasks-per-socket=1 --cpu-bind=sockets --mem-bind=local" ;;
    mpirun:node) echo "--map-by ppr:1:node --bind-to none" ;;
    mpirun:socket) echo "--map-by ppr:1:socket --bind-to socket" ;;
  esac
}

# A requeued job counts its steps from 0 again, and Slurm's PMIx plugin trips over what a killed step of the same number has
# left on a node. Empty steps first make the number a new one.
use_up_step_numbers() {
  local i
  for ((i = 0; i < ${SLURM_RESTART_COUNT:-0}; ++i)); do srun --mpi=none --nodes=1 --ntasks=1 true; done
}

# launch PROGRAM ARGUMENT...: as the template's $place says. Becomes the launcher, so call it last or in the background.
launch() {
  local how cores=${SLURM_CPUS_PER_TASK:-1} threads argument arguments=()
  how=$(launcher)
  threads=$((cores > 1 ? cores - 1 : 1))
  for argument in "$@"; do
    [[ $argument == @threads ]] && argument=$threads
    arguments+=("$argument")
  done
  echo "job ${SLURM_JOB_ID}: $SLURM_NTASKS ranks on $SLURM_JOB_NODELIST by $how, $threads workers each"
  case $how in
    # -K1 -W30: a rank that dies ends the job; without them srun waits for the others for ever. srun asks for the number
    # of cores again: since 22.05 it does not take over sbatch's.
    pmix | pmi2)
      use_up_step_numbers
      exec srun --mpi="$how" -K1 -W30 --cpus-per-task="$cores" $(launch_options srun "${place:-node}") "${arguments[@]}"
      ;;
    mpirun) exec mpirun $(launch_options mpirun "${place:-node}") "${arguments[@]}" </dev/null ;;
    *) echo "ADAPM_LAUNCHER is pmix, pmi2, mpirun or auto, not '$how'" >&2; exit 2 ;;
  esac
}
