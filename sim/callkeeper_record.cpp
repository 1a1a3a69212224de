#include "callkeeper_record.hpp"

#include <array>

#include "text.hpp"

namespace ringtail::sim {

namespace {

using K = CallKey;

constexpr std::array<std::string_view, static_cast<std::size_t>(K::count)> kNames{"id",
                                                                                  "typ",
                                                                                  "src",
                                                                                  "mdm",
                                                                                  "cmp",
                                                                                  "cnt",
                                                                                  "trm",
                                                                                  "fd",
                                                                                  "ep",
                                                                                  "rf",
                                                                                  "typ",
                                                                                  "src",
                                                                                  "mdm",
                                                                                  "cmp",
                                                                                  "ep",
                                                                                  "pgs",
                                                                                  "cpg",
                                                                                  "vst",
                                                                                  "uag",
                                                                                  "status_code",
                                                                                  "status_reason",
                                                                                  "status2_code",
                                                                                  "status2_reason",
                                                                                  "ip",
                                                                                  "country",
                                                                                  "city",
                                                                                  "region",
                                                                                  "district",
                                                                                  "site",
                                                                                  "ga_clientid",
                                                                                  "phone1",
                                                                                  "phone2",
                                                                                  "widget_hash",
                                                                                  "date",
                                                                                  "duration_sec",
                                                                                  "duration_min",
                                                                                  "duration2_sec",
                                                                                  "duration2_min",
                                                                                  "record_url",
                                                                                  "attempt",
                                                                                  "a_type",
                                                                                  "playback_tick",
                                                                                  "tags",
                                                                                  "asr_attempts",
                                                                                  "date_timestamp",
                                                                                  "order_date",
                                                                                  "event_source",
                                                                                  "hook_event",
                                                                                  "widget_name",
                                                                                  "ga_clid",
                                                                                  "ya_clientid",
                                                                                  "roistat_visit",
                                                                                  "uip",
                                                                                  "_quality_mark",
                                                                                  "crm_links",
                                                                                  "src"};

struct Group {
    std::string_view name;
    K first, last;
};
constexpr Group kGroups[] = {
    {"current", K::typ, K::trm},           {"current_add", K::fd, K::rf},
    {"first", K::first_typ, K::first_cmp}, {"first_add", K::first_ep, K::first_ep},
    {"session", K::pgs, K::cpg},           {"udata", K::vst, K::uag}};
constexpr auto kFirstPlain = static_cast<unsigned>(K::status_code);
constexpr auto kLastPlain = static_cast<unsigned>(K::unknown2);

bool is_loose(K key) { return key == K::cpg || key == K::uag; }
bool is_first(K key) { return key >= K::first_typ && key <= K::first_ep; }

// Calls back with every value that is there and the names around its own, in the order they stand.
template <typename Leaf, typename Open, typename Close>
void walk(const CallRecord& record, const Leaf& leaf, const Open& open, const Close& close) {
    const auto give = [&](K key) {
        if (record.has(key)) leaf(kNames[static_cast<std::size_t>(key)], record.value(key));
    };
    give(K::id);
    const bool nested =
        record.place == VisitPlace::nested || record.place == VisitPlace::blank_name;
    if (nested) open(record.place == VisitPlace::nested ? "visit_info" : "visit info");
    for (const Group& group : kGroups) {
        const bool flat = record.place == VisitPlace::flat;
        if (!flat) open(group.name);
        for (auto i = static_cast<unsigned>(group.first); i <= static_cast<unsigned>(group.last);
             ++i) {
            const auto key = static_cast<K>(i);
            if (flat && is_first(key)) continue;
            if (record.place == VisitPlace::loose && is_loose(key)) continue;
            give(key);
        }
        if (!flat) close();
    }
    if (nested) close();
    if (record.place == VisitPlace::loose) {
        give(K::cpg);
        give(K::uag);
    }
    if (record.has(K::top_src)) {
        open("current");
        give(K::top_src);
        close();
    }
    for (unsigned i = kFirstPlain; i <= kLastPlain; ++i) give(static_cast<K>(i));
}

void append_percent(std::string& out, std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out.push_back(c);
        } else if (c == ' ') {
            out.push_back('+');
        } else {
            out.push_back('%');
            out.push_back(kHex[byte >> 4U]);
            out.push_back(kHex[byte & 15U]);
        }
    }
}

