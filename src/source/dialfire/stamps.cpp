#include "source/dialfire/stamps.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/error.hpp"
#include "json/document.hpp"

namespace ringtail::dialfire {
namespace {

std::string text_of(JsonValue value) {
    std::string scratch;
    std::string_view text;
    return value.text(text, scratch) ? std::string(text) : std::string();
}

std::string newest_fired(JsonValue contact) {
    std::string newest;
    for (const JsonValue entry : contact.find("$task_log").elements()) {
        for (const JsonValue transaction : entry.find("transactions").elements()) {
            newest = std::max(newest, text_of(transaction.find("fired")));
        }
    }
    return newest;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

}  // namespace

std::map<std::string, Stamp> read_stamps(std::string_view body) try {
    const JsonDocument document(body);
    if (!document.root().is(JsonValue::Kind::array)) throw Error(Fault::data, "it is no array");
    std::map<std::string, Stamp> stamps;
    for (const JsonValue contact : document.root().elements()) {
        std::string id = text_of(contact.find("$id"));
        if (id.empty()) continue;
        stamps[std::move(id)] = {text_of(contact.find("$md5")), text_of(contact.find("$changed")),
                                 text_of(contact.find("$version")), newest_fired(contact)};
    }
    return stamps;
} catch (const Error& error) {
    throw Error(Fault::transient,
                std::string("the answer is not a whole list of contacts: ") + error.what());
}

bool is_older(const Stamp& a, const Stamp& b) {
    if (!a.changed.empty() && !b.changed.empty()) return a.changed < b.changed;
    const auto a_version = whole_number(a.version);
    const auto b_version = whole_number(b.version);
    if (a_version && b_version) return *a_version < *b_version;
    return a.fired < b.fired;
}

void NewestStamps::note(const std::string& id, const Stamp& stamp) {
    const std::lock_guard lock(mutex_);
    if (young_.size() >= kPerGeneration) {
        old_ = std::move(young_);
        young_.clear();
    }
    young_[id] = stamp;
}

std::optional<Stamp> NewestStamps::find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    for (const auto* generation : {&young_, &old_}) {
        if (const auto found = generation->find(id); found != generation->end())
            return found->second;
    }
    return std::nullopt;
}

void StampCheck::check(std::string_view body) {
    stamps_ = read_stamps(body);
    if (refusals_left_ == 0) return;
    for (const auto& [id, stamp] : stamps_) {
        const auto known = newest_.find(id);
        if (!known || !is_older(stamp, *known)) continue;
        --refusals_left_;
        throw Error(Fault::transient,
                    "the answer holds an older version of contact " + id + " than is known");
    }
}

void StampCheck::note() const {
    for (const auto& [id, stamp] : stamps_) newest_.note(id, stamp);
}

}  // namespace ringtail::dialfire
