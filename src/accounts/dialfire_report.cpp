#include "accounts/dialfire_report.hpp"

#include <array>

#include "source/dialfire/decode.hpp"

namespace ringtail::accounts {
namespace {

// Not with the account's prefix: rows of several campaigns are told apart by account_id.
constexpr std::string_view kReports = "dialfire_reports";

report::Kind kind_of(Type type) {
    switch (type) {
        case Type::int64:
        case Type::decimal:
            return report::Kind::number;
        case Type::timestamp:
            return report::Kind::moment;
        case Type::boolean:
            return report::Kind::boolean;
        case Type::json:
            return report::Kind::any;
        default:
            return report::Kind::text;
    }
}

// What the API delivers is what the tables have, but for what Ringtail adds.
void add_fields(report::Catalog& catalog, const Table& table, const std::string& object) {
    for (const Column& column : table.columns) {
        const bool ours = column.name.starts_with('_') || column.name.starts_with('$');
        // A connection's transaction and contact have their ids in its own columns.
        const bool told = !object.empty() && (column.name == "id" || column.name == "contact_id");
        if (!ours && !told) catalog.fields.push_back({object + column.name, kind_of(column.type)});
    }
}

std::span<const ReportType> types() {
    static const std::array<ReportType, 2> all = [] {
        const auto tables = dialfire::make_tables({}, {});
        ReportType transactions{{"transactions", {}, {"contact", "data"}, ""}, "id"};
        add_fields(transactions.catalog, tables[dialfire::transactions], "");
        ReportType connections{{"connections", {}, {"contact", "transaction.data"}, ""}, "id"};
        add_fields(connections.catalog, tables[dialfire::connections], "");
        add_fields(connections.catalog, tables[dialfire::transactions], "transaction.");
        transactions.catalog.fields.push_back({"sequence_nr", report::Kind::number});
        transactions.catalog.fields.push_back({"connections", report::Kind::list});
        connections.catalog.fields.push_back({"recordings", report::Kind::list});
        return std::array<ReportType, 2>{std::move(transactions), std::move(connections)};
    }();
    return all;
}

}  // namespace

ReportSettings read_dialfire_report(std::string_view job_settings,
                                    const dialfire::Options& options) {
    std::vector<std::string> taken{std::string(kReports)};
    for (const Table& table : dialfire::make_tables({}, options)) taken.push_back(table.name);
    add_call_views(taken, options.views_prefix);
    return read_report(job_settings, types(), taken,
                       Zone(options.zone.empty() ? "UTC" : options.zone), std::string(kReports));
}

dialfire::ReportOf what_of(const ReportSettings& report) {
    return report.type->catalog.type == "connections" ? dialfire::ReportOf::connections
                                                      : dialfire::ReportOf::transactions;
}

}  // namespace ringtail::accounts
