! A host code with a model in it, in Fortran.
!
! The host simulates waves on a ring of cells, split over the ranks: every step exchanges halos with both neighbours, by MPI,
! on OpenMP's thread 0. Meanwhile the other threads learn from noisy samples of the field how fast waves are in each layer
! of the ring. A layer is a key; its value is what a least-squares fit needs. See README.md in this folder.

!> The host's simulation. One thread calls step, any thread sample.
module wave
  use, intrinsic :: iso_fortran_env, only: int64, real64
  use mpi_f08
  use omp_lib
  implicit none
  private

  integer, parameter, public :: cells_per_rank = 120
  integer, parameter :: cells_per_layer = 16  ! so layers lie across the borders of ranks

  integer, public :: rank = 0, num_ranks = 1
  real(real64), dimension(0:cells_per_rank + 1) :: before = 0, now = 0  ! the first and the last are halos
  real(real64), dimension(cells_per_rank) :: bend, response             ! what is sampled; under the lock
  integer(omp_lock_kind) :: lock

  public :: start, step, sample, momentum, speed, own_layer, num_layers

contains

  !> What is to be learnt: the squared speed of waves, in cells per step.
  pure real(real64) function speed(layer)
    integer(int64), intent(in) :: layer
    speed = 0.2_real64 + 0.6_real64 * real(mod(layer * 7, 10_int64), real64) / 10
  end function

  !> Of this rank's i-th cell.
  pure integer(int64) function own_layer(i)
    integer, intent(in) :: i
    own_layer = (rank * cells_per_rank + i - 1) / cells_per_layer
  end function

  pure integer(int64) function num_layers()
    num_layers = (num_ranks * cells_per_rank - 1) / cells_per_layer + 1
  end function

  subroutine start
    real(real64) :: heights(cells_per_rank)
    call MPI_Comm_rank(MPI_COMM_WORLD, rank)
    call MPI_Comm_size(MPI_COMM_WORLD, num_ranks)
    call omp_init_lock(lock)
    call random_init(repeatable=.true., image_distinct=.false.)
    call random_number(heights)
    now(1:cells_per_rank) = 2 * heights - 1
    before = now
    call step
  end subroutine

  subroutine exchange_halos
    integer :: left, right
    left = modulo(rank - 1, num_ranks)
    right = modulo(rank + 1, num_ranks)
    call MPI_Sendrecv(now(1), 1, MPI_DOUBLE_PRECISION, left, 0, now(cells_per_rank + 1), 1, MPI_DOUBLE_PRECISION, right, &
      0, MPI_COMM_WORLD, MPI_STATUS_IGNORE)
    call MPI_Sendrecv(now(cells_per_rank), 1, MPI_DOUBLE_PRECISION, right, 1, now(0), 1, MPI_DOUBLE_PRECISION, left, &
      1, MPI_COMM_WORLD, MPI_STATUS_IGNORE)
  end subroutine

  subroutine step
    real(real64) :: next
    integer :: i
    call exchange_halos
    call omp_set_lock(lock)
    do i = 1, cells_per_rank
      bend(i) = now(i - 1) - 2 * now(i) + now(i + 1)
      response(i) = speed(own_layer(i)) * bend(i)
    end do
    call omp_unset_lock(lock)
    do i = 1, cells_per_rank
      next = 2 * now(i) - before(i) + response(i)
      before(i) = now(i)
      now(i) = next
    end do
  end subroutine

  !> Copies all cells, at one moment.
  subroutine sample(bends, responses)
    real(real64), dimension(cells_per_rank), intent(out) :: bends, responses
    call omp_set_lock(lock)
    bends = bend
    responses = response
    call omp_unset_lock(lock)
  end subroutine

  !> The same after every step if the halos are right.
  real(real64) function momentum()
    integer :: i
    momentum = 0
    do i = 1, cells_per_rank
      momentum = momentum + (now(i) - before(i)) / speed(own_layer(i))
    end do
    call MPI_Allreduce(MPI_IN_PLACE, momentum, 1, MPI_DOUBLE_PRECISION, MPI_SUM, MPI_COMM_WORLD)
  end function
end module

!> What workers do.
module learning
  use, intrinsic :: iso_fortran_env, only: int64, real64
  use adapm
  use wave
  implicit none
  private

  integer, parameter :: num_batches = 500, layers_per_batch = 3, batches_ahead = 10
  integer, parameter, public :: fit_length = 3  ! samples, sum of bend * bend, sum of bend * response
  real(real64), parameter, public :: noise = 0.01_real64

  public :: learn, estimate

