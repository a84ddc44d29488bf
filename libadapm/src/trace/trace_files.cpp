#include "trace/trace_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "adapm/error.hpp"

namespace adapm::trace {

namespace {

[[noreturn]] void cannot_write(const std::string& path, const std::string& reason) {
  throw ConfigurationError("cannot write " + path + " (--sys.trace.out): " + reason);
}

void put(std::FILE* file, std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); }
void put(std::FILE* file, std::int64_t number) { std::fprintf(file, "%lld", static_cast<long long>(number)); }

void put_time(std::FILE* file, std::chrono::nanoseconds time) { put(file, time.count()); }

std::string forever_or(Clock clock) { return clock == clock_forever ? "forever" : std::to_string(clock); }

/// What the columns where, clock and until have, which depends on the event.
void put_details(std::FILE* file, const Event& event, std::chrono::nanoseconds time) {
  const auto columns = [file](std::string_view where, std::string_view clock, std::string_view until) {
    std::fprintf(file, "\t%.*s\t%.*s\t%.*s\n", static_cast<int>(where.size()), where.data(),
                 static_cast<int>(clock.size()), clock.data(), static_cast<int>(until.size()), until.data());
  };
  switch (event.kind) {
    case Kind::intent_signalled:
      return columns("-", std::to_string(event.clock), forever_or(event.until));
    case Kind::access:
      return columns(name_of(static_cast<Place>(event.where)), std::to_string(event.clock), "-");
    case Kind::intent_begun:
    case Kind::intent_ended:
      return columns("-", "-", "-");
    case Kind::round:
      return columns("-", std::to_string(event.clock), std::to_string(time.count() + event.until));
    default:
      return columns(std::to_string(event.where), "-", "-");
  }
}

void put_event(std::FILE* file, const ThreadEvent& line, SteadyClock::time_point zero) {
  const Event& event = line.event;
  const std::chrono::nanoseconds time = SteadyClock::duration(event.time) - zero.time_since_epoch();
  put_time(file, time);
  put(file, "\t");
  if (line.thread == ThreadEvent::progress_thread) {
    put(file, "progress");
  } else {
    put(file, line.thread);
  }
  put(file, "\t");
  put(file, name_of(event.kind));
  put(file, "\t");
  put(file, event.kind == Kind::round ? "-" : std::to_string(event.key));
  put_details(file, event, time);
}

}  // namespace

TraceFiles::TraceFiles(const std::string& folder, int rank, int num_ranks)
    : rank_(rank), num_ranks_(num_ranks) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) cannot_write(folder, error.message());
  events_ = create(folder, "trace.", rank);
  counts_ = create(folder, "locality.", rank);
}

TraceFiles::File TraceFiles::create(const std::string& folder, const char* name, int rank) {
  File file;
  file.path = folder + "/" + name + std::to_string(rank) + ".tsv";
  file.stream.reset(std::fopen(file.path.c_str(), "w"));
  if (file.stream == nullptr) cannot_write(file.path, std::strerror(errno));
  return file;
}

void TraceFiles::write(const Trace& trace, const TimeBase& times, const std::string& asked_for) {
  write_events(trace, times, asked_for);
  write_counts(trace);
}

void TraceFiles::write_events(const Trace& trace, const TimeBase& times, const std::string& asked_for) {
  std::FILE* const file = events_.stream.get();
  const std::uint64_t dropped = trace.dropped();
  std::fprintf(file,
               "# rank %d of %d\n# keys %s: %zu of %llu\n# times are those of rank 0 to within %lld ns, as its clock "
               "and this one's were when the store opened\n# events not kept %llu\n",
               rank_, num_ranks_, asked_for.c_str(), trace.keys().count(),
               static_cast<unsigned long long>(trace.keys().num_keys()),
               static_cast<long long>(times.exact_to.count()), static_cast<unsigned long long>(dropped));
  put(file, "time_ns\tthread\tevent\tkey\twhere\tclock\tuntil\n");
  const std::vector<ThreadEvent> events = trace.events();
  for (const ThreadEvent& event : events) put_event(file, event, times.zero);
  end(events_);
  if (dropped > 0 && !events.empty())
    std::fprintf(stderr,
                 "adapm: rank %d has traced its first %zu events only, and dropped %llu; trace fewer keys "
                 "(--sys.trace.keys), or keep more events (--sys.trace.events)\n",
                 rank_, events.size(), static_cast<unsigned long long>(dropped));
}

void TraceFiles::write_counts(const Trace& trace) {
  std::FILE* const file = counts_.stream.get();
  put(file, "key\taccesses\tlocal\tsamples\n");
  const std::vector<KeyCounts> counts = trace.counts();
  for (Key key = 0; key < trace.keys().num_keys(); ++key) {
    if (!trace.keys().contains(key)) continue;
    const KeyCounts& of_key = counts[trace.keys().number_of(key)];
    if (of_key.accesses == 0) continue;
    std::fprintf(file, "%llu\t%llu\t%llu\t%llu\n", static_cast<unsigned long long>(key),
                 static_cast<unsigned long long>(of_key.accesses), static_cast<unsigned long long>(of_key.local),
                 static_cast<unsigned long long>(of_key.samples));
  }
  end(counts_);
}

void TraceFiles::end(File& file) {
  put(file.stream.get(), "# end\n");
  const bool failed = std::fflush(file.stream.get()) != 0 || std::ferror(file.stream.get()) != 0;
  if (failed)
    std::fprintf(stderr, "adapm: cannot write %s (--sys.trace.out): %s\n", file.path.c_str(), std::strerror(errno));
  file.stream.reset();
}

}  // namespace adapm::trace
