#include <algorithm>

#include "base/error.hpp"
#include "cli/service_parts.hpp"

namespace ringtail::cli {
namespace {

report::TablesThere look(std::span<const Table> before, std::span<const Table> after,
                         Inspector& inspector) {
    report::TablesThere there;
    for (const auto& tables : {before, after}) {
        for (const Table& table : tables) {
            if (there.contains(table.name)) continue;
            auto& columns = there[table.name];
            for (SeenColumn& column : inspector.columns(table.name))
                columns.push_back({std::move(column.name), std::move(column.type), column.is_text});
        }
    }
    return there;
}

}  // namespace

report::Change report_change(const std::string& before, const control::JobRecord& job,
                             ServiceParts& parts) {
    const auto source = parts.source(parts.source_name(job.source));
    const auto tables = [&](const std::string& settings) {
        return report::make_tables(parts.accounts.reporting(source, settings).plan);
    };
    std::vector<Table> old;
    try {
        if (!before.empty()) old = tables(before);
    } catch (const Error&) {
        // They are wrong by now, so there is nothing to compare with.
    }
    const auto wanted = tables(job.settings);
    std::string why;
    try {
        const auto inspector = parts.inspect(parts.store.destinations().url(source.destination));
        const auto there = look(old, wanted, *inspector);
        return report::change_between(old, wanted, &there);
    } catch (const Error& error) {
        why = error.what();
    }
    auto change = report::change_between(old, wanted);
    change.not_looked = why;
    return change;
}

report::Change consented_change(const std::string& before, const control::JobRecord& job, bool yes,
                                ServiceParts& parts) {
    report::Change change = report_change(before, job, parts);
    if (!change.takes_away || yes) return change;
    std::string all;
    for (const std::string& line : change.words) all += "\n  " + line;
    throw Error(Fault::config, "the rule takes something away:" + all)
        .with_hint("With --yes it is stored; no table or column is dropped even then.");
}

}  // namespace ringtail::cli
