#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "source/dialfire/api.hpp"

namespace ringtail::dialfire {

// Counts the contacts that a listing will name by listing them once more, page by page, ahead of
// the work: one request for each 1,000 contacts against the fifty that fetch them. It only tells
// how long the work takes, so an error of its own ends it without a word.
class Census {
  public:
    // Counts from the page behind `cursor` on; `api` must outlive this.
    Census(Api& api, std::string cursor);
    // How many those pages name; 0 until the last one is read.
    std::uint64_t total() const { return total_; }

  private:
    void count(const std::stop_token& stop, Api& api, std::string cursor);

    std::atomic<std::uint64_t> total_{0};
    std::jthread thread_;
};

}  // namespace ringtail::dialfire
