! Every procedure of the module adapm; what fails says so by its status and the thread's message. With an argument: the end
! of a program that asks for no status.
module checks
  use, intrinsic :: iso_c_binding
  use, intrinsic :: iso_fortran_env, only: error_unit, int32, int64, real32, real64
  use adapm
  use mpi_f08
  implicit none

  integer, parameter :: length = 3
  integer(int64), parameter :: num_keys = 24
  integer :: failures = 0
  type(adapm_options) :: options

contains

  subroutine check(holds, what)
    logical, intent(in) :: holds
    character(*), intent(in) :: what
    if (holds) return
    failures = failures + 1
    write (error_unit, '(2a)') 'FAILED: ', what
  end subroutine

  subroutine check_failed(status, expected, message)
    integer, intent(in) :: status, expected
    character(*), intent(in) :: message
    call check(status == expected .and. index(adapm_last_error(), message) > 0, &
      message // ', not: ' // adapm_last_error())
  end subroutine

  subroutine opened(store, worker, element)
    type(adapm_store), intent(inout) :: store
    type(adapm_worker), intent(inout) :: worker
    integer, intent(in) :: element
    call store%open(element, num_keys, length, MPI_COMM_WORLD, options)
    call worker%open(store)
  end subroutine

  subroutine settle(worker)
    type(adapm_worker), intent(in) :: worker
    call worker%wait_all()
    call worker%wait_sync()
    call worker%barrier()
  end subroutine

  !> Everything by arrays of two dimensions, tickets, clocks, the set-up bracket.
  subroutine check_real32
    type(adapm_store) :: store
    type(adapm_worker) :: worker
    real(real32), asynchronous :: values(length, 2)
    real(real32) :: own(length)
    integer(int64) :: ticket
    integer :: ranks
    logical :: done, found
    call opened(store, worker, adapm_real32)
    ranks = store%num_ranks()
    call check(store%rank() < ranks .and. store%num_keys() == num_keys .and. store%length(5_int64) == length, 'layout')
    call worker%begin_setup()
    values(:, 1) = 10
    values(:, 2) = 20
    if (store%rank() == 0) then
      call worker%set([1_int64, 2_int64], values, ticket)
      call worker%wait(ticket)
    end if
    call worker%end_setup()
    call worker%intent([1_int64, 2_int64], 1_int64, adapm_forever)
    call worker%advance_clock()
    call check(worker%current_clock() == 1, 'clock')
    values = 1
    call worker%push([1_int64, 2_int64], values)
    call settle(worker)
    call worker%pull([2_int64, 1_int64], values, ticket)
    call worker%wait(ticket)
    call worker%is_done(ticket, done)
    call check(done .and. all(nint(values(:, 1)) == 20 + ranks) .and. all(nint(values(:, 2)) == 10 + ranks), 'real32')
    call worker%pull_if_local(int(store%rank() + 3 * ranks, int64), own, found)
    call check(found .and. all(nint(own) == 0), 'own key')
    call check(nint(store%statistic('intents')) == 2, 'statistic')
    call check(nint(store%total_statistic('intents')) == 2 * ranks, 'total statistic')
    call worker%close()
    call store%close()
  end subroutine

  subroutine check_int64
    type(adapm_store) :: store
    type(adapm_worker) :: worker
    integer(int64), asynchronous :: value(2)
    real(real64) :: sums(2)
    call store%open(adapm_int64, 3_int64, [1_int32, 2_int32, 5_int32], MPI_COMM_WORLD, options)
    call check(store%length(2_int64) == 5, 'lengths')
    call worker%open(store)
    call worker%push([1_int64], [3_int64, 4_int64])
    call settle(worker)
    call worker%pull([1_int64], value)
    call worker%wait_all()
    call check(all(value == [3_int64, 4_int64] * store%num_ranks()), 'int64')
    sums = [1.0_real64, real(store%rank(), real64)]
    call store%allreduce(sums, adapm_max)
    call check(nint(sums(2)) == store%num_ranks() - 1, 'allreduce')
    call store%barrier()
    call worker%close()
    call store%close()
  end subroutine

  integer(c_int64_t) function every_fifth(context, random) bind(C)
    type(c_ptr), value :: context, random
    integer(c_int64_t), pointer :: step
    call c_f_pointer(context, step)
    every_fifth = step * adapm_generator_below(random, 4_c_int64_t)
  end function

  subroutine check_samples
    type(adapm_store) :: store
    type(adapm_worker) :: worker
    integer(c_int64_t), target :: step
    integer(int64) :: sample, keys(4)
    real(real64), asynchronous :: values(length, 4)
    step = 5
    call opened(store, worker, adapm_real64)
    call store%set_uniform_distribution(0_int64, num_keys)
    call store%set_log_uniform_distribution(0_int64, num_keys)
    call store%set_weighted_distribution([1.0_real64, 2.0_real64], 3_int64, 1_int64)
    call store%set_distribution(every_fifth, c_loc(step))
    call worker%prepare_sample(6, 0_int64, 1_int64, sample)
    call worker%pull_sample(sample, keys, values)
    call worker%wait_all()
    call check(all(mod(keys, 5_int64) == 0) .and. all(keys < 20) .and. all(abs(values) < 1e-9_real64), 'samples')
    call worker%finish_sample(sample)
    call worker%close()
    call store%close()
  end subroutine

  subroutine check_checkpoints
    type(adapm_store) :: store
    type(adapm_worker) :: worker
    integer(int64) :: number
    integer :: states, status
    real(real64), asynchronous :: value(length)
    character(20) :: folder
    call opened(store, worker, adapm_real64)
    write (folder, '(a, i0)') 'checkpoints-', store%num_ranks()
    value = 7
    if (store%rank() == 0) call worker%set([5_int64], value)
    call settle(worker)
    call store%load(trim(folder), number)
    call check(number == 0, 'nothing to load')
    call store%save(trim(folder), 'epoch 3', keep_last=1, number=number)
    call check(number == 1, 'saved')
    if (store%rank() == 0) call worker%push([5_int64], value)
    call settle(worker)
    call store%load(trim(folder), number, states)
    call worker%pull([5_int64], value)
    call worker%wait_all()
    call check(all(nint(value) == 7) .and. states == store%num_ranks(), 'loaded')
    call check(store%state(states - 1) == 'epoch 3' .and. store%state(states) == '', 'state')
    call store%save('/dev/null/folder', status=status)
    call check_failed(status, adapm_checkpoint_error, '/dev/null')
    call store%interrupt()
    do while (store%interruptions() == 0)
    end do
    call worker%close()
    call store%close()
  end subroutine

  subroutine check_failures
    type(adapm_store) :: store
    type(adapm_worker) :: worker, unopened
    real(real32) :: other(length)
    real(real64) :: values(length), matrix(2, length)
    real(real64) :: nothing
    integer :: status
    logical :: found
    call opened(store, worker, adapm_real64)
    call worker%push([num_keys], values, status=status)
    call check_failed(status, adapm_usage_error, '24')
    call worker%pull([1_int64], other, status=status)
    call check_failed(status, adapm_usage_error, 'not of the type')
    call worker%set([1_int64], matrix(1, :), status=status)
    call check_failed(status, adapm_usage_error, 'not contiguous')
    call worker%pull_if_local(1_int64, matrix, found, status)
    call check_failed(status, adapm_usage_error, '6')
    call unopened%push([1_int64], values, status=status)
    call check_failed(status, adapm_usage_error, 'null pointer')
    nothing = store%statistic('none', status)
    call check_failed(status, adapm_usage_error, "'none'")
    call options%set('sys.techniques', 'some', status)
    call check_failed(status, adapm_configuration_error, 'relocation_only')
    call store%close(status)
    call check_failed(status, adapm_usage_error, '1 workers')
    call check(index(adapm_options_help(), 'sys.techniques') > 0 .and. index(adapm_version(), '.') > 0, 'texts')

    call worker%barrier(status)  ! the checks before are done everywhere
    if (store%rank() == 0) call store%fail('the disk is full')
    status = adapm_ok
    do while (status == adapm_ok)
      call worker%barrier(status)
    end do
    call check_failed(status, adapm_store_failure, 'the disk is full')
    call worker%close()
    call store%close(status)
    call check(status == adapm_store_failure, 'close')
  end subroutine
end module

program fortran_interface
  use checks
  implicit none
  integer :: granted
  type(adapm_worker) :: unopened
  if (command_argument_count() > 0) call unopened%wait_all()
  call MPI_Init_thread(MPI_THREAD_MULTIPLE, granted)
  call options%set('sys.report', '0')
  call check_real32
  call check_int64
  call check_samples
  call check_checkpoints
  call check_failures
  call options%destroy
  call MPI_Allreduce(MPI_IN_PLACE, failures, 1, MPI_INTEGER, MPI_SUM, MPI_COMM_WORLD)
  call MPI_Finalize()
  if (failures > 0) error stop 1
  print '(a)', 'all checks passed'
end program
