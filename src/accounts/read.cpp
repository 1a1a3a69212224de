#include "accounts/read.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/time_text.hpp"
#include "base/zone.hpp"
#include "http/url.hpp"

namespace ringtail::accounts {
namespace {

constexpr std::array<jobs::Setting, 2> kPeriod{{{"from", jobs::Setting::Takes::text, "first day"},
                                                {"to", jobs::Setting::Takes::text, "last day"}}};

constexpr std::array<jobs::Setting, 3> kPrune{
    {{"keep_days", jobs::Setting::Takes::whole, "days to keep, today not counted"},
     {"tables", jobs::Setting::Takes::list, "only these tables"},
     {"contacts", jobs::Setting::Takes::flag, "contacts too, when nothing of theirs is left"}}};

constexpr std::array<jobs::Setting, 4> kReconcile{
    {{"from", jobs::Setting::Takes::text, "first day"},
     {"to", jobs::Setting::Takes::text, "last day; default today"},
     {"max_requests", jobs::Setting::Takes::whole, "a run ends after so many"},
     {"remove_extra", jobs::Setting::Takes::flag,
      "rows that are not at the source, however many"}}};

std::optional<std::string> read_day(const jobs::SettingsReader& settings, std::string_view name) {
    if (!settings.has(name)) return std::nullopt;
    std::string day = settings.text(name, "");
    if (day.size() != 10 || !parse_time(day)) {
        jobs::refuse_setting(name, "that is no day",
                             "Write days as YYYY-MM-DD, such as 2023-01-31.");
    }
    return day;
}

}  // namespace

std::string read_api(const jobs::SettingsReader& settings, std::string otherwise) {
    std::string text = settings.text("api", std::move(otherwise));
    const http::Url url = [&] {
        try {
            return http::parse_url(text);
        } catch (const Error& error) {
            throw error.within("setting api");
        }
    }();
    if ((url.scheme != "https" && url.scheme != "http") || url.host.empty() || url.user ||
        !url.query.empty()) {
        jobs::refuse_setting("api", "that is no address of a service", "Write https://HOST.");
    }
    while (text.ends_with('/')) text.pop_back();
    return text;
}

std::string read_zone(const jobs::SettingsReader& settings, std::string otherwise) {
    std::string name = settings.text("zone", std::move(otherwise));
    try {
        if (!name.empty()) static_cast<void>(Zone(name));
    } catch (const Error& error) {
        throw error.within("setting zone");
    }
    return name;
}

std::string read_prefix(const jobs::SettingsReader& settings, std::string otherwise,
                        std::string_view name) {
    std::string text = settings.text(name, std::move(otherwise));
    const bool printable = std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' '; });
    if (text.size() > 32 || !printable) {
        jobs::refuse_setting(name, "that is no prefix of names",
                             "At most 32 characters, such as df_.");
    }
    return text;
}

JobPeriod read_period(std::string_view job_settings) {
    const jobs::SettingsReader settings(job_settings, kPeriod);
    JobPeriod period{read_day(settings, "from"), read_day(settings, "to")};
    if (!period.from) {
        jobs::refuse_setting("from", "it is missing", "Write the first day as YYYY-MM-DD.");
    }
    if (period.to && *period.to < *period.from) {
        jobs::refuse_setting("to", "it is before from",
                             "The last day must not be before the first.");
    }
    return period;
}

void read_no_settings(std::string_view job_settings) { jobs::SettingsReader(job_settings, {}); }

PruneSettings read_prune(std::string_view job_settings, std::span<const std::string_view> allowed,
                         std::span<const std::string_view> otherwise) {
    const jobs::SettingsReader settings(job_settings, kPrune);
    if (!settings.has("keep_days"))
        jobs::refuse_setting("keep_days", "it is missing", "Write how many days are to be kept.");
    PruneSettings prune;
    prune.keep_days = static_cast<int>(settings.whole("keep_days", 0, 1, 36'500));
    prune.contacts = settings.flag("contacts", false);
    const auto chosen = settings.list("tables");
    for (const std::string& name : chosen) {
        if (std::ranges::find(allowed, name) != allowed.end()) continue;
        jobs::refuse_setting("tables", fmt::format("{} is no table with a date of its own", name),
                             fmt::format("There are {}; what hangs on their rows goes along.",
                                         fmt::join(allowed, ", ")));
    }
    for (const std::string_view name : allowed) {
        const bool is_wanted = chosen.empty()
                                   ? std::ranges::find(otherwise, name) != otherwise.end()
                                   : std::ranges::find(chosen, name) != chosen.end();
        if (is_wanted) prune.tables.emplace_back(name);
    }
    return prune;
}

ReconcileSettings read_reconcile(const control::JobRecord& job) {
    const jobs::SettingsReader settings(job.settings, kReconcile);
    ReconcileSettings reconcile{
        read_day(settings, "from"), read_day(settings, "to"),
        static_cast<std::uint64_t>(settings.whole("max_requests", 0, 1, 1'000'000'000)),
        settings.flag("remove_extra", false)};
    if (!reconcile.from && reconcile.to)
        jobs::refuse_setting("from", "it is missing", "Write the first day as YYYY-MM-DD.");
    if (!reconcile.from && !job.last_days) {
        throw Error(Fault::config, "which days are to be compared is missing")
            .with_hint("Write --last-days N, or the first and last day with --from and --to.");
    }
    if (reconcile.from && job.last_days) {
        throw Error(Fault::config, "either a period is compared or the last days, not both")
            .with_hint("Leave out --last-days, or --from and --to.");
    }
    if (reconcile.to && *reconcile.to < *reconcile.from) {
        jobs::refuse_setting("to", "it is before from",
                             "The last day must not be before the first.");
    }
    return reconcile;
}

}  // namespace ringtail::accounts
