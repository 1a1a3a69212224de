#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/time_text.hpp"
#include "source/callkeeper/intake.hpp"
#include "source/source.hpp"

namespace ringtail::callkeeper::testing {

inline Instant at(std::string_view text) { return *parse_time(text); }

// A destination in memory: what decode() makes is merged by key and can be asked for.
class Shelf final : public Stored {
  public:
    using Rows = std::map<std::string, std::map<std::string, std::string>>;  // by key, by column

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override;
    std::vector<Recheck> rechecks(Instant until, std::size_t limit) override;
    std::size_t waiting_bytes() const override { return waiting; }

    void load(const Decoded& decoded);
    std::map<std::string, Rows> tables;
    std::map<std::string, Recheck> due;
    std::vector<Reject> rejects;
    std::size_t questions = 0;
    std::size_t waiting = 16U << 20U;
};

// An account and its shelf, without an API.
class Scene {
  public:
    explicit Scene(Options options = {});
    // As after a restart: what was handed on is stored, and only that is known.
    void reopen();
    // Some objects of one feed, in one page.
    void api(const std::vector<std::string>& objects, Instant when);
    void hook(const std::string& object, Instant received);
    void unknown(std::int64_t id, Instant asked);
    std::map<std::string, std::string> call(std::int64_t id) const;   // of callkeeper_calls
    std::map<std::string, std::string> facts(std::int64_t id) const;  // or empty
    // All rows but what depends on nothing else, as text.
    std::string dump() const;

    Options options;
    Shelf shelf;
    Tally tally;
    bool tables_are_new = true;  // all of them, for the next reopen() …
    std::string new_table = {};  // … or that one

  private:
    void take(const std::vector<std::string>& objects, Incoming::Feed feed, Instant when,
              std::int64_t id);

    Zone zone_{"Europe/Moscow"};
    std::vector<Table> tables_;
    std::optional<RowFilters> filters_;
    RowOptions rows_;
    std::optional<Intake> intake_;
};

// A call as the API tells it, with `more` put in front of its closing bracket.
std::string api_call(int id, int status, int status2, const std::string& more = "");
std::string hook_call(int id, const std::string& event, int status, int status2);

}  // namespace ringtail::callkeeper::testing
