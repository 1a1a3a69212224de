#include "callkeeper_truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/error.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

using K = CallKey;

constexpr std::string_view kTables[] = {
    "callkeeper_calls",  "callkeeper_calls_facts", "general_dates",    "general_traffic",
    "general_clientids", "general_sites",          "general_locations"};
constexpr std::string_view kMonths[] = {"Январь",   "Февраль", "Март",   "Апрель",
                                        "Май",      "Июнь",    "Июль",   "Август",
                                        "Сентябрь", "Октябрь", "Ноябрь", "Декабрь"};
constexpr std::string_view kWeekdays[] = {"Понедельник", "Вторник", "Среда",      "Четверг",
                                          "Пятница",     "Суббота", "Воскресенье"};
constexpr std::string_view kQuarters[] = {"I", "II", "III", "IV"};

std::string_view inside(std::string_view raw) {
    return raw.starts_with('"') ? raw.substr(1, raw.size() - 2) : raw;
}

std::optional<std::int64_t> number_of(std::string_view raw);

std::string_view said(const CallRecord* feed, K key) {
    const auto value = feed == nullptr ? std::string_view() : feed->value(key);
    return is_blank(value) ? std::string_view() : value;
}

// A call that is over by its hook and going on by the API: what the API says is older.
bool hook_leads(const CallState& state) {
    if (!state.over) return false;
    const auto code = number_of(said(state.api, K::status_code));
    return !code || code == 1 || code == 2;
}

// The API's word where it says something, else the hook's.
std::string_view value_of(const CallState& state, K key) {
    const bool hook_first = hook_leads(state);
    const CallRecord* const feeds[] = {hook_first ? state.hook : state.api,
                                       hook_first ? state.api : state.hook};
    // A reason belongs to its code: that of another code is none.
    const bool is_reason = key == K::status_reason || key == K::status2_reason;
    const K code = key == K::status_reason ? K::status_code : K::status2_code;
    const auto first = said(feeds[0], key);
    if (!first.empty()) return first;
    const auto told = said(feeds[0], code);
    if (is_reason && !told.empty() && number_of(told) != number_of(said(feeds[1], code))) return {};
    return said(feeds[1], key);
}

// What is no Unicode text cannot be stored.
bool is_storable(std::string_view raw) { return raw.find("\\ud8") == std::string_view::npos; }

// As a JSON text or null.
std::string text_of(std::string_view raw) {
    if (is_blank(raw) || !is_storable(raw)) return "null";
    return raw.starts_with('"') ? std::string(raw) : fmt::format("\"{}\"", raw);
}

// Whole numbers, also as text, that 64 bits hold.
std::optional<std::int64_t> number_of(std::string_view raw) {
    const std::string_view digits = inside(raw);
    std::int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, number);
    if (is_blank(raw) || error != std::errc() || at != end) return std::nullopt;
    return number;
}

