#include "source/callkeeper/report_reader.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <unordered_map>

#include "base/time_text.hpp"
#include "source/callkeeper/answer.hpp"
#include "source/callkeeper/dimensions.hpp"
#include "source/callkeeper/report_json.hpp"
#include "source/callkeeper/window_walk.hpp"

namespace ringtail::callkeeper {
namespace {

class Reader final : public ReportReader {
  public:
    Reader(Options options, Clock& clock, Logger& log)
        : options_(std::move(options)), zone_(options_.zone), clock_(clock), log_(log) {}

    std::vector<std::string> read(std::chrono::local_days day,
                                  const std::stop_token& stop) override {
        if (!api_) api_.emplace(options_, clock_, log_);
        Found found;
        WindowWalk walk(zone_, *api_, clock_, pace_, {options_.calls_per_window, 1}, {day});
        while (auto answer = walk.next(stop)) {
            requests_ = api_->requests();
            const JsonDocument document(answer->answer.body);
            const auto calls = calls_of(document);
            pace_.note(answer->window, calls.size());
            for (const JsonValue call : calls) take(call, day, found);
        }
        requests_ = api_->requests();
        std::ranges::stable_sort(found.rows, {}, [](const One& one) {
            return std::pair(one.at.value_or(Instant::max()), one.id);
        });
        std::vector<std::string> rows;
        rows.reserve(found.rows.size());
        for (One& one : found.rows) rows.push_back(std::move(one.json));
        return rows;
    }

    std::uint64_t requests() const override { return requests_; }

  private:
    struct One {
        std::int64_t id = 0;
        std::optional<Instant> at;
        std::string json;
    };
    struct Found {
        std::vector<One> rows;
        std::unordered_map<std::int64_t, std::size_t> by_id;
    };

    void take(JsonValue call, Day day, Found& found) const {
        if (!call.is(JsonValue::Kind::object)) {
            found.rows.push_back({0, std::nullopt, std::string(call.raw())});
            return;
        }
        const CallFields fields(call), none;
        const auto at = date_of(CallView(fields, none, false));
        // Windows are asked for a little wider than they are.
        if (at && zone_.day(*at) != day) return;
        const auto id = whole_number(fields[Field::id]);
        One one{id.value_or(0), at, report_json(call)};
        if (!id) {
            found.rows.push_back(std::move(one));
            return;
        }
        const auto [place, fresh] = found.by_id.try_emplace(*id, found.rows.size());
        if (fresh) {
            found.rows.push_back(std::move(one));
        } else {
            found.rows[place->second] = std::move(one);
        }
    }

    const Options options_;
    const Zone zone_;
    Clock& clock_;
    Logger& log_;
    std::optional<Api> api_;
    Pace pace_{0};
    std::atomic<std::uint64_t> requests_{0};
};

}  // namespace

std::unique_ptr<ReportReader> make_report_reader(Options options, Clock& clock, Logger& log) {
    return std::make_unique<Reader>(std::move(options), clock, log);
}

}  // namespace ringtail::callkeeper
