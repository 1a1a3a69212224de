#include "source/callkeeper/report_json.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "json/text.hpp"
#include "json/write.hpp"
#include "source/callkeeper/fields.hpp"

namespace ringtail::callkeeper {
namespace {

constexpr std::array<std::string_view, 6> kGroups{"current",   "current_add", "first",
                                                  "first_add", "session",     "udata"};

bool is_group(std::string_view name) { return std::ranges::find(kGroups, name) != kGroups.end(); }
bool is_visit(std::string_view name) { return name == "visit_info" || name == "visit info"; }

// The group of a label that stands without it: not of the first visit's, which would be the same.
std::string_view group_of(std::string_view label) {
    constexpr auto kFirstOfVisit = static_cast<std::size_t>(Field::typ);
    for (std::size_t i = 0; i < kFields; ++i) {
        const std::string_view name = name_of(static_cast<Field>(i));
        if (i < kFirstOfVisit) {
            if (name == label) return {};
            continue;
        }
        const auto dot = name.find('.');
        if (name.substr(dot + 1) == label && !name.starts_with("first")) return name.substr(0, dot);
    }
    return {};
}

// Members in the order in which they were first named.
using Members = std::vector<std::pair<std::string, JsonValue>>;

void put(Members& members, const std::string& name, JsonValue value) {
    const auto known = std::ranges::find(members, name, &std::pair<std::string, JsonValue>::first);
    if (known == members.end()) {
        members.emplace_back(name, value);
    } else {
        known->second = value;
    }
}

std::string text_of(JsonValue name) {
    std::string scratch;
    return std::string(name.text_or_raw(scratch));
}

void append(const Members& members, std::string& out) {
    for (const auto& [name, value] : members) {
        if (out.back() != '{') out += ',';
        out += json_string(name);
        out += ':';
        if (is_blank(value)) {
            out += "null";
        } else {
            append_minified(value.raw(), out);
        }
    }
}

class Visit {
  public:
    // What `object` says of the visit; false where a member has nothing to do with it.
    bool take(const std::string& name, JsonValue value, bool is_label_allowed) {
        if (is_group(name) && value.is(JsonValue::Kind::object)) {
            for (const auto& [label, of] : value.members()) put(group(name), text_of(label), of);
            return true;
        }
        const std::string_view of = is_label_allowed ? group_of(name) : std::string_view();
        if (of.empty()) return false;
        put(group(of), name, value);
        return true;
    }
    void take_unknown(const std::string& name, JsonValue value) { put(others_, name, value); }
    void write(std::string& out) const {
        const bool any = !others_.empty() || std::ranges::any_of(groups_, [](const Members& group) {
            return !group.empty();
        });
        if (!any) return;
        if (out.back() != '{') out += ',';
        out += "\"visit_info\":{";
        for (std::size_t i = 0; i < kGroups.size(); ++i) {
            if (groups_[i].empty()) continue;
            if (out.back() != '{') out += ',';
            out += json_string(kGroups[i]) + ":{";
            append(groups_[i], out);
            out += '}';
        }
        append(others_, out);
        out += '}';
    }

  private:
    Members& group(std::string_view name) {
        return groups_[static_cast<std::size_t>(std::ranges::find(kGroups, name) -
                                                kGroups.begin())];
    }
    std::array<Members, kGroups.size()> groups_;
    Members others_;
};

}  // namespace

std::string report_json(JsonValue call) {
    Members plain;
    Visit visit;
    // The innermost place counts most (CallFields): labels alone, then groups, then visit_info.
    for (const auto& [key, value] : call.members()) {
        const std::string name = text_of(key);
        if (is_visit(name) || is_group(name)) continue;
        if (!visit.take(name, value, true)) put(plain, name, value);
    }
    for (const auto& [key, value] : call.members()) {
        const std::string name = text_of(key);
        if (is_group(name) && !visit.take(name, value, false)) put(plain, name, value);
    }
    for (const auto& [key, value] : call.members()) {
        if (!is_visit(text_of(key))) continue;
        if (!value.is(JsonValue::Kind::object)) {
            if (!is_blank(value)) put(plain, "visit info", value);
            continue;
        }
        for (const auto& [inner, of] : value.members()) {
            const std::string name = text_of(inner);
            if (!visit.take(name, of, true)) visit.take_unknown(name, of);
        }
    }
    std::string out = "{";
    append(plain, out);
    visit.write(out);
    return out + "}";
}

}  // namespace ringtail::callkeeper
