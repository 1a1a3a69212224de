#include "cli/progress.hpp"

#include <fmt/core.h>

#include "cli/summary.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kTerminalPause = 200ms;
constexpr auto kLinePause = 30s;
constexpr auto kRateWindow = 10s;  // rows/s is that of the last ten seconds

}  // namespace

void Progress::loaded(const RunSummary& so_far) {
    last_ = so_far;
    recent_.emplace_back(last_.elapsed, rows_read(last_));
    while (recent_.size() > 2 && last_.elapsed - recent_.front().first > kRateWindow) {
        recent_.pop_front();
    }
    const bool live = plan_.output == Output::text && console_.is_terminal();
    if (last_.elapsed - shown_ < (live ? std::chrono::milliseconds(kTerminalPause) : kLinePause)) {
        return;
    }
    shown_ = last_.elapsed;
    if (plan_.output == Output::json) {
        JsonLine json("progress");
        add_counts(json, last_);
        console_.out(json.number("rows_per_second", rows_per_second()).done());
    } else if (live) {
        console_.status(line());
    } else {
        console_.out(line());
    }
}

void Progress::round_done(const RunSummary& so_far) {
    last_ = so_far;
    log_.info(
        fmt::format("caught up: {} listed, {} rows so far", last_.tally.listed, rows_read(last_)));
    if (plan_.output == Output::json) {
        JsonLine json("round");
        add_counts(json, last_);
        console_.out(json.number("rounds", last_.rounds).done());
    } else if (last_.rounds == 1 && !plan_.once) {
        console_.out(
            fmt::format("caught up: {}; following every {}", line(), in_words(plan_.every)));
    } else if (!plan_.once) {
        console_.status(line());
    }
}

void Progress::attempt_failed(const Error& error, std::chrono::milliseconds pause) {
    // The logger shows errors on the console in either form.
    const std::string hint = error.hint().empty() ? "" : ". " + error.hint();
    log_.error(fmt::format("{}; trying again in {}{}", error.what(), in_words(pause), hint));
    if (plan_.output == Output::json) {
        JsonLine json("retry");
        json.text("fault", name_of(error.fault())).text("message", error.what());
        if (!error.hint().empty()) json.text("hint", error.hint());
        json.number("pause_ms", static_cast<std::uint64_t>(pause.count()));
        console_.out(json.done());
    }
}

std::uint64_t Progress::rows_per_second() {
    std::pair<std::chrono::milliseconds, std::uint64_t> start{0ms, 0};
    if (last_.elapsed > kRateWindow && !recent_.empty()) start = recent_.front();
    const auto ms = (last_.elapsed - start.first).count();
    if (ms <= 0) return 0;
    return (rows_read(last_) - start.second) * 1'000 / static_cast<std::uint64_t>(ms);
}

std::string Progress::line() {
    const Tally& tally = last_.tally;
    std::string text =
        fmt::format("{} contacts, {} rows, {} rows/s, {}",
                    grouped(tally.equal + tally.loaded + tally.gone + tally.rejected),
                    grouped(rows_read(last_)), grouped(rows_per_second()), in_words(last_.elapsed));
    // Known when all contacts were listed before, or counted ahead.
    if (tally.listed > 0 && last_.expected > tally.listed) {
        const auto left =
            static_cast<std::chrono::milliseconds::rep>(last_.expected - tally.listed);
        const auto done = static_cast<std::chrono::milliseconds::rep>(tally.listed);
        text += fmt::format(", about {} left", in_words(last_.elapsed * left / done));
    }
    return text;
}

}  // namespace ringtail::cli
