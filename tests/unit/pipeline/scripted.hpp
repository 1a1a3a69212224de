#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "destination/destination.hpp"
#include "pipeline/run_stream.hpp"
#include "source/source.hpp"

namespace ringtail::test {

// A source whose rounds are written down: numbers 0, 1, 2 … one to a page, `per_round` of them in
// each round.
class ScriptedSource final : public Source {
  public:
    int per_round = 3;
    std::string table = "numbers";
    std::vector<std::string> columns{"id", "value"};
    std::vector<View> shown;
    std::function<void(int number)> before_page;  // may throw, or request a stop
    Tally page_tally{.listed = 1, .loaded = 1};
    int opened = 0;

    std::vector<Table> tables(std::stop_token) override {
        Table numbers;
        numbers.name = table;
        for (const std::string& column : columns) numbers.columns.push_back({column, Type::text});
        numbers.key = {"id"};
        return {numbers};
    }
    std::vector<View> views() const override { return shown; }
    void open(std::span<const Table> tables, const std::optional<Checkpoint>& from,
              Stored&) override {
        ++opened;
        width_ = tables[0].columns.size();
        next_ = from ? std::stoi(from->text) : 0;
        in_round_ = 0;
    }
    std::optional<Page> next(std::stop_token stop) override {
        if (stop.stop_requested()) throw Error(Fault::stopped, "stopped");
        if (in_round_ == per_round) {
            in_round_ = 0;
            return std::nullopt;
        }
        if (before_page) before_page(next_);
        ++in_round_;
        Page page;
        page.body = std::to_string(next_++);
        page.after.text = std::to_string(next_);
        page.tally = page_tally;
        return page;
    }
    void decode(const Page& page, Decoded& into) const override {
        into.batches[0].add_null_row();
        into.batches[0].set(0, {Cell::Kind::text, page.body});
        if (width_ > 1) into.batches[0].set(1, {Cell::Kind::text, "value"});
        into.batches[0].end_row();
    }

  private:
    int next_ = 0, in_round_ = 0;
    std::size_t width_ = 0;
};

// A destination of plain maps, whose calls can be made to fail before or after they took effect.
struct Shelf {
    std::mutex mutex;
    std::map<std::string, std::string> rows;
    std::optional<Checkpoint> checkpoint;
    std::string holder;
    std::vector<View> views;
    int views_created = 0;
    std::uint64_t rejected_per_load = 0;
    std::vector<Recheck> rechecks;  // by when they are due
    int prepared = 0, loads = 0, held = 0, most_rows_in_load = 0;
    bool unfinished = false;  // loaded into since finish()
    std::function<void(int load)> before_load, after_load;
    std::function<void()> before_prepare;
};

class ShelfDestination final : public Destination, private StreamStore {
  public:
    explicit ShelfDestination(std::shared_ptr<Shelf> shelf) : shelf_(std::move(shelf)) {}
    std::vector<Table> prepare(std::span<const Table> tables) override {
        if (shelf_->before_prepare) shelf_->before_prepare();
        ++shelf_->prepared;
        return {tables.begin(), tables.end()};
    }
    void create_views(std::span<const View> views) override {
        shelf_->views.assign(views.begin(), views.end());
        ++shelf_->views_created;
    }
    LoadStats load(const Load& load, std::stop_token) override {
        const int number = ++shelf_->loads;
        shelf_->unfinished = true;
        if (shelf_->before_load) shelf_->before_load(number);
        TableStats stats{"numbers"};
        {
            const std::lock_guard lock(shelf_->mutex);
            for (const Batch& batch : load.batches) {
                for (std::size_t row = 0; row < batch.rows(); ++row) {
                    ++stats.read;
                    stats.inserted +=
                        shelf_->rows.insert_or_assign(batch.key_of(row), "").second ? 1U : 0U;
                }
            }
            stats.rejected = shelf_->rejected_per_load;
            shelf_->checkpoint = *load.checkpoint;
        }
        shelf_->most_rows_in_load =
            std::max(shelf_->most_rows_in_load, static_cast<int>(stats.read));
        if (shelf_->after_load) shelf_->after_load(number);
        return {stats};
    }
    void finish(std::stop_token) override { shelf_->unfinished = false; }
    std::vector<std::optional<std::string>> fingerprints(
        const Table&, std::span<const std::string> keys) override {
        return std::vector<std::optional<std::string>>(keys.size());
    }
    StreamStore& streams() override { return *this; }

  private:
    std::optional<Checkpoint> checkpoint(std::string_view) override { return shelf_->checkpoint; }
    std::vector<Recheck> rechecks(std::string_view, Instant, std::size_t) override {
        return shelf_->rechecks;
    }
    void hold(std::string_view, std::string_view holder) override {
        ++shelf_->held;
        shelf_->holder = holder;
    }
    void release(std::string_view, std::string_view) override { shelf_->holder.clear(); }

    std::shared_ptr<Shelf> shelf_;
};

// Time passes only by sleeping, and sleeping takes none.
class JumpingClock final : public Clock {
  public:
    Instant now() const override { return Instant(std::chrono::microseconds(now_)); }
    void sleep(std::chrono::milliseconds pause, std::stop_token) override {
        pass(pause);
        sleeps.push_back(pause);
        if (on_sleep) on_sleep();
    }
    void pass(std::chrono::microseconds time) { now_ += time.count(); }
    std::vector<std::chrono::milliseconds> sleeps;
    std::function<void()> on_sleep;

  private:
    std::atomic<std::int64_t> now_{0};  // µs
};

class Counting final : public Observer {
  public:
    int loads = 0, rounds = 0, failures = 0;
    std::function<void()> on_round;
    void loaded(const RunSummary&) override { ++loads; }
    void round_done(const RunSummary&) override {
        ++rounds;
        if (on_round) on_round();
    }
    void attempt_failed(const Error&, std::chrono::milliseconds) override { ++failures; }
};

}  // namespace ringtail::test
