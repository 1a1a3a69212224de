#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "control/database.hpp"
#include "control/records.hpp"

namespace ringtail::control {

// What is to be run, and when. As store.hpp says about errors and threads.
class Jobs {
  public:
    explicit Jobs(Database& database) : database_(database) {}

    // Its number. Error(config) when its source has a job of that name.
    std::int64_t add(const JobRecord& record, Instant now);
    std::optional<JobRecord> find(std::int64_t number);
    std::optional<JobRecord> find(std::int64_t source, std::string_view name);
    std::vector<JobRecord> list(std::optional<std::int64_t> source = {});  // by source and number
    // Stores name, settings, schedule, enabled, last_days and next_due.
    void update(const JobRecord& record);
    void set_enabled(std::int64_t number, bool enabled);
    void set_next_due(std::int64_t number, std::optional<Instant> due);
    // With its runs; false when there is none. Error(config) while one is running.
    bool remove(std::int64_t number);

    // Enabled jobs of enabled sources whose next_due has come, the longest due first.
    std::vector<JobRecord> due(Instant now);
    // The earliest next_due among such jobs.
    std::optional<Instant> next_due();

  private:
    Database& database_;
};

}  // namespace ringtail::control
