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

namespace adapm::port {

namespace {

using mpi::check;

enum Tag : int { first_part = 1, rest_part = 2, access_message = 3 };

constexpr std::size_t longest_message_bytes = std::size_t{1} << 30U;  // MPI counts are ints
/// What follows the first part of an exchange comes in pieces, so that it can be seen to come over a slow network, too.
constexpr std::size_t piece_bytes = std::size_t{64} << 20U;
constexpr std::size_t max_spare_buffers = 16;
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

bool test(MPI_Request& request) {
  int done = 0;
  check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

bool test_all(std::vector<MPI_Request>& requests) {
  int done = 0;
  check(MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE), "MPI_Testall");
  return done != 0;
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
  incoming_.resize(static_cast<std::size_t>(size_));
  for (int peer = 0; peer < size_; ++peer)
    if (peer != rank_) post_first(peer);
}

MpiPort::~MpiPort() {
  if (disorderly_) {
    for (mpi::Communicator* c : {&rounds_, &accesses_, &reductions_, &host_}) c->leak();
    for (auto& memory : memory_) memory->leak();
    mpi::keep_for_ever(std::make_unique<std::vector<Incoming>>(std::move(incoming_)));
    mpi::keep_for_ever(std::make_unique<std::deque<Sending>>(std::move(sending_)));
    mpi::keep_for_ever(std::move(reduce_buffer_));
    return;
  }
  for (Sending& sending : sending_)
    MPI_Waitall(static_cast<int>(sending.requests.size()), sending.requests.data(), MPI_STATUSES_IGNORE);
  for (Incoming& peer : incoming_) {
    if (peer.request == MPI_REQUEST_NULL) continue;
    MPI_Cancel(&peer.request);
    MPI_Wait(&peer.request, MPI_STATUS_IGNORE);
  }
}

// --- memory -------------------------------------------------------------------------------------------------------

Region MpiPort::allocate(std::size_t own_bytes) {
  memory_.push_back(std::make_unique<mpi::WindowMemory>(rounds_, host_, own_bytes, one_sided_));
  const mpi::WindowMemory& memory = *memory_.back();
  Region region{memory.own(), memory.own_bytes(), std::vector<std::byte*>(static_cast<std::size_t>(size_))};
  for (std::size_t rank = 0; rank < region.of_rank.size(); ++rank)
    if (host_rank_of_[rank] >= 0) region.of_rank[rank] = memory.of_host()[static_cast<std::size_t>(host_rank_of_[rank])];
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
  ADAPM_ASSERT(message.size() <= longest_message_bytes);
  Sending& sending = sending_.emplace_back(Sending{std::move(message), {MPI_REQUEST_NULL}});
  check(MPI_Isend(sending.content.data(), static_cast<int>(sending.content.size()), MPI_BYTE, to, access_message,
                  accesses_.get(), sending.requests.data()),
        "MPI_Isend");
}

std::optional<ReceivedMessage> MpiPort::receive() {
  int arrived = 0;
  MPI_Message message = MPI_MESSAGE_NULL;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, access_message, accesses_.get(), &arrived, &message, &status), "MPI_Improbe");
  if (arrived == 0) {
    retire_sent();
    return std::nullopt;
  }
  int bytes = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
  ReceivedMessage received{status.MPI_SOURCE, base::Bytes(static_cast<std::size_t>(bytes))};
  check(MPI_Mrecv(received.content.data(), bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE), "MPI_Mrecv");
  return received;
}

/// Lets go of the buffers of messages that have left, oldest first.
void MpiPort::retire_sent() {
  while (!sending_.empty() && test_all(sending_.front().requests)) {
    base::Bytes& content = sending_.front().content;
    if (content.size() > first_bytes && spare_.size() < max_spare_buffers) {
      content.clear();
      spare_.push_back(std::move(content));
    }
    sending_.pop_front();
  }
}

// --- exchanges ----------------------------------------------------------------------------------------------------

void MpiPort::post_first(int rank) {
  Incoming& peer = incoming_[static_cast<std::size_t>(rank)];
  peer.first_arrived = peer.complete = false;
  check(MPI_Irecv(peer.first.data(), static_cast<int>(first_bytes), MPI_BYTE, rank, first_part, rounds_.get(),
                  &peer.request),
        "MPI_Irecv");
}

