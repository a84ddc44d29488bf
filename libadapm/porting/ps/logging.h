// The macros by which AdaPM programs log and check. A line is written at once, whoever else writes.
#pragma once

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace dmlc {

/// What a failed CHECK throws.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Collects a line, and writes it when it is complete.
class LogMessage {
 public:
  LogMessage(const char* file, int line) { text_ << file << ':' << line << ": "; }
  ~LogMessage() { std::cerr << text_.str() + '\n' << std::flush; }
  LogMessage(const LogMessage&) = delete;
  LogMessage& operator=(const LogMessage&) = delete;
  std::ostream& stream() { return text_; }

 private:
  std::ostringstream text_;
};

/// The same for what ends the program: throws when it is complete.
class LogMessageFatal {
 public:
  LogMessageFatal(const char* file, int line) { text_ << file << ':' << line << ": "; }
  ~LogMessageFatal() noexcept(false) {
    std::cerr << text_.str() + '\n' << std::flush;
    throw Error(text_.str());
  }
  LogMessageFatal(const LogMessageFatal&) = delete;
  LogMessageFatal& operator=(const LogMessageFatal&) = delete;
  std::ostream& stream() { return text_; }

 private:
  std::ostringstream text_;
};

inline void set_thread_name(std::thread& thread, std::string name) {
  name.resize(std::min<std::size_t>(name.size(), 15));
  pthread_setname_np(thread.native_handle(), name.c_str());
}

}  // namespace dmlc

#define LOG_INFO dmlc::LogMessage(__FILE__, __LINE__)
#define LOG_WARNING LOG_INFO
#define LOG_ERROR LOG_INFO
#define LOG_FATAL dmlc::LogMessageFatal(__FILE__, __LINE__)
#define LOG(severity) LOG_##severity.stream()
#define LL LOG(ERROR)

#define CHECK(condition) \
  if (!(condition)) LOG(FATAL) << "Check failed: " #condition << ' '
#define CHECK_LT(x, y) CHECK((x) < (y))
#define CHECK_GT(x, y) CHECK((x) > (y))
#define CHECK_LE(x, y) CHECK((x) <= (y))
#define CHECK_GE(x, y) CHECK((x) >= (y))
#define CHECK_EQ(x, y) CHECK((x) == (y))
#define CHECK_NE(x, y) CHECK((x) != (y))

#define ALOG(text)                                \
  {                                               \
    std::ostringstream line_to_log;               \
    line_to_log << text << '\n';                  \
    std::cout << line_to_log.str() << std::flush; \
  }
#define LLOG(text) ALOG(text)

#ifdef NDEBUG
#define ADLOG(text)
#define DCHECK(condition) \
  while (false) CHECK(condition)
#else
#define ADLOG(text) ALOG(text)
#define DCHECK(condition) CHECK(condition)
#endif

#define SET_THREAD_NAME(thread, name) dmlc::set_thread_name(*(thread), name)
