#include "accounts/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "jobs/settings.hpp"

namespace ringtail::accounts {
namespace {

using jobs::Setting;

constexpr std::array<Setting, 4> kReport{
    {{"type", Setting::Takes::text, "the type of report"},
     {"fields", Setting::Takes::list, "the fields to keep; default all"},
     {"filter", Setting::Takes::text, "which rows: 'status_code = 200'; default all"},
     {"rule", Setting::Takes::json, "tables of your own (docs/reports.md)"}}};

const ReportType& type_of(const jobs::SettingsReader& settings, std::span<const ReportType> types) {
    const std::string name = settings.text("type", types.front().catalog.type);
    std::string all;
    std::vector<std::string> names;
    for (const ReportType& type : types) {
        if (type.catalog.type == name) return type;
        names.push_back(type.catalog.type);
        all += (all.empty() ? "" : ", ") + type.catalog.type;
    }
    const std::string near = nearest(name, names);
    jobs::refuse_setting("type", fmt::format("there is no report of the type \"{}\"", name),
                         near.empty() ? fmt::format("There are: {}.", all)
                                      : fmt::format("Did you mean {}? There are: {}.", near, all));
}

}  // namespace

ReportSettings read_report(std::string_view job_settings, std::span<const ReportType> types,
                           std::span<const std::string> taken, const Zone& zone,
                           std::string reports_table) {
    const jobs::SettingsReader settings(job_settings, kReport);
    ReportSettings report;
    report.type = &type_of(settings, types);
    const report::Catalog& catalog = report.type->catalog;
    const auto fields = settings.list("fields");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto field = catalog.find(fields[i]);
        if (!field) {
            const std::string near = catalog.near(fields[i]);
            jobs::refuse_setting(
                "fields",
                fmt::format("fields[{}]: {} is no field of {}", i, fields[i], catalog.type),
                near.empty() ? "`ringtail report fields SOURCE` lists the fields."
                             : fmt::format("Did you mean {}?", near));
        }
        if (std::find(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(i), fields[i]) !=
            fields.begin() + static_cast<std::ptrdiff_t>(i))
            jobs::refuse_setting("fields", fields[i] + " is there twice", "Leave one out.");
        report.plan.fields.emplace_back(fields[i], report::parse_path(field->path));
    }
    try {
        report.plan.filter = report::RowFilter(settings.text("filter", ""), catalog, {}, zone);
    } catch (const Error& error) {
        throw error.within("setting filter");
    }
    if (settings.has("rule")) {
        const report::Catalog chosen = fields.empty() ? catalog : catalog.only(fields);
        report.plan.rule = report::read_rule(settings.json("rule"), chosen, taken, zone);
    }
    report.plan.identity = report::parse_path(report.type->identity);
    report.plan.reports_table = std::move(reports_table);
    return report;
}

void add_call_views(std::vector<std::string>& names, const std::string& views_prefix) {
    for (const char* view : {"calls", "calls_per_hour", "agent_day", "missed_and_not_called_back"})
        names.push_back(views_prefix + view);
}

}  // namespace ringtail::accounts