contains

  pure real(real64) function estimate(fit)
    real(real64), intent(in) :: fit(fit_length)
    estimate = 0
    if (fit(2) > 0) estimate = fit(3) / fit(2)
  end function

  !> One clock is one batch: pull what is known of its layers, compare, push what its samples add. Returns how many samples
  !> there were, and the root mean square of the last tenth's responses less what the fit before them says.
  subroutine learn(store, samples, error)
    type(adapm_store), intent(in) :: store
    real(real64), intent(out) :: samples, error
    type(adapm_worker) :: worker
    integer(int64) :: planned(layers_per_batch, batches_ahead)  ! a ring
    real(real64), asynchronous :: known(fit_length, layers_per_batch)
    real(real64) :: learnt(fit_length, layers_per_batch), late_samples, late_squares
    integer(int64) :: ticket
    integer :: batch, place, i

    call worker%open(store)
    do batch = 1, batches_ahead
      call plan(worker, planned(:, batch), batch)
    end do
    samples = 0
    late_samples = 0
    late_squares = 0
    do batch = 1, num_batches
      place = modulo(batch - 1, batches_ahead) + 1
      call worker%pull(planned(:, place), known, ticket)
      call worker%wait(ticket)
      do i = 1, layers_per_batch
        call fit_layer(planned(i, place), estimate(known(:, i)), learnt(:, i), late_squares, batch > num_batches * 9 / 10)
      end do
      samples = samples + sum(learnt(1, :))
      if (batch > num_batches * 9 / 10) late_samples = late_samples + sum(learnt(1, :))
      call worker%push(planned(:, place), learnt, ticket)
      call worker%wait(ticket)  ! so that the next pull knows of it
      call plan(worker, planned(:, place), batch + batches_ahead)
      call worker%advance_clock()
    end do
    error = sqrt(late_squares / late_samples)
    call worker%wait_sync()
    call worker%close()
  end subroutine

  !> The layers of a batch, announced to the store for its clock.
  subroutine plan(worker, layers, batch)
    type(adapm_worker), intent(in) :: worker
    integer(int64), intent(out) :: layers(layers_per_batch)
    integer, intent(in) :: batch
    real(real64) :: chance(layers_per_batch)
    integer(int64) :: first, last
    first = own_layer(1)
    last = own_layer(cells_per_rank)
    call random_number(chance)
    layers = first + int(chance * real(last - first + 1, real64), int64)
    call worker%intent(layers, int(batch - 1, int64))
  end subroutine

  !> What this rank's cells of the layer add to its fit.
  subroutine fit_layer(layer, estimated, learnt, late_squares, late)
    integer(int64), intent(in) :: layer
    real(real64), intent(in) :: estimated
    real(real64), intent(out) :: learnt(fit_length)
    real(real64), intent(inout) :: late_squares
    logical, intent(in) :: late
    real(real64), dimension(cells_per_rank) :: bends, responses, disturbance
    integer :: i
    call sample(bends, responses)
    call random_number(disturbance)
    responses = responses + noise * (2 * disturbance - 1)
    learnt = 0
    do i = 1, cells_per_rank
      if (own_layer(i) /= layer) cycle
      learnt = learnt + [1.0_real64, bends(i) * bends(i), bends(i) * responses(i)]
      if (late) late_squares = late_squares + (responses(i) - estimated * bends(i))**2
    end do
  end subroutine
end module

program main
  use, intrinsic :: iso_fortran_env, only: int64, real64
  use adapm
  use learning
  use mpi_f08
  use omp_lib
  use wave
  implicit none

  integer, parameter :: num_workers = 2, least_steps = 200
  type(adapm_store) :: store
  real(real64) :: momentum_before, all_samples(1), largest_error
  logical :: learnt, simulated
  integer :: granted

  call MPI_Init_thread(MPI_THREAD_MULTIPLE, granted)
  call start
  call store%open(adapm_real64, num_layers(), fit_length, MPI_COMM_WORLD)
  momentum_before = momentum()
  call train(all_samples(1), largest_error)
  call store%allreduce(all_samples, adapm_sum)
  learnt = is_learnt(all_samples(1)) .and. largest_error < noise
  simulated = abs(momentum() - momentum_before) < 1e-9_real64
  call store%close()

  if (rank == 0 .or. .not. learnt .or. .not. simulated) then
    print '(i0, a, i0, 3a, f6.4, 2a)', nint(all_samples(1), int64), ' samples of ', num_layers(), ' layers: ', &
      trim(merge('learnt    ', 'NOT learnt', learnt)), '; error ', largest_error, '; simulation: ', &
      trim(merge('right', 'WRONG', simulated))
  end if
  call MPI_Finalize()
  if (.not. learnt .or. .not. simulated) error stop 1

contains

  !> Thread 0 simulates, the others learn.
  subroutine train(samples, error)
    real(real64), intent(out) :: samples, error
    real(real64) :: own_samples, own_error
    integer :: busy
    samples = 0
    error = 0
    busy = num_workers
    call omp_set_dynamic(.false.)
    !$omp parallel num_threads(num_workers + 1) default(shared) private(own_samples, own_error)
    if (omp_get_thread_num() == 0) then
      call simulate(busy)
    else
      call learn(store, own_samples, own_error)
      !$omp critical
      samples = samples + own_samples
      error = max(error, own_error)
      !$omp end critical
      !$omp atomic
      busy = busy - 1
    end if
    !$omp end parallel
  end subroutine

  !> As long as workers of any rank learn.
  subroutine simulate(busy)
    integer, intent(in) :: busy
    integer :: any_busy, steps
    any_busy = 1
    steps = 0
    do while (any_busy > 0 .or. steps < least_steps)
      call step
      steps = steps + 1
      !$omp atomic read
      any_busy = busy
      call MPI_Allreduce(MPI_IN_PLACE, any_busy, 1, MPI_INTEGER, MPI_MAX, MPI_COMM_WORLD)
    end do
  end subroutine

  !> Whether all layers' speeds are learnt, and every sample of all ranks counts.
  logical function is_learnt(samples)
    real(real64), intent(in) :: samples
    type(adapm_worker) :: worker
    real(real64), asynchronous :: fits(fit_length, num_layers())
    real(real64) :: farthest
    integer(int64) :: layer, ticket
    call worker%open(store)
    call worker%pull([(layer, layer = 0, num_layers() - 1)], fits, ticket)
    call worker%wait(ticket)
    call worker%close()
    farthest = 0
    do layer = 0, num_layers() - 1
      farthest = max(farthest, abs(estimate(fits(:, layer + 1)) - speed(layer)))
    end do
    is_learnt = farthest < noise / 5 .and. nint(samples - sum(fits(1, :)), int64) == 0
  end function
end program