unsigned hex_digit(char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

// The text of a raw JSON string; of escapes the stand-in writes \uXXXX for control characters only.
std::string plain_text(std::string_view raw) {
    std::string text;
    for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
        if (raw[i] != '\\') {
            text.push_back(raw[i]);
            continue;
        }
        switch (const char c = raw[++i]) {
            case 'n':
                text.push_back('\n');
                break;
            case 'r':
                text.push_back('\r');
                break;
            case 't':
                text.push_back('\t');
                break;
            case 'u':
                text.push_back(
                    static_cast<char>(hex_digit(raw[i + 3]) * 16 + hex_digit(raw[i + 4])));
                i += 4;
                break;
            default:
                text.push_back(c);
        }
    }
    return text;
}

}  // namespace

std::string_view key_name(CallKey key) { return kNames[static_cast<std::size_t>(key)]; }

void CallRecord::clear() {
    values_.fill({});
    arena_.clear();
    numbers_as_text = false;
    place = VisitPlace::nested;
}

void CallRecord::raw(CallKey key, std::string_view json) {
    at(key) = {static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(json.size())};
    arena_.append(json);
}

void CallRecord::text(CallKey key, std::string_view text) {
    const auto begin = static_cast<std::uint32_t>(arena_.size());
    append_json(arena_, text);
    at(key) = {begin, static_cast<std::uint32_t>(arena_.size()) - begin};
}

void CallRecord::number(CallKey key, std::int64_t number) {
    const auto begin = static_cast<std::uint32_t>(arena_.size());
    if (numbers_as_text) arena_.push_back('"');
    append_number(arena_, number);
    if (numbers_as_text) arena_.push_back('"');
    at(key) = {begin, static_cast<std::uint32_t>(arena_.size()) - begin};
}

void fit_to_format(CallRecord& record, HookFormat format) {
    if (format != HookFormat::form && format != HookFormat::query) return;
    constexpr std::size_t kLongestInUrl = 1500;
    for (unsigned i = 0; i < static_cast<unsigned>(K::count); ++i) {
        const auto key = static_cast<K>(i);
        const auto value = record.value(key);
        const bool no_text = value.find("\\ud8") != std::string_view::npos;
        const bool too_long = format == HookFormat::query && value.size() > kLongestInUrl;
        const bool structured = value.starts_with('{') || value.starts_with('[');
        if (no_text || too_long || structured) record.drop(key);
    }
}

void append_call_json(std::string& out, const CallRecord& record) {
    out.push_back('{');
    const auto comma = [&] {
        if (out.back() != '{') out.push_back(',');
    };
    const auto name = [&](std::string_view text) {
        comma();
        out.push_back('"');
        out.append(text).append("\":");
    };
    walk(
        record,
        [&](std::string_view key, std::string_view value) {
            name(key);
            out.append(value);
        },
        [&](std::string_view group) {
            name(group);
            out.push_back('{');
        },
        [&] { out.push_back('}'); });
    out.push_back('}');
}

void append_call_form(std::string& out, const CallRecord& record) {
    std::vector<std::string_view> path;
    bool first = true;
    walk(
        record,
        [&](std::string_view key, std::string_view value) {
            if (!first) out.push_back('&');
            first = false;
            path.push_back(key);
            for (std::size_t i = 0; i < path.size(); ++i) {
                if (i > 0) out.append("%5B");
                append_percent(out, path[i]);
                if (i > 0) out.append("%5D");
            }
            path.pop_back();
            out.push_back('=');
            if (value.starts_with('"')) {
                append_percent(out, plain_text(value));
            } else if (value != "null") {
                append_percent(out, value);
            }
        },
        [&](std::string_view group) { path.push_back(group); }, [&] { path.pop_back(); });
}

void append_call_date(std::string& out, std::int64_t second, CallReadings::Dates form,
                      std::int64_t shift) {
    const std::int64_t local = second + shift;
    append_day(out, local * kSecond);
    out.push_back(form == CallReadings::Dates::blank ? ' ' : 'T');
    const auto of_day = static_cast<std::uint64_t>(local % 86'400);
    append_digits(out, of_day / 3600, 2);
    out.push_back(':');
    append_digits(out, of_day / 60 % 60, 2);
    out.push_back(':');
    append_digits(out, of_day % 60, 2);
    if (form != CallReadings::Dates::offset) return;
    const auto minutes = static_cast<std::uint64_t>((shift < 0 ? -shift : shift) / 60);
    out.push_back(shift < 0 ? '-' : '+');
    append_digits(out, minutes / 60, 2);
    out.push_back(':');
    append_digits(out, minutes % 60, 2);
}

}  // namespace ringtail::sim
