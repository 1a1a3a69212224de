#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/records.hpp"

// A set-up in a file, for people who keep theirs in git: what `ringtail apply` brings about and
// `ringtail export` writes. docs/configuration.md shows one.
namespace ringtail::config {

struct DestinationSetUp {
    std::string name;
    std::string url;  // secret, as it may hold a password
};

struct SourceSetUp {
    std::string name;
    control::SourceKind kind = control::SourceKind::callkeeper;
    std::string settings = "{}";        // JSON as canonical_json() writes it
    std::optional<std::string> secret;  // nothing: the one that is stored stays
    std::string destination = "default";
    bool enabled = true;
};

struct JobSetUp {
    std::string source, name;
    control::JobKind kind = control::JobKind::load;
    std::string settings = "{}";
    std::string schedule = "manual";
    bool enabled = true;
    std::optional<unsigned> last_days;
};

struct ServiceSetUp {
    std::optional<std::string> listen;         // "127.0.0.1:8480"
    std::optional<unsigned> journal_days;      // how long the journal is kept
    std::optional<std::uint64_t> inbox_bytes;  // the most the inbox may hold
};

struct SetUp {
    ServiceSetUp service;
    std::vector<DestinationSetUp> destinations;
    std::vector<SourceSetUp> sources;
    std::vector<JobSetUp> jobs;
};

// What this room leaves to those who know. Each throws Error(config) for what is wrong.
struct Checks {
    // Settings of a source of that kind.
    std::function<void(control::SourceKind kind, const std::string& settings)> source;
    // A job for a source of that kind: its settings and days.
    std::function<void(control::SourceKind source, const JobSetUp& job)> job;
    // A destination's URL.
    std::function<void(const std::string& url)> destination;
    // A schedule; when it is due first after `now`, nothing where that is by hand only.
    std::function<std::optional<Instant>(const std::string& schedule, Instant now)> first_due;
    // What a report job of the store does to its tables, compared to its settings before ("": it is
    // new). Empty: nothing is asked.
    struct Effect {
        std::vector<std::string> words;
        bool takes_away = false;
    };
    std::function<Effect(const std::string& before, const control::JobRecord& job)> effect = {};
};

// An object or other JSON text with its names in order and no blanks, so that two of them can be
// compared. Error(data) when it is no JSON.
std::string canonical_json(std::string_view json);

}  // namespace ringtail::config
