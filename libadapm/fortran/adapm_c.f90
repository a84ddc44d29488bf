! The functions of adapm.h that the module adapm calls.
module adapm_c
  use, intrinsic :: iso_c_binding
  implicit none
  public

  type, bind(C) :: c_statistic
    type(c_ptr) :: name
    real(c_double) :: value
  end type

  interface
    ! --- errors ---

    type(c_ptr) function c_last_error() bind(C, name='adapm_last_error')
      import
    end function

    type(c_ptr) function c_version() bind(C, name='adapm_version')
      import
    end function

    integer(c_int) function c_usage_error(message) bind(C, name='adapm_usage_error')
      import
      character(kind=c_char), intent(in) :: message(*)
    end function

    integer(c_size_t) function c_strlen(text) bind(C, name='strlen')
      import
      type(c_ptr), value :: text
    end function

    ! --- options ---

    integer(c_int) function c_options_create(options) bind(C, name='adapm_options_create')
      import
      type(c_ptr), intent(out) :: options
    end function

    subroutine c_options_destroy(options) bind(C, name='adapm_options_destroy')
      import
      type(c_ptr), value :: options
    end subroutine

    integer(c_int) function c_options_set(options, name, value) bind(C, name='adapm_options_set')
      import
      type(c_ptr), value :: options
      character(kind=c_char), intent(in) :: name(*), value(*)
    end function

    type(c_ptr) function c_options_help() bind(C, name='adapm_options_help')
      import
    end function

    ! --- stores ---

    integer(c_int) function c_store_open(store, element, num_keys, length, lengths, options, communicator) &
        bind(C, name='adapm_store_open_fortran')
      import
      type(c_ptr), intent(out) :: store
      integer(c_int), value :: element
      integer(c_int64_t), value :: num_keys
      integer(c_size_t), value :: length
      type(c_ptr), value :: lengths, options
      integer(c_int), value :: communicator
    end function

    integer(c_int) function c_store_close(store) bind(C, name='adapm_store_close')
      import
      type(c_ptr), value :: store
    end function

    integer(c_int) function c_store_rank(store) bind(C, name='adapm_store_rank')
      import
      type(c_ptr), value :: store
    end function

    integer(c_int) function c_store_num_ranks(store) bind(C, name='adapm_store_num_ranks')
      import
      type(c_ptr), value :: store
    end function

    integer(c_int64_t) function c_store_num_keys(store) bind(C, name='adapm_store_num_keys')
      import
      type(c_ptr), value :: store
    end function

    integer(c_size_t) function c_store_length(store, key) bind(C, name='adapm_store_length')
      import
      type(c_ptr), value :: store
      integer(c_int64_t), value :: key
    end function

    integer(c_int) function c_store_barrier(store) bind(C, name='adapm_store_barrier')
      import
      type(c_ptr), value :: store
    end function

    integer(c_int) function c_store_allreduce(store, values, num_values, reduction) &
        bind(C, name='adapm_store_allreduce')
      import
      type(c_ptr), value :: store
      real(c_double), intent(inout) :: values(*)
      integer(c_size_t), value :: num_values
      integer(c_int), value :: reduction
    end function

    integer(c_int) function c_store_save(store, folder, state, state_bytes, keep_last, number) &
        bind(C, name='adapm_store_save')
      import
      type(c_ptr), value :: store
      character(kind=c_char), intent(in) :: folder(*), state(*)
      integer(c_size_t), value :: state_bytes, keep_last
      integer(c_int64_t), intent(out) :: number
    end function

    integer(c_int) function c_store_load(store, folder, number, num_states) bind(C, name='adapm_store_load')
      import
      type(c_ptr), value :: store
      character(kind=c_char), intent(in) :: folder(*)
      integer(c_int64_t), intent(out) :: number
      integer(c_size_t), intent(out) :: num_states
    end function

    type(c_ptr) function c_store_state(store, rank, state_bytes) bind(C, name='adapm_store_state')
      import
      type(c_ptr), value :: store
      integer(c_size_t), value :: rank
      integer(c_size_t), intent(out) :: state_bytes
    end function

    integer(c_int) function c_store_interrupt(store) bind(C, name='adapm_store_interrupt')
      import
      type(c_ptr), value :: store
    end function

    integer(c_int64_t) function c_store_interruptions(store) bind(C, name='adapm_store_interruptions')
      import
      type(c_ptr), value :: store
    end function

    subroutine c_store_fail(store, reason) bind(C, name='adapm_store_fail')
      import
      type(c_ptr), value :: store
      character(kind=c_char), intent(in) :: reason(*)
    end subroutine

    integer(c_size_t) function c_num_statistics() bind(C, name='adapm_num_statistics')
      import
    end function

    integer(c_int) function c_store_statistics(store, statistics) bind(C, name='adapm_store_statistics')
      import
      type(c_ptr), value :: store
      type(c_statistic), intent(out) :: statistics(*)
    end function

    integer(c_int) function c_store_total_statistics(store, statistics) &
        bind(C, name='adapm_store_total_statistics')
      import
      type(c_ptr), value :: store
      type(c_statistic), intent(out) :: statistics(*)
    end function

    ! --- distributions ---

    integer(c_int) function c_set_uniform_distribution(store, begin, end) &
        bind(C, name='adapm_store_set_uniform_distribution')
      import
      type(c_ptr), value :: store
      integer(c_int64_t), value :: begin, end
    end function

    integer(c_int) function c_set_log_uniform_distribution(store, begin, end) &
        bind(C, name='adapm_store_set_log_uniform_distribution')
      import
      type(c_ptr), value :: store
      integer(c_int64_t), value :: begin, end
    end function

    integer(c_int) function c_set_weighted_distribution(store, weights, num_weights, first, stride) &
        bind(C, name='adapm_store_set_weighted_distribution')
      import
      type(c_ptr), value :: store
      real(c_double), intent(in) :: weights(*)
      integer(c_size_t), value :: num_weights
      integer(c_int64_t), value :: first, stride
    end function

    integer(c_int) function c_set_distribution(store, draw, context, begin, end) &
        bind(C, name='adapm_store_set_distribution')
      import
      type(c_ptr), value :: store, context
      type(c_funptr), value :: draw
      integer(c_int64_t), value :: begin, end
    end function

    ! --- workers ---

    integer(c_int) function c_worker_open(worker, store) bind(C, name='adapm_worker_open')
      import
      type(c_ptr), intent(out) :: worker
      type(c_ptr), value :: store
    end function

    subroutine c_worker_close(worker) bind(C, name='adapm_worker_close')
      import
      type(c_ptr), value :: worker
    end subroutine

    integer(c_int) function c_pull(worker, keys, num_keys, values, num_values, ticket) bind(C, name='adapm_pull')
      import
      type(c_ptr), value :: worker, values
      integer(c_int64_t), intent(in) :: keys(*)
      integer(c_size_t), value :: num_keys, num_values
      integer(c_int64_t), intent(out) :: ticket
    end function

    integer(c_int) function c_push(worker, keys, num_keys, updates, num_updates, ticket) bind(C, name='adapm_push')
      import
      type(c_ptr), value :: worker, updates
      integer(c_int64_t), intent(in) :: keys(*)
      integer(c_size_t), value :: num_keys, num_updates
      integer(c_int64_t), intent(out) :: ticket
    end function

    integer(c_int) function c_set(worker, keys, num_keys, values, num_values, ticket) bind(C, name='adapm_set')
      import
      type(c_ptr), value :: worker, values
      integer(c_int64_t), intent(in) :: keys(*)
      integer(c_size_t), value :: num_keys, num_values
      integer(c_int64_t), intent(out) :: ticket
    end function

    integer(c_int) function c_pull_if_local(worker, key, value, length, found) bind(C, name='adapm_pull_if_local')
      import
      type(c_ptr), value :: worker, value
      integer(c_int64_t), value :: key
      integer(c_size_t), value :: length
      integer(c_int), intent(out) :: found
    end function

    integer(c_int) function c_wait(worker, ticket) bind(C, name='adapm_wait')
      import
      type(c_ptr), value :: worker
      integer(c_int64_t), value :: ticket
    end function

    integer(c_int) function c_is_done(worker, ticket, done) bind(C, name='adapm_is_done')
      import
      type(c_ptr), value :: worker
      integer(c_int64_t), value :: ticket
      integer(c_int), intent(out) :: done
    end function

    integer(c_int) function c_wait_all(worker) bind(C, name='adapm_wait_all')
      import
      type(c_ptr), value :: worker
    end function

    integer(c_int) function c_intent(worker, keys, num_keys, start, end) bind(C, name='adapm_intent')
      import
      type(c_ptr), value :: worker
      integer(c_int64_t), intent(in) :: keys(*)
      integer(c_size_t), value :: num_keys
      integer(c_int64_t), value :: start, end
    end function

    integer(c_int) function c_advance_clock(worker) bind(C, name='adapm_advance_clock')
      import
      type(c_ptr), value :: worker
    end function

    integer(c_int64_t) function c_current_clock(worker) bind(C, name='adapm_current_clock')
      import
      type(c_ptr), value :: worker
    end function

    integer(c_int) function c_prepare_sample(worker, num_keys, start, end, sample) bind(C, name='adapm_prepare_sample')
      import
      type(c_ptr), value :: worker
      integer(c_size_t), value :: num_keys
      integer(c_int64_t), value :: start, end
      integer(c_int64_t), intent(out) :: sample
    end function

    integer(c_int) function c_pull_sample(worker, sample, keys, num_keys, values, num_values, ticket) &
        bind(C, name='adapm_pull_sample')
      import
      type(c_ptr), value :: worker, values
      integer(c_int64_t), value :: sample
      integer(c_int64_t), intent(out) :: keys(*)
      integer(c_size_t), value :: num_keys, num_values
      integer(c_int64_t), intent(out) :: ticket
    end function

    integer(c_int) function c_finish_sample(worker, sample) bind(C, name='adapm_finish_sample')
      import
      type(c_ptr), value :: worker
      integer(c_int64_t), value :: sample
    end function

    integer(c_int) function c_wait_sync(worker) bind(C, name='adapm_wait_sync')
      import
      type(c_ptr), value :: worker
    end function

    integer(c_int) function c_barrier(worker) bind(C, name='adapm_barrier')
      import
      type(c_ptr), value :: worker
    end function

    integer(c_int) function c_begin_setup(worker) bind(C, name='adapm_begin_setup')
      import
      type(c_ptr), value :: worker
    end function

    integer(c_int) function c_end_setup(worker) bind(C, name='adapm_end_setup')
      import
      type(c_ptr), value :: worker
    end function
  end interface
end module
