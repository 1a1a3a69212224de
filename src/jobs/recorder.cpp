#include "jobs/recorder.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "json/write.hpp"

namespace ringtail::jobs {
namespace {

control::TableRows rows_of(const TableStats& stats) {
    return {stats.table,  stats.inserted,  stats.updated,
            stats.erased, stats.unchanged, stats.rejected};
}

control::TableRows minus(control::TableRows left, const control::TableRows& right) {
    left.added -= right.added;
    left.updated -= right.updated;
    left.deleted -= right.deleted;
    left.unchanged -= right.unchanged;
    left.rejected -= right.rejected;
    return left;
}

void add(control::TableRows& left, const control::TableRows& right) {
    left.added += right.added;
    left.updated += right.updated;
    left.deleted += right.deleted;
    left.unchanged += right.unchanged;
    left.rejected += right.rejected;
}

bool is_empty(const control::TableRows& rows) {
    return rows.added + rows.updated + rows.deleted + rows.unchanged + rows.rejected == 0;
}

control::TableRows find(const std::vector<control::TableRows>& all, const std::string& table) {
    const auto place = std::ranges::find(all, table, &control::TableRows::table);
    return place == all.end() ? control::TableRows{table} : *place;
}

}  // namespace

Recorder::Recorder(const control::RunRecord& run, std::string source, Metrics& metrics, Logger& log)
    : source_(std::move(source)),
      before_(run.counters),
      metrics_(metrics),
      log_(log),
      progress_(run.progress) {}

void Recorder::attach(std::function<std::uint64_t()> requests) {
    const std::scoped_lock lock(mutex_);
    requests_ = std::move(requests);
}

void Recorder::detach() {
    const std::scoped_lock lock(mutex_);
    if (requests_) requests_made_ = requests_();
    requests_ = nullptr;
}

void Recorder::loaded(const RunSummary& so_far) {
    {
        const std::scoped_lock lock(mutex_);
        for (const TableStats& now : so_far.tables) {
            const auto before = std::ranges::find(tables_, now.table, &TableStats::table);
            count(before == tables_.end() ? rows_of(now) : minus(rows_of(now), rows_of(*before)));
        }
        metrics_.counter(metric::kLoads, {{"source", source_}}).add();
        tables_ = so_far.tables;
        trouble_.clear();
    }
    if (on_commit_) on_commit_(so_far.stored);
}

void Recorder::count(const control::TableRows& rows) {
    const auto add_what = [&](std::string_view what, std::uint64_t number) {
        if (number == 0) return;
        metrics_
            .counter(metric::kRows, {{"source", source_}, {"table", rows.table}, {"what", what}})
            .add(number);
    };
    add_what("added", rows.added);
    add_what("updated", rows.updated);
    add_what("deleted", rows.deleted);
    add_what("unchanged", rows.unchanged);
    add_what("rejected", rows.rejected);
}

void Recorder::round_done(const RunSummary& so_far) {
    const std::scoped_lock lock(mutex_);
    tables_ = so_far.tables;
    trouble_.clear();
}

void Recorder::attempt_failed(const Error& error, std::chrono::milliseconds pause) {
    log_.warning(fmt::format("{}; trying again in {} ms", error.what(), pause.count()));
    const std::scoped_lock lock(mutex_);
    trouble_ = error.what();
    metrics_.counter(metric::kRetries, {{"source", source_}}).add();
    metrics_.counter(metric::kErrors, {{"source", source_}, {"fault", name_of(error.fault())}})
        .add();
}

void Recorder::set_progress(std::string json) {
    const std::scoped_lock lock(mutex_);
    progress_ = std::move(json);
}

control::Beat Recorder::beat() {
    const std::scoped_lock lock(mutex_);
    if (requests_) requests_made_ = requests_();
    const std::uint64_t requests = requests_made_;
    control::Beat beat;
    beat.counters = before_;
    beat.counters.requests += requests;
    beat.progress = progress_;
    for (const TableStats& stats : tables_) {
        const control::TableRows now = rows_of(stats);
        beat.counters.added += now.added;
        beat.counters.updated += now.updated;
        beat.counters.deleted += now.deleted;
        beat.counters.unchanged += now.unchanged;
        beat.counters.rejected += now.rejected;
        const auto news = minus(now, find(told_, now.table));
        if (!is_empty(news)) beat.rows.push_back(news);
    }
    metrics_.counter(metric::kRequests, {{"source", source_}}).add(requests - requests_told_);
    requests_told_ = requests;
    return beat;
}

void Recorder::kept(const control::Beat& beat) {
    const std::scoped_lock lock(mutex_);
    for (const control::TableRows& rows : beat.rows) {
        const auto place = std::ranges::find(told_, rows.table, &control::TableRows::table);
        if (place == told_.end()) {
            told_.push_back(rows);
        } else {
            add(*place, rows);
        }
    }
}

std::uint64_t Recorder::rejected() const {
    const std::scoped_lock lock(mutex_);
    std::uint64_t sum = before_.rejected;
    for (const TableStats& table : tables_) sum += table.rejected;
    return sum;
}

std::string Recorder::trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
}

}  // namespace ringtail::jobs
