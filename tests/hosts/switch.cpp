// An Ethernet switch in user space that joins network namespaces: each gets an interface eth0.
//
//   switch [--delay-us D] [--rate-mbit R] PID...
//
// PID names a namespace by a process in it. A frame waits until its sender's port has sent what came before, R Mbit/s
// (0: no limit), and arrives D microseconds after that. Prints "ready" once the interfaces exist; runs until killed. The
// kernel's netem could do this, but many kernels are built without.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <queue>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

struct Options {
  Nanoseconds delay{0};
  double rate_mbit = 0;
  std::vector<std::string> processes;
};

struct Frame {
  Clock::time_point due;
  std::size_t number;  // orders frames that are due at once
  std::size_t port;    // where it leaves
  std::string bytes;

  bool operator<(const Frame& other) const {
    return due != other.due ? due > other.due : number > other.number;  // the queue's top is the earliest
  }
};

int checked(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// A new interface eth0 in the network namespace of `process`; frames are read from and written to the result.
int make_port(const std::string& process, int own_namespace) {
  const std::string path = "/proc/" + process + "/ns/net";
  const int there = checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
  checked(setns(there, CLONE_NEWNET), "setns");
  const int port = checked(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun");
  ifreq request{};
  std::strcpy(request.ifr_name, "eth0");
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  checked(ioctl(port, TUNSETIFF, &request), "TUNSETIFF");
  checked(setns(own_namespace, CLONE_NEWNET), "setns");
  close(there);
  return port;
}

class Switch {
 public:
  explicit Switch(const Options& options) : options_(options), free_at_(options.processes.size()) {
    const int own = checked(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "/proc/self/ns/net");
    for (const std::string& process : options.processes) ports_.push_back({make_port(process, own), POLLIN, 0});
    close(own);
  }

  [[noreturn]] void run() {
    for (;;) {
      deliver_due();
      timespec patience{1, 0};
      if (!frames_.empty()) {
        const Nanoseconds left = std::max(Nanoseconds(0), Nanoseconds(frames_.top().due - Clock::now()));
        patience = {left.count() / 1'000'000'000, left.count() % 1'000'000'000};
      }
      if (ppoll(ports_.data(), ports_.size(), &patience, nullptr) <= 0) continue;
      for (std::size_t port = 0; port < ports_.size(); ++port) {
        if ((ports_[port].revents & POLLIN) != 0) receive(port);
      }
    }
  }

 private:
  void deliver_due() {
    while (!frames_.empty() && frames_.top().due <= Clock::now()) {
      const Frame& frame = frames_.top();
      // A port that takes no more drops the frame, like any switch; TCP sends it again.
      [[maybe_unused]] const ssize_t written = write(ports_[frame.port].fd, frame.bytes.data(), frame.bytes.size());
      frames_.pop();
    }
  }

  void receive(std::size_t from) {
    constexpr int frames_at_once = 64;
    constexpr std::size_t address_length = 6;
    std::array<char, 1 << 16> buffer;
    for (int i = 0; i < frames_at_once; ++i) {
      const ssize_t length = read(ports_[from].fd, buffer.data(), buffer.size());
      if (length < static_cast<ssize_t>(2 * address_length)) return;
      const std::string frame(buffer.data(), static_cast<std::size_t>(length));
      port_of_[frame.substr(address_length, address_length)] = from;
      const auto known = port_of_.find(frame.substr(0, address_length));
      for (std::size_t to = 0; to < ports_.size(); ++to) {
        if (to != from && (known == port_of_.end() || known->second == to)) enqueue(from, to, frame);
      }
    }
  }

  void enqueue(std::size_t from, std::size_t to, const std::string& frame) {
    Clock::time_point sent = Clock::now();
    if (options_.rate_mbit > 0) {
      const double nanoseconds = static_cast<double>(frame.size()) * 8e3 / options_.rate_mbit;
      sent = std::max(sent, free_at_[from]) + Nanoseconds(static_cast<Nanoseconds::rep>(nanoseconds));
      free_at_[from] = sent;
    }
    frames_.push({sent + options_.delay, count_++, to, frame});
  }

  const Options& options_;
  std::vector<pollfd> ports_;
  std::vector<Clock::time_point> free_at_;        // by port: when it has sent all that it was given
  std::map<std::string, std::size_t> port_of_;    // by Ethernet address
  std::priority_queue<Frame> frames_;
  std::size_t count_ = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--")) {
      options.processes.emplace_back(argument);
      continue;
    }
    if (++i == argc) throw std::invalid_argument("a value is missing after " + std::string(argument));
    if (argument == "--delay-us") {
      options.delay = std::chrono::microseconds(std::stoll(argv[i]));
    } else if (argument == "--rate-mbit") {
      options.rate_mbit = std::stod(argv[i]);
    } else {
      throw std::invalid_argument("unknown option " + std::string(argument));
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    prctl(PR_SET_TIMERSLACK, 1UL);
    Switch network(options);
    std::puts("ready");
    std::fflush(stdout);
    network.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "switch: %s\n", error.what());
    return 1;
  }
}
