#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "jobs/settings.hpp"
#include "jobs/source_kind.hpp"

// What the kinds of sources read alike. Errors as jobs/settings.hpp says.
namespace ringtail::accounts {

inline bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// An http or https address without user, query and trailing slash.
std::string read_api(const jobs::SettingsReader& settings, std::string otherwise);
// At most 32 characters in front of the tables' names.
std::string read_prefix(const jobs::SettingsReader& settings, std::string otherwise,
                        std::string_view name = "prefix");
// A time zone's name, or `otherwise`, which may be empty.
std::string read_zone(const jobs::SettingsReader& settings, std::string otherwise);

// {"from":"2023-01-01","to":"2024-12-31"}: days as YYYY-MM-DD; to may be missing.
struct JobPeriod {
    std::optional<std::string> from, to;
};
JobPeriod read_period(std::string_view job_settings);
void read_no_settings(std::string_view job_settings);

// {"keep_days":365,"tables":["transactions"],"contacts":true} of a prune job.
struct PruneSettings {
    int keep_days = 0;
    std::vector<std::string> tables = {};  // the chosen ones of `allowed`, in its order
    bool contacts = false;
};
PruneSettings read_prune(std::string_view job_settings, std::span<const std::string_view> allowed,
                         std::span<const std::string_view> otherwise);

// {"from":"2024-05-01","to":"2024-05-31","max_requests":100,"remove_extra":true} of a reconcile
// job, which compares these days or its last ones.
struct ReconcileSettings {
    std::optional<std::string> from, to;
    std::uint64_t max_requests = 0;  // 0: no limit
    bool remove_extra = false;
};
ReconcileSettings read_reconcile(const control::JobRecord& job);

// What `ask` says is good; what it throws is not.
template <typename Ask>
jobs::Verdict verdict_of(Ask ask) {
    try {
        return {true, ask(), ""};
    } catch (const Error& error) {
        return {false, error.what(), error.hint()};
    }
}

}  // namespace ringtail::accounts
