#include "port/mpi_port.hpp"

#include <algorithm>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/serialization/vector.hpp>
#include <chrono>
#include <cstring>
#include <functional>
#include <thread>

#include "base/assert.hpp"
#include "mpi/keep_for_ever.hpp"
#include "mpi/runtime.hpp"
#include "port/dense_exchange.hpp"
#include "port/grid_exchange.hpp"
#include "port/requests.hpp"

namespace adapm::port {

namespace {

using mpi::check;

constexpr int access_message = 0;  // the only tag on their communicator
constexpr auto one_sided_probe_time = std::chrono::milliseconds(40);

// Open MPI before 5 keeps a window's state in a file named after the host and the communicator's context id, which
// communicators without a common rank may share: their windows get mixed up, and a read never ends
// (github.com/open-mpi/ompi/issues/9492).
#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION < 5
constexpr bool windows_need_whole_hosts = true;
#else
constexpr bool windows_need_whole_hosts = false;
#endif

mpi::Communicator host_of(const Options& options, MPI_Comm communicator) {
  return options.one_host_per_rank ? mpi::Communicator::alone(communicator)
                                   : mpi::Communicator::of_this_host(communicator);
}

/// Of the host's ranks. Collective.
base::Sharing find_sharing(MPI_Comm communicator, const base::Units& usable) {
  const mpi::Communicator host = mpi::Communicator::of_this_host(communicator);
  std::vector<base::Units> of_ranks;
  boost::mpi::all_gather(boost::mpi::communicator(host.get(), boost::mpi::comm_attach), usable, of_ranks);
  return base::sharing_of(of_ranks, host.rank());
}

MPI_Op operation(Combine combine) {
  switch (combine) {
    case Combine::min:
      return MPI_MIN;
    case Combine::max:
      return MPI_MAX;
    case Combine::sum:
      break;
  }
  return MPI_SUM;
}

std::unique_ptr<Exchange> make_exchange(const Options& options, MPI_Comm communicator, int rank, int size,
                                        Outbox& outbox) {
  if (static_cast<std::uint64_t>(size) >= options.grid_exchange)
    return std::make_unique<GridExchange>(communicator, rank, size, outbox);
  return std::make_unique<DenseExchange>(communicator, rank, size, outbox);
}

}  // namespace

MpiPort::MpiPort(const Options& options, MPI_Comm communicator)
    : options_(options),
      rounds_(mpi::Communicator::duplicate(communicator)),
      accesses_(mpi::Communicator::duplicate(communicator)),
      reductions_(mpi::Communicator::duplicate(communicator)),
      host_(host_of(options, communicator)),
      rank_(rounds_.rank()),
      size_(rounds_.size()),
      host_rank_of_(static_cast<std::size_t>(size_), -1) {
  const base::Units usable = base::usable_units();
  sharing_ = find_sharing(communicator, usable);
  cores_ = static_cast<double>(std::max<std::size_t>(usable.size(), 1)) / sharing_.ranks;
  const boost::mpi::communicator all(rounds_.get(), boost::mpi::comm_attach);
  const boost::mpi::communicator host(host_.get(), boost::mpi::comm_attach);
  num_hosts_ = boost::mpi::all_reduce(all, host_.rank() == 0 ? 1 : 0, std::plus<>());
  std::vector<int> on_host;
  boost::mpi::all_gather(host, rank_, on_host);
  for (std::size_t i = 0; i < on_host.size(); ++i)
    host_rank_of_[static_cast<std::size_t>(on_host[i])] = static_cast<int>(i);
  if (num_hosts_ > 1) try_one_sided();
  exchange_ = make_exchange(options_, rounds_.get(), rank_, size_, outbox_);
}

MpiPort::~MpiPort() {
  if (disorderly_) {
    for (mpi::Communicator* c : {&rounds_, &accesses_, &reductions_, &host_}) c->leak();
    for (auto& memory : memory_) memory->leak();
    exchange_->leave_disorderly();
    outbox_.leave_disorderly();
    mpi::keep_for_ever(std::move(reduce_buffer_));
    return;
  }
  outbox_.drain();
}

// --- memory -------------------------------------------------------------------------------------------------------

Region MpiPort::allocate(std::size_t own_bytes) {
  memory_.push_back(std::make_unique<mpi::WindowMemory>(rounds_, host_, own_bytes, one_sided_));
  const mpi::WindowMemory& memory = *memory_.back();
  Region region{memory.own(), memory.own_bytes(), std::vector<std::byte*>(static_cast<std::size_t>(size_))};
  for (std::size_t rank = 0; rank < region.of_rank.size(); ++rank)
    if (host_rank_of_[rank] >= 0)
      region.of_rank[rank] = memory.of_host()[static_cast<std::size_t>(host_rank_of_[rank])];
  return region;
}

void MpiPort::try_one_sided() {
  if (!options_.one_sided) {
    why_not_one_sided_ = "--sys.one_sided is off";
  } else if (windows_need_whole_hosts && !rounds_.has_whole_hosts()) {
    why_not_one_sided_ = "the store is on a part of a host's ranks, which this Open MPI's windows cannot serve";
  } else if (probe_one_sided()) {
    one_sided_ = true;
  } else {
    why_not_one_sided_ = "MPI serves no one-sided reads without the target's help";
  }
}

/// A window on the whole communicator is only worth having if reads from it do not wait for the target to call MPI:
/// so one rank stays out of MPI for a while, and a rank of another host reads from it meanwhile.
bool MpiPort::probe_one_sided() {
  memory_.push_back(std::make_unique<mpi::WindowMemory>(rounds_, host_, 64, true));
  int other = -1;  // the first rank that is not on the host of rank 0
  const boost::mpi::communicator all(rounds_.get(), boost::mpi::comm_attach);
  int candidate = size_;
  if (host_rank_of_[0] < 0) candidate = rank_;
  other = boost::mpi::all_reduce(all, candidate, boost::mpi::minimum<int>());
  bool served = memory_.back()->one_sided_window() != MPI_WIN_NULL;
  if (served) {
    double seconds = 0;
    for (const auto& [reader, sleeper] : {std::pair{0, other}, std::pair{other, 0}}) {
      all.barrier();
      if (rank_ == sleeper) std::this_thread::sleep_for(one_sided_probe_time);
      if (rank_ == reader) seconds = seconds_to_read(sleeper);
    }
    const double longest = boost::mpi::all_reduce(all, seconds, boost::mpi::maximum<double>());
    served = longest < std::chrono::duration<double>(one_sided_probe_time).count() / 4;
  }
  memory_.clear();
  return served;
}

double MpiPort::seconds_to_read(int target) {
  const auto started = std::chrono::steady_clock::now();
  std::uint64_t word = 0;
  const MPI_Win window = memory_.back()->one_sided_window();
  check(MPI_Get(&word, sizeof word, MPI_BYTE, target, 0, sizeof word, MPI_BYTE, window), "MPI_Get");
  check(MPI_Win_flush(target, window), "MPI_Win_flush");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

void MpiPort::start_read(int rank, std::size_t region, std::size_t offset, std::span<std::byte> to) {
  const auto bytes = static_cast<int>(to.size());
  check(MPI_Get(to.data(), bytes, MPI_BYTE, rank, static_cast<MPI_Aint>(offset), bytes, MPI_BYTE,
                memory_[region]->one_sided_window()),
        "MPI_Get");
  const std::pair from{rank, region};
  if (std::find(read_from_.begin(), read_from_.end(), from) == read_from_.end()) read_from_.push_back(from);
}

void MpiPort::complete_reads() {
  for (const auto& [rank, region] : read_from_)
    check(MPI_Win_flush(rank, memory_[region]->one_sided_window()), "MPI_Win_flush");
  read_from_.clear();
}

// --- access messages ----------------------------------------------------------------------------------------------

void MpiPort::send(int to, base::Bytes message) {
  outbox_.send(accesses_.get(), to, access_message, std::move(message));
}

std::optional<ReceivedMessage> MpiPort::receive() {
  int arrived = 0;
  MPI_Message message = MPI_MESSAGE_NULL;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, access_message, accesses_.get(), &arrived, &message, &status), "MPI_Improbe");
  if (arrived == 0) {
    outbox_.retire();
    return std::nullopt;
  }
  int bytes = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
  ReceivedMessage received{status.MPI_SOURCE, base::Bytes(static_cast<std::size_t>(bytes))};
  check(MPI_Mrecv(received.content.data(), bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE), "MPI_Mrecv");
  return received;
}

