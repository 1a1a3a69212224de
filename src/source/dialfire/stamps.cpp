#include "source/dialfire/stamps.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/error.hpp"

namespace ringtail::dialfire {
namespace {

std::string text_of(simdjson::dom::element object, const char* key) {
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string newest_fired(simdjson::dom::element contact) {
    std::string_view newest;
    simdjson::dom::array log;
    if (contact["$task_log"].get(log) != simdjson::SUCCESS) return {};
    for (const simdjson::dom::element entry : log) {
        simdjson::dom::array transactions;
        if (entry["transactions"].get(transactions) != simdjson::SUCCESS) continue;
        for (const simdjson::dom::element transaction : transactions) {
            std::string_view fired;
            if (transaction["fired"].get(fired) == simdjson::SUCCESS)
                newest = std::max(newest, fired);
        }
    }
    return std::string(newest);
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

}  // namespace

std::map<std::string, Stamp> read_stamps(std::string_view body) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::array contacts;
    const auto error = parser.parse(body.data(), body.size()).get(contacts);
    // A lone surrogate or bad UTF-8 is whole for our purpose: the decoder has a slow path for it.
    if (error == simdjson::STRING_ERROR || error == simdjson::UTF8_ERROR) return {};
    if (error != simdjson::SUCCESS) {
        throw Error(Fault::transient,
                    std::string("the answer is not a whole JSON array of contacts: ") +
                        simdjson::error_message(error));
    }
    std::map<std::string, Stamp> stamps;
    for (const simdjson::dom::element contact : contacts) {
        if (!contact.is_object()) continue;
        std::string id = text_of(contact, "$id");
        if (id.empty()) continue;
        stamps[std::move(id)] = {text_of(contact, "$md5"), text_of(contact, "$changed"),
                                 text_of(contact, "$version"), newest_fired(contact)};
    }
    return stamps;
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
        const auto stored = stored_.find(id);
        const bool unchanged =
            stored != stored_.end() && !stamp.md5.empty() && stored->second == stamp.md5;
        const auto known = newest_.find(id);
        if (!unchanged && !(known && is_older(stamp, *known))) continue;
        --refusals_left_;
        throw Error(Fault::transient,
                    "the answer holds an older version of contact " + id + " than is known");
    }
}

void StampCheck::note() const {
    for (const auto& [id, stamp] : stamps_) newest_.note(id, stamp);
}

}  // namespace ringtail::dialfire
