#include "source/callkeeper/fields.hpp"

#include <charconv>
#include <unordered_map>

namespace ringtail::callkeeper {
namespace {

constexpr std::array<std::string_view, kFields> kNames{"id",
                                                       "status_code",
                                                       "status_reason",
                                                       "status2_code",
                                                       "status2_reason",
                                                       "ip",
                                                       "uip",
                                                       "country",
                                                       "city",
                                                       "region",
                                                       "district",
                                                       "site",
                                                       "ga_clientid",
                                                       "ga_clid",
                                                       "phone1",
                                                       "phone2",
                                                       "widget_hash",
                                                       "widget_name",
                                                       "date",
                                                       "date_timestamp",
                                                       "order_date",
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
                                                       "event_source",
                                                       "hook_event",
                                                       "ya_clientid",
                                                       "roistat_visit",
                                                       "current.typ",
                                                       "current.src",
                                                       "current.mdm",
                                                       "current.cmp",
                                                       "current.cnt",
                                                       "current.trm",
                                                       "current_add.fd",
                                                       "current_add.ep",
                                                       "current_add.rf",
                                                       "first.typ",
                                                       "first.src",
                                                       "first.mdm",
                                                       "first.cmp",
                                                       "first.cnt",
                                                       "first.trm",
                                                       "first_add.fd",
                                                       "first_add.ep",
                                                       "first_add.rf",
                                                       "session.pgs",
                                                       "session.cpg",
                                                       "udata.vst",
                                                       "udata.uag",
                                                       "udata.uip"};

struct Group {
    std::string_view name;
    Field first, last;
};
constexpr std::array<Group, 6> kGroups{{{"current", Field::typ, Field::trm},
                                        {"current_add", Field::fd, Field::rf},
                                        {"first", Field::first_typ, Field::first_trm},
                                        {"first_add", Field::first_fd, Field::first_rf},
                                        {"session", Field::pgs, Field::cpg},
                                        {"udata", Field::vst, Field::udata_uip}}};
constexpr std::size_t kVisit = 100;  // not a group, but an object of them

// What a key at top level is: a field's name, also a label's without its group, or a group.
struct Meaning {
    bool is_group;
    std::size_t which;
};
using Keys = std::unordered_map<std::string_view, Meaning>;

const Keys& keys() {
    static const Keys all = [] {
        Keys made;
        for (std::size_t i = 0; i < kFields; ++i) {
            made.emplace(kNames[i], Meaning{false, i});
            const std::size_t dot = kNames[i].find('.');
            const bool of_first = kNames[i].starts_with("first");
            if (dot != std::string_view::npos && !of_first)
                made.emplace(kNames[i].substr(dot + 1), Meaning{false, i});  // not uip: it is there
        }
        for (std::size_t i = 0; i < kGroups.size(); ++i)
            made.emplace(kGroups[i].name, Meaning{true, i});
        made.emplace("visit_info", Meaning{true, kVisit});
        made.emplace("visit info", Meaning{true, kVisit});
        return made;
    }();
    return all;
}

std::string_view key_of(JsonValue name, std::string& scratch) {
    std::string_view text;
    return name.text(text, scratch) ? text : std::string_view();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::string_view name_of(Field field) { return kNames[static_cast<std::size_t>(field)]; }

CallFields::CallFields(JsonValue object) : exists_(object.exists()) {
    std::string scratch;
    for (const auto& [name, value] : object.members()) {
        const auto found = keys().find(key_of(name, scratch));
        if (found == keys().end()) continue;
        const Meaning meaning = found->second;
        if (!meaning.is_group) {
            set(static_cast<Field>(meaning.which), value, 1);
        } else if (meaning.which == kVisit) {
            visit(value, 3);
        } else {
            group(value, meaning.which, 2);
        }
    }
}

void CallFields::visit(JsonValue object, std::uint8_t rank) {
    std::string scratch;
    for (const auto& [name, value] : object.members()) {
        const auto found = keys().find(key_of(name, scratch));
        if (found == keys().end() || found->second.which == kVisit) continue;
        if (found->second.is_group) {
            group(value, found->second.which, rank);
        } else if (found->second.which >= static_cast<std::size_t>(Field::typ)) {
            set(static_cast<Field>(found->second.which), value, rank);
        }
    }
}

void CallFields::group(JsonValue group, std::size_t which, std::uint8_t rank) {
    const Group& of = kGroups[which];
    std::string scratch;
    for (const auto& [name, value] : group.members()) {
        const std::string_view key = key_of(name, scratch);
        for (auto i = static_cast<std::size_t>(of.first); i <= static_cast<std::size_t>(of.last);
             ++i) {
            if (kNames[i].substr(of.name.size() + 1) == key)
                set(static_cast<Field>(i), value, rank);
        }
    }
}

void CallFields::set(Field field, JsonValue value, std::uint8_t rank) {
    const auto at = static_cast<std::size_t>(field);
    if (rank < rank_[at]) return;
    rank_[at] = rank;
    values_[at] = value;
}

bool is_blank(JsonValue value) {
    if (value.is_null()) return true;
    if (!value.is(JsonValue::Kind::string)) return false;
    const std::string_view raw = value.raw();
    if (raw.size() > 3 && static_cast<unsigned char>(raw[1]) > ' ' && raw[1] != '\\') return false;
    std::string scratch;
    std::string_view text;
    if (!value.text(text, scratch)) return false;
    const std::string_view inner = trimmed(text);
    return inner.empty() || inner == "-";
}

std::optional<std::int64_t> whole_number(JsonValue value) {
    std::string scratch;
    std::string_view text;
    if (value.is(JsonValue::Kind::number))
        text = value.raw();
    else if (!value.text(text, scratch))
        return std::nullopt;
    text = trimmed(text);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace ringtail::callkeeper
