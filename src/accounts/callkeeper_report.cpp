#include "accounts/callkeeper_report.hpp"

#include <algorithm>
#include <array>

#include "source/callkeeper/fields.hpp"
#include "source/callkeeper/filters.hpp"
#include "source/callkeeper/tables.hpp"

namespace ringtail::accounts {
namespace {

using callkeeper::Field;

constexpr std::string_view kReports = "callkeeper_reports";

// Only webhooks tell these.
constexpr std::array kOfHooks{
    Field::uip,          Field::ga_clid,      Field::widget_name, Field::date_timestamp,
    Field::order_date,   Field::event_source, Field::hook_event,  Field::ya_clientid,
    Field::roistat_visit};

report::Kind kind_of(filter::Type type) {
    if (type == filter::Type::number) return report::Kind::number;
    return type == filter::Type::moment ? report::Kind::moment : report::Kind::text;
}

std::span<const ReportType> types() {
    static const std::array<ReportType, 1> all = [] {
        ReportType calls{{"calls", {}, {}, "visit_info"}, "id"};
        const auto fields = callkeeper::filter_fields();
        for (std::size_t i = 0; i < callkeeper::kFields; ++i) {
            const auto field = static_cast<Field>(i);
            if (std::ranges::find(kOfHooks, field) != kOfHooks.end()) continue;
            calls.catalog.fields.push_back({fields[i].name, kind_of(fields[i].type)});
        }
        return std::array<ReportType, 1>{std::move(calls)};
    }();
    return all;
}

std::vector<std::string> taken_names(callkeeper::Options options) {
    options.tables.clear();
    std::vector<std::string> names{options.prefix + std::string(kReports)};
    for (const Table& table : callkeeper::make_tables(options)) names.push_back(table.name);
    for (const View& view : callkeeper::make_views(options)) names.push_back(view.name);
    add_call_views(names, options.views_prefix);
    return names;
}

}  // namespace

ReportSettings read_callkeeper_report(std::string_view job_settings,
                                      const callkeeper::Options& options) {
    return read_report(job_settings, types(), taken_names(options), Zone(options.zone),
                       options.prefix + std::string(kReports));
}

}  // namespace ringtail::accounts
