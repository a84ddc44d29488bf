// Memory in huge pages: with pages of 4 kB, random access to many values misses the TLB most of the time. They are asked
// for page by page (MADV_COLLAPSE, Linux 6.1), which needs no setting of the system's; where there are none, small
// pages do.
#pragma once

#include <cstddef>

namespace adapm::base {

inline constexpr std::size_t page_bytes = 4096;
inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;

/// Makes the pages exist, huge ones where it can.   Returns  false, instead of a bus error later, when there is no
/// memory for them.
[[nodiscard]] bool populate(std::byte* memory, std::size_t bytes);

/// A second mapping of shared memory that is mapped already, at an address where huge pages fit.
class HugeView {
 public:
  HugeView() = default;
  /// Of the mapping that `memory` lies in; none if that is private, too small, or the system refuses.
  explicit HugeView(const std::byte* memory);
  ~HugeView();
  HugeView(HugeView&& other) noexcept;
  HugeView& operator=(HugeView&& other) noexcept;

  /// The place of `memory`, in the first mapping, in this one; `memory` itself if it is not in it.
  [[nodiscard]] std::byte* at(std::byte* memory) const;
  /// It stays mapped.
  void leak() { view_ = nullptr; }

 private:
  const std::byte* original_ = nullptr;
  std::byte* view_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace adapm::base
