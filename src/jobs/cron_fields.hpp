#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ringtail::jobs {

// One of cron's five fields: what it is called and what it may hold.
struct CronField {
    std::string_view name;  // "hour"
    unsigned lowest, highest;
    std::span<const std::string_view> names;  // of lowest, lowest + 1, …; may be empty
};

extern const CronField kMinute, kHour, kDay, kMonth, kWeekday;

// The numbers a field's text means, `*`, `7`, `1-5`, `*/15`, `mon,thu`, in any order and possibly
// several times; a weekday 7 is 0. Error(config) names the field, the part and what is allowed.
std::vector<unsigned> parse_cron_field(const CronField& field, std::string_view text);

}  // namespace ringtail::jobs
