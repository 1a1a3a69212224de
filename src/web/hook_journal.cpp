#include "web/hook_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace ringtail::web {

HookJournal::HookJournal(Write write, std::chrono::milliseconds gather, Logger& log)
    : write_(std::move(write)), gather_(gather), log_(log) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

HookJournal::~HookJournal() {
    thread_.request_stop();
    thread_.join();
}

void HookJournal::add(std::int64_t source, Instant at, std::uint64_t stored,
                      std::uint64_t rejected) {
    bool is_first = false;
    {
        std::lock_guard lock(mutex_);
        is_first = gathered_.empty();
        auto& row = gathered_.try_emplace(source, control::Received{source, at, at, 0, 0, {}})
                        .first->second;
        row.first = std::min(row.first, at);
        row.last = std::max(row.last, at);
        row.hooks += stored;
        row.rejected += rejected;
    }
    if (is_first) changed_.notify_one();
}

void HookJournal::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, stop, [&] { return !gathered_.empty(); });
        if (gathered_.empty()) return;
        changed_.wait_for(lock, stop, gather_, [] { return false; });
        const auto gathered = std::exchange(gathered_, {});
        lock.unlock();
        std::vector<control::Received> rows;
        rows.reserve(gathered.size());
        for (const auto& [source, row] : gathered) rows.push_back(row);
        try {
            write_(rows);
        } catch (const std::exception& error) {
            log_.warning(fmt::format("webhooks are missing in the journal: {}", error.what()));
        }
        lock.lock();
    }
}

}  // namespace ringtail::web