// The moment of a call: `date`, else date_timestamp; seconds since 1970.
std::int64_t second_of(const CallState& state) {
    const std::string_view text = inside(value_of(state, K::date));
    if (text.empty()) return number_of(value_of(state, K::date_timestamp)).value_or(0);
    const auto digits = [&](std::size_t at, std::size_t count) {
        int number = 0;
        std::from_chars(text.data() + at, text.data() + at + count, number);
        return number;
    };
    const std::chrono::year_month_day day{std::chrono::year(digits(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(digits(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(digits(8, 2)))};
    return std::chrono::sys_days(day).time_since_epoch().count() * 86'400LL +
           digits(11, 2) * 3600LL + digits(14, 2) * 60LL + digits(17, 2);
}

class Row {
  public:
    explicit Row(std::string prefix = "") : prefix_(std::move(prefix)) {}
    void raw(std::string_view column, std::string_view json_value) {
        text_ +=
            fmt::format("{}\"{}{}\":{}", text_.empty() ? "" : ",", prefix_, column, json_value);
    }
    void text(std::string_view column, std::string_view value) { raw(column, json(value)); }
    void number(std::string_view column, std::int64_t value) { raw(column, std::to_string(value)); }
    void optional_number(std::string_view column, std::optional<std::int64_t> value) {
        raw(column, value ? std::to_string(*value) : "null");
    }
    void start(std::string prefix) { prefix_ = std::move(prefix); }
    std::string object() const { return "{" + text_ + "}"; }

  private:
    std::string prefix_, text_;
};

void add_date(Row& row, const CallState& state) {
    const std::int64_t second = second_of(state) / 60 * 60;
    const auto days = std::chrono::sys_days(std::chrono::days(second / 86'400));
    const std::chrono::year_month_day date{days};
    const auto year = static_cast<int>(date.year());
    const auto month = static_cast<unsigned>(date.month());
    const unsigned weekday = std::chrono::weekday(days).iso_encoding();
    // The ISO week is the week of its Thursday.
    const auto thursday = days + std::chrono::days(4 - static_cast<int>(weekday));
    const auto thursday_year = std::chrono::year_month_day(thursday).year();
    const auto first = std::chrono::sys_days(thursday_year / std::chrono::January / 1);
    std::string full;
    append_call_date(full, second, CallReadings::Dates::t, 0);
    row.text("full_date", full + "Z");
    row.number("year", year);
    row.number("quarter", (month + 2) / 3);
    row.text("quarter_label", kQuarters[(month - 1) / 3]);
    row.number("month", month);
    row.text("month_label", kMonths[month - 1]);
    row.number("week", (thursday - first).count() / 7 + 1);
    row.number("weekday", weekday);
    row.text("weekday_label", kWeekdays[weekday - 1]);
    row.number("day", static_cast<unsigned>(date.day()));
    row.number("hour", second / 3600 % 24);
    row.number("minute", second / 60 % 60);
    row.text("simple_date", full.substr(0, 10));
    row.number("time_zone", 0);
}

struct Part {
    std::string_view column;
    K key;
};
constexpr Part kTraffic[] = {{"grouping", K::typ},   {"source", K::src},  {"medium", K::mdm},
                             {"campaign", K::cmp},   {"content", K::cnt}, {"keyword", K::trm},
                             {"landing_page", K::ep}};
constexpr Part kSites[] = {{"domain", K::site}};
constexpr Part kLocations[] = {
    {"country_iso", K::country}, {"region", K::region}, {"city", K::city}};

// The row's texts; false when all are blank, which means the stub row.
template <typename Parts>
bool add_texts(Row& row, const CallState& state, const Parts& parts, std::string& unstorable) {
    bool any = false;
    for (const Part& part : parts) {
        const auto value = value_of(state, part.key);
        if (!is_storable(value)) unstorable.append(value);
        row.raw(part.column, text_of(value));
        any = any || !value.empty();
    }
    return any;
}

bool add_clientid(Row& row, const CallState& state) {
    auto client = value_of(state, K::ga_clientid);
    if (client.empty()) client = value_of(state, K::ga_clid);
    const bool known = !client.empty();
    row.raw("clientid", known ? text_of(client) : "\"not available\"");
    row.raw("phone", known ? text_of(value_of(state, K::phone2)) : "null");
    return known;
}

void add_call(Row& row, const CallState& state) {
    std::string moment;
    append_call_date(moment, second_of(state), CallReadings::Dates::t, 0);
    const auto text = [&](std::string_view column, K key) {
        row.raw(column, text_of(value_of(state, key)));
    };
    const auto number = [&](std::string_view column, K key) {
        row.optional_number(column, number_of(value_of(state, key)));
    };
    number("call_id", K::id);
    row.text("call_date", moment + "Z");
    number("status_code", K::status_code);
    text("status_reason", K::status_reason);
    number("status2_code", K::status2_code);
    text("status2_reason", K::status2_reason);
    text("manager_phone", K::phone1);
    text("client_phone", K::phone2);
    text("widget_hash", K::widget_hash);
    text("widget_name", K::widget_name);
    text("event_source", K::event_source);
    number("connection_type", K::a_type);
    text("record_url", K::record_url);
    text("page", K::cpg);
    text("ip", value_of(state, K::ip).empty() ? K::uip : K::ip);
    text("user_agent", K::uag);
    text("tags", K::tags);
    text("order_date", K::order_date);
    text("ya_clientid", K::ya_clientid);
    text("roistat_visit", K::roistat_visit);
}

void add_facts(Row& row, const CallState& state, std::string& unstorable) {
    const auto measure = [&](std::string_view column, K key) {
        row.number(column, number_of(value_of(state, key)).value_or(0));
    };
    measure("call_id", K::id);
    measure("duration", K::duration_sec);
    measure("talk_duration", K::duration2_sec);
    measure("attempt", K::attempt);
    measure("asr_attempts", K::asr_attempts);
    measure("playback_tick", K::playback_tick);
    row.start("dates.");
    add_date(row, state);
    row.start("traffic.");
    add_texts(row, state, kTraffic, unstorable);
    row.start("clientids.");
    add_clientid(row, state);
    row.start("sites.");
    add_texts(row, state, kSites, unstorable);
    row.start("locations.");
    add_texts(row, state, kLocations, unstorable);
}

}  // namespace

CallTable call_table(std::string_view name) {
    const auto found = std::ranges::find(kTables, name);
    if (found == std::end(kTables))
        throw Error(Fault::config, fmt::format("CallKeeper has no table \"{}\"", name))
            .with_hint(
                "callkeeper_calls, callkeeper_calls_facts, general_dates, general_traffic, "
                "general_clientids, general_sites, general_locations");
    return static_cast<CallTable>(found - std::begin(kTables));
}

bool is_blank(std::string_view raw) {
    if (raw.empty() || raw == "null") return true;
    if (!raw.starts_with('"')) return false;
    const auto text = inside(raw);
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ||
           text.substr(first, text.find_last_not_of(' ') - first + 1) == "-";
}

std::string call_row(CallTable table, const CallState& state, std::string& unstorable) {
    unstorable.clear();
    Row row;
    bool there = true;
    switch (table) {
        case CallTable::calls:
            add_call(row, state);
            break;
        case CallTable::facts:
            add_facts(row, state, unstorable);
            break;
        case CallTable::dates:
            add_date(row, state);
            break;
        case CallTable::traffic:
            there = add_texts(row, state, kTraffic, unstorable);
            break;
        case CallTable::clientids:
            there = add_clientid(row, state);
            break;
        case CallTable::sites:
            there = add_texts(row, state, kSites, unstorable);
            break;
        case CallTable::locations:
            there = add_texts(row, state, kLocations, unstorable);
            break;
    }
    return there ? row.object() : std::string();
}

}  // namespace ringtail::sim
