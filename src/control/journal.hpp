#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "control/database.hpp"
#include "control/records.hpp"

namespace ringtail::control {

// Webhooks of one source that came in close together.
struct Received {
    std::int64_t source = 0;
    Instant first = {}, last = {};
    std::uint64_t hooks = 0;     // kept in the inbox
    std::uint64_t rejected = 0;  // could not be parsed
    std::string message = {};    // e.g. why some were refused
};

// What has happened, for people. As store.hpp says about errors and threads.
class Journal {
  public:
    explicit Journal(Database& database) : database_(database) {}

    // Newest first; open runs too.
    std::vector<JournalRow> find(const JournalQuery& query);
    // Adds each to its source's last row of this kind when that ended less than `gap` before, or
    // makes one. Call it every few seconds, not for every hook. A power cut may undo it; the hooks
    // themselves are safe in the inbox.
    void add_received(std::span<const Received> received,
                      std::chrono::seconds gap = std::chrono::seconds(60));
    // Rows by table and day, oldest first; days are YYYY-MM-DD, both inclusive, empty: open.
    std::vector<DayRows> days(std::optional<std::int64_t> source, std::string_view from,
                              std::string_view to);
    // Forgets what ended more than so many days ago, and runs that ended well without having
    // changed anything after a day: hundreds of sources asked every minute make millions of those.
    // Each job's last run stays. How many.
    std::uint64_t prune(unsigned keep_days, Instant now);

  private:
    Database& database_;
};

}  // namespace ringtail::control
