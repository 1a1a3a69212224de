#pragma once
#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "service/file_rows.hpp"
#include "service/scene.hpp"

namespace ringtail::service {

struct OfficeOptions {
    // hooks: each is sent until it is acknowledged, and never again, and the API tells nothing.
    // all: they are sent over and over, and the load is due at every start.
    enum class Feeds : std::uint8_t { all, hooks };
    Feeds feeds = Feeds::all;
    std::string destination = {};  // a URL; empty: the SQLite file in the data folder
};

// A CallKeeper account and a service that dies again and again, while webhooks are sent to it.
class Office {
  public:
    explicit Office(const OfficeOptions& options = {});

    // Starts the service to die at this failpoint; false when it did not within a minute.
    bool dies_at(const std::string& failpoint);
    // Starts it and kills it after so long.
    void dies_after(std::chrono::milliseconds life);
    // Starts it for the last time, ends the sending and waits until all is loaded and no run is
    // open; what is wrong then: in the tables, the journal or the counters.
    std::vector<std::string> wrong_in_the_end(test::CallTables& tables);

    Scene& scene() { return scene_; }
    sim::CallKeeper& calls() { return calls_; }
    FileRows file(const std::string& name) const;  // of the data folder
    std::size_t runs_cut_off() const { return cut_off_.size(); }

  private:
    std::string control(const std::string& select) const;  // its first value
    void make_load_due() const;
    void send_hooks(const std::string& address);
    void note_death();
    void check_runs(std::vector<std::string>& wrong) const;
    void check_counters(test::CallTables& tables, std::vector<std::string>& wrong) const;

    const OfficeOptions::Feeds feeds_;
    sim::CallKeeper calls_;
    Scene scene_;
    std::set<std::pair<std::string, std::string>> cut_off_;  // runs by number and taking
    sim::HookCounts sent_;
    std::atomic<bool> done_{false};
    std::jthread sender_;
};

}  // namespace ringtail::service
