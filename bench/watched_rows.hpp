#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ringtail::bench {

// A call of a source: the source's number in the tables and the call's.
using CallKey = std::pair<std::int64_t, std::int64_t>;
using SteadyTime = std::chrono::steady_clock::time_point;

// Looks every 10 ms for calls that are to appear in a database, from a thread of its own.
class WatchedRows {
  public:
    // Those of the keys that are there. Called on the thread.
    using Look = std::function<std::vector<CallKey>(const std::vector<CallKey>& wanted)>;
    explicit WatchedRows(Look look);

    void expect(const CallKey& call, SteadyTime since);
    // Waits until all were seen, or the time is over; then how long each took in seconds, sorted.
    // Throws when some were not seen.
    std::vector<double> finish(std::chrono::seconds patience);

  private:
    void run(const std::stop_token& stop);

    const Look look_;
    std::mutex mutex_;
    std::map<CallKey, SteadyTime> wanted_;
    std::vector<double> took_;
    std::string failure_;
    std::jthread thread_;
};

// Through connections of their own, not the code that is measured.
WatchedRows::Look look_into_sqlite(const std::string& file);
WatchedRows::Look look_into_postgres(const std::string& url);

}  // namespace ringtail::bench
