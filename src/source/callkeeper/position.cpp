#include "source/callkeeper/position.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "json/document.hpp"
#include "json/write.hpp"
#include "source/callkeeper/fields.hpp"

namespace ringtail::callkeeper {
namespace {

constexpr std::int64_t kVersion = 1;
// Of history loads that are done, so many are remembered for whoever asks.
constexpr std::size_t kDoneHistories = 20;

[[noreturn]] void broken(std::string_view what) {
    throw Error(Fault::config, fmt::format("the stored checkpoint cannot be read: {}", what))
        .with_hint(
            "Delete the stream's row from ringtail_checkpoints; the next run then reads the last "
            "days again, and nothing is lost or doubled. A newer Ringtail may have written it: use "
            "that one.");
}

std::int64_t number(JsonValue value) {
    const auto read = whole_number(value);
    if (!read) broken("a number is missing");
    return *read;
}

std::string text(JsonValue value) {
    std::string scratch;
    std::string_view read;
    if (!value.text(read, scratch)) broken("a text is missing");
    return std::string(read);
}

Day day(JsonValue value) {
    const auto read = parse_day(text(value));
    if (!read) broken("a day is none");
    return *read;
}

std::optional<Day> optional_day(JsonValue value) {
    return value.is_null() ? std::nullopt : std::optional(day(value));
}

std::string quoted(const std::optional<Day>& day) {
    return day ? '"' + day_text(*day) + '"' : "null";
}

std::string history_json(const std::map<std::string, HistoryPosition>& all) {
    std::vector<std::int64_t> done;
    for (const auto& [job, history] : all)
        if (history.done()) done.push_back(history.number);
    std::ranges::sort(done, std::greater());
    const std::int64_t oldest = done.size() > kDoneHistories ? done[kDoneHistories - 1] : INT64_MIN;
    std::string out = "{";
    for (const auto& [job, history] : all) {
        if (history.done() && history.number < oldest) continue;
        if (out.size() > 1) out += ',';
        out += fmt::format(R"({}:{{"from":"{}","to":"{}","next":"{}","number":{},"calls":{}}})",
                           json_string(job), day_text(history.from), day_text(history.to),
                           day_text(history.next), history.number, history.calls);
    }
    return out + "}";
}

}  // namespace

std::string day_text(Day day) {
    return format_day(Instant(std::chrono::sys_days(day.time_since_epoch())));
}

std::optional<Day> parse_day(std::string_view text) {
    if (text.size() != 10) return std::nullopt;
    const auto at = parse_time(text);
    if (!at) return std::nullopt;
    return Day(std::chrono::floor<std::chrono::days>(*at).time_since_epoch());
}

Checkpoint write_position(const Position& position) {
    return {fmt::format(
        R"({{"callkeeper":{},"inbox":{{"below":{},"from":{},"to":{}}},"live_done":{},"first":{},"last":{},"calls_per_hour":{:.0f},"account":{},"history":{}}})",
        kVersion, position.inbox.below, position.inbox.from, position.inbox.to,
        quoted(position.live_done), quoted(position.first), quoted(position.last),
        position.calls_per_hour, json_string(position.account), history_json(position.history))};
}

Position read_position(const Checkpoint& checkpoint) {
    try {
        const JsonDocument document(checkpoint.text);
        const JsonValue root = document.root();
        if (whole_number(root.find("callkeeper")) != kVersion) broken("it is of another version");
        Position position;
        const JsonValue inbox = root.find("inbox");
        position.inbox = {number(inbox.find("below")), number(inbox.find("from")),
                          number(inbox.find("to"))};
        position.live_done = optional_day(root.find("live_done"));
        position.first = optional_day(root.find("first"));
        position.last = optional_day(root.find("last"));
        position.calls_per_hour = static_cast<double>(number(root.find("calls_per_hour")));
        position.account = text(root.find("account"));
        for (const auto& [name, value] : root.find("history").members()) {
            position.history[text(name)] = {
                day(value.find("from")), day(value.find("to")), day(value.find("next")),
                number(value.find("number")),
                static_cast<std::uint64_t>(number(value.find("calls")))};
        }
        return position;
    } catch (const Error& error) {
        if (error.fault() == Fault::config) throw;
        broken(error.what());
    }
}

}  // namespace ringtail::callkeeper