// --- exchanges ----------------------------------------------------------------------------------------------------

std::size_t MpiPort::start_exchange(std::vector<base::Bytes>& outgoing, base::Multicasts& multicasts,
                                    base::Summands& summands, std::span<std::uint64_t> votes) {
  outbox_.retire();
  return exchange_->start(outgoing, multicasts, summands, votes);
}

bool MpiPort::test_exchange(std::vector<base::Bytes>& incoming) {
  if (!exchange_->test(incoming)) return false;
  outbox_.retire();
  return true;
}

bool MpiPort::peer_has_started_exchange() { return exchange_->peer_has_started(); }

// --- reductions ---------------------------------------------------------------------------------------------------

void MpiPort::start_reduce(std::span<double> values, Combine combine) {
  reducing_ = values;
  reduce_buffer_->assign(values.begin(), values.end());
  if (values.empty()) reduce_buffer_->push_back(0);  // a barrier
  check(MPI_Iallreduce(MPI_IN_PLACE, reduce_buffer_->data(), static_cast<int>(reduce_buffer_->size()), MPI_DOUBLE,
                       operation(combine), reductions_.get(), &reduction_),
        "MPI_Iallreduce");
}

bool MpiPort::test_reduce() {
  if (!test(reduction_)) return false;
  std::copy_n(reduce_buffer_->begin(), reducing_.size(), reducing_.begin());
  return true;
}

void MpiPort::abandon_reduce() {
  reduction_ = MPI_REQUEST_NULL;
  reductions_.leak();
  mpi::keep_for_ever(std::move(reduce_buffer_));
  reduce_buffer_ = std::make_unique<std::vector<double>>();
}

std::string MpiPort::description() const {
  if (size_ == 1) return "one rank";
  if (num_hosts_ == 1) return "shared memory";
  std::string text = one_sided_ ? "one-sided" : "messages (" + why_not_one_sided_ + ")";
  if (num_hosts_ < size_) text = "shared memory + " + text;
  return text;
}

}  // namespace adapm::port