void MpiPort::start_exchange(std::vector<base::Bytes>& outgoing) {
  retire_sent();
  for (int i = 1; i < size_; ++i) {
    const int peer = (rank_ + i) % size_;  // not everybody to rank 0 first
    send_to_peer(peer, std::move(outgoing[static_cast<std::size_t>(peer)]));
    outgoing[static_cast<std::size_t>(peer)] = base::Bytes();
    if (!spare_.empty()) {
      outgoing[static_cast<std::size_t>(peer)] = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  Incoming& own = incoming_[static_cast<std::size_t>(rank_)];
  own.content = std::move(outgoing[static_cast<std::size_t>(rank_)]);
  outgoing[static_cast<std::size_t>(rank_)] = base::Bytes();
  own.complete = true;
}

void MpiPort::send_to_peer(int peer, base::Bytes content) {
  const std::uint64_t total = content.size();
  const std::size_t in_first = std::min<std::size_t>(total, first_bytes - sizeof total);
  base::Bytes first;
  first.put(total);
  first.put_all(std::span<const std::byte>(content.data(), in_first));
  Sending& head = sending_.emplace_back(Sending{std::move(first), {MPI_REQUEST_NULL}});
  check(MPI_Isend(head.content.data(), static_cast<int>(head.content.size()), MPI_BYTE, peer, first_part,
                  rounds_.get(), head.requests.data()),
        "MPI_Isend");
  if (in_first == total) return;
  Sending& rest = sending_.emplace_back(Sending{std::move(content), {}});
  for (std::size_t at = in_first; at < total; at += piece_bytes) {
    const std::size_t bytes = std::min(piece_bytes, static_cast<std::size_t>(total) - at);
    rest.requests.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(rest.content.data() + at, static_cast<int>(bytes), MPI_BYTE, peer, rest_part, rounds_.get(),
                    &rest.requests.back()),
          "MPI_Isend");
  }
}

/// Reads how long the peer's message is and asks for what is missing.
void MpiPort::take_first(int rank) {
  Incoming& peer = incoming_[static_cast<std::size_t>(rank)];
  peer.first_arrived = true;
  ++arrivals_;
  std::memcpy(&peer.total, peer.first.data(), sizeof peer.total);
  const std::size_t in_first = std::min<std::size_t>(peer.total, first_bytes - sizeof peer.total);
  peer.content.resize_discarding(peer.total);
  if (in_first > 0) std::memcpy(peer.content.data(), peer.first.data() + sizeof peer.total, in_first);
  peer.rest.clear();
  peer.rest_arrived = 0;
  for (std::size_t at = in_first; at < peer.total; at += piece_bytes) {
    const std::size_t bytes = std::min(piece_bytes, static_cast<std::size_t>(peer.total) - at);
    peer.rest.push_back(MPI_REQUEST_NULL);
    check(MPI_Irecv(peer.content.data() + at, static_cast<int>(bytes), MPI_BYTE, rank, rest_part, rounds_.get(),
                    &peer.rest.back()),
          "MPI_Irecv");
  }
}

bool MpiPort::poll_peer(Incoming& peer, int rank) {
  if (peer.complete) return true;
  if (!peer.first_arrived) {
    if (!test(peer.request)) return false;
    take_first(rank);
  }
  while (peer.rest_arrived < peer.rest.size() && test(peer.rest[peer.rest_arrived])) {
    ++peer.rest_arrived;
    ++arrivals_;
  }
  peer.complete = peer.rest_arrived == peer.rest.size();
  return peer.complete;
}

std::vector<int> MpiPort::awaited() const {
  std::vector<int> ranks;
  for (int rank = 0; rank < size_; ++rank)
    if (!incoming_[static_cast<std::size_t>(rank)].complete) ranks.push_back(rank);
  return ranks;
}

bool MpiPort::test_exchange(std::vector<base::Bytes>& incoming) {
  bool complete = true;
  for (int rank = 0; rank < size_; ++rank) {
    if (rank != rank_) complete = poll_peer(incoming_[static_cast<std::size_t>(rank)], rank) && complete;
  }
  if (!complete) return false;
  for (int rank = 0; rank < size_; ++rank) {
    Incoming& peer = incoming_[static_cast<std::size_t>(rank)];
    std::swap(incoming[static_cast<std::size_t>(rank)], peer.content);
    if (rank != rank_) post_first(rank);
  }
  retire_sent();
  return true;
}

bool MpiPort::peer_has_started_exchange() {
  for (int rank = 0; rank < size_; ++rank) {
    Incoming& peer = incoming_[static_cast<std::size_t>(rank)];
    if (rank == rank_) continue;
    if (peer.first_arrived) return true;
    if (test(peer.request)) {
      take_first(rank);
      return true;
    }
  }
  return false;
}

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
