#include "jobs/eraser.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/failpoint.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto kLongestPause = 200ms;

}  // namespace

Retention& retention_of(Destination& destination) {
    if (Retention* const retention = destination.retention()) return *retention;
    throw Error(Fault::config, "this destination cannot delete rows for their age");
}

Eraser::Eraser(Destination& destination, std::span<const Table> tables, Settings settings,
               Clock& clock, std::function<void(const TableStats&)> told)
    : destination_(destination),
      retention_(retention_of(destination)),
      tables_(tables),
      settings_(std::move(settings)),
      clock_(clock),
      told_(std::move(told)) {}

void Eraser::erase(const std::string& name, std::span<const std::string> keys,
                   const std::stop_token& stop) {
    if (keys.empty()) return;
    const auto in_slices = [&](const std::string& table, std::span<const std::string> all) {
        while (!all.empty()) {
            const auto some = all.first(std::min(settings_.at_once, all.size()));
            all = all.subspan(some.size());
            erase(table, some, stop);
        }
    };
    if (keys.size() > settings_.at_once) return in_slices(name, keys);
    for (const Table& child : tables_) {
        for (const Reference& reference : child.references) {
            if (!reference.enforced || reference.parent != name) continue;
            in_slices(child.name, retention_.children({child, reference.column}, keys));
        }
    }
    const auto table = std::ranges::find(tables_, name, &Table::name);
    if (table == tables_.end()) return;
    if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the end");
    std::vector<Batch> batches;
    batches.emplace_back(*table);
    for (const std::string& key : keys) batches.back().erase(key);
    Load load;
    load.batches = batches;
    load.stream = settings_.stream;
    load.holder = settings_.holder;
    load.now = clock_.now();
    const std::vector<Forgotten> forgotten{{name, keys}};
    load.forgotten = forgotten;
    const LoadStats stats = destination_.load(load, stop);
    failpoint("pruned_some");
    told_(stats.at(0));
    // Half as long as it took: those who wait for the table or the file get their turn.
    const auto took = std::chrono::duration_cast<milliseconds>(clock_.now() - load.now) / 2;
    clock_.sleep(std::clamp<milliseconds>(took, 1ms, kLongestPause), stop);
}

}  // namespace ringtail::jobs
