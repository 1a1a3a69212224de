#include "accounts/read.hpp"

#include <algorithm>
#include <array>

#include "base/time_text.hpp"
#include "http/url.hpp"

namespace ringtail::accounts {
namespace {

constexpr std::array<jobs::Setting, 2> kPeriod{{{"from", jobs::Setting::Takes::text, "first day"},
                                                {"to", jobs::Setting::Takes::text, "last day"}}};

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

std::string read_prefix(const jobs::SettingsReader& settings, std::string otherwise) {
    std::string text = settings.text("prefix", std::move(otherwise));
    const bool printable = std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' '; });
    if (text.size() > 32 || !printable) {
        jobs::refuse_setting("prefix", "that is no table prefix",
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

}  // namespace ringtail::accounts
