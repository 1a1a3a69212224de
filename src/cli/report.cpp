#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/service_parts.hpp"
#include "cli/text_table.hpp"
#include "cli/values.hpp"
#include "jobs/report.hpp"
#include "json/write.hpp"
#include "report/change.hpp"
#include "report/day_rows.hpp"

namespace ringtail::cli {
namespace {

using Day = std::chrono::local_days;

constexpr std::size_t kRowsShown = 20;
constexpr std::size_t kCharactersShown = 60;

constexpr std::array<Flag, 7> kFlags{
    {{"type"}, {"fields"}, {"filter"}, {"rule"}, {"from"}, {"to"}, {"last-days"}}};

// A source with the settings of a report: those of a job of its, and what the flags say.
struct Meant {
    control::SourceRecord source;
    control::JobRecord job;  // number 0: none
    std::string before;      // the job's settings as they are; "": none
};

Meant meant(const Words& words, ServiceParts& parts) {
    const std::string& name = words.plain.at(1);
    const bool is_job = name.find('/') != std::string::npos ||
                        std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
    Meant all;
    if (is_job) {
        all.job = parts.job(name);
        if (all.job.kind != control::JobKind::report) {
            throw Error(Fault::config, fmt::format("job {} is a {} and no report", all.job.name,
                                                   control::name_of(all.job.kind)));
        }
        all.before = all.job.settings;
        all.source = parts.source(parts.source_name(all.job.source));
    } else {
        all.source = parts.source(name);
        all.job.source = all.source.number;
        all.job.kind = control::JobKind::report;
    }
    read_report_flags(words, all.job);
    if (const auto days = words.find("last-days"))
        all.job.last_days = static_cast<unsigned>(parse_whole("--last-days", *days, 1, 36'500));
    return all;
}

Day day_of(const Words& words, const char* flag, Day otherwise) {
    const auto text = words.find(flag);
    if (!text) return otherwise;
    const auto time = parse_time(*text);
    if (text->size() != 10 || !time) {
        throw Error(Fault::config, fmt::format("--{}: that is no day", flag))
            .with_hint("Write days as YYYY-MM-DD, such as 2026-01-31.");
    }
    return Day(std::chrono::floor<std::chrono::days>(*time).time_since_epoch());
}

std::string json_of(Cell cell) {
    switch (cell.kind) {
        case Cell::Kind::null:
            return "null";
        case Cell::Kind::text:
            return json_string(cell.text);
        default:
            return std::string(cell.text);
    }
}

std::string shown(Cell cell) {
    if (cell.kind == Cell::Kind::null) return "-";
    std::string text;
    std::size_t characters = 0;
    for (const char c : cell.text) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        if (begins && ++characters > kCharactersShown) return text + "…";
        text += c >= 0 && c < ' ' ? ' ' : c;
    }
    return text;
}

// The first rows of one table, over all days that were read.
struct Shown {
    std::vector<std::vector<std::string>> rows;
    std::uint64_t in_all = 0;
};

void collect(const Batch& batch, Output output, Shown& into) {
    const auto last = batch.last_of_key();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        if (!last[row]) continue;
        ++into.in_all;
        if (into.rows.size() == kRowsShown) continue;
        std::vector<std::string> cells;
        for (std::size_t cell = 0; cell < batch.width(); ++cell) {
            const Cell value = batch.at(row, cell);
            cells.push_back(output == Output::json ? json_of(value) : shown(value));
        }
        into.rows.push_back(std::move(cells));
    }
}

void show(Context& context, Output output, const Table& table, const Shown& rows) {
    if (output == Output::json) {
        for (const auto& row : rows.rows) {
            std::string members;
            for (std::size_t i = 0; i < row.size(); ++i)
                members += fmt::format("{}{}:{}", i == 0 ? "" : ",",
                                       json_string(table.columns[i].name), row[i]);
            context.console.out(
                fmt::format(R"({{"table":{},"row":{{{}}}}})", json_string(table.name), members));
        }
        return;
    }
    context.console.out(
        fmt::format("{}: {} of {} rows", table.name, rows.rows.size(), rows.in_all));
    // Without the columns that are the same in all rows, and the key that nobody reads.
    std::vector<std::size_t> columns;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string& name = table.columns[i].name;
        if (name == table.key.front() || name == "account_id" || name == "processor_id") continue;
        columns.push_back(i);
        names.push_back(name);
    }
    TextTable text(names);
    for (const auto& row : rows.rows) {
        std::vector<std::string> cells;
        cells.reserve(columns.size());
        for (const std::size_t column : columns) cells.push_back(row[column]);
        text.add(std::move(cells));
    }
    text.show(context.console, "No rows.");
    context.console.out("");
}

int preview(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail report preview SOURCE [--rule FILE] [--from DAY --to DAY]");
    const Meant wanted = meant(words, parts);
    const auto reporting = parts.accounts.reporting(wanted.source, wanted.job.settings);
    jobs::ReportDays days = jobs::report_days(wanted.job, {}, reporting.zone, context.clock.now());
    days = {day_of(words, "from", words.has("to") ? day_of(words, "to", days.last) : days.first),
            day_of(words, "to", days.last)};
    const auto tables = report::make_tables(reporting.plan);
    std::vector<Shown> all(tables.size());
    std::vector<Reject> rejects;
    std::uint64_t taken = 0;
    Day day = days.last;
    const std::stop_token never;
    for (; day >= days.first; day -= std::chrono::days(1)) {
        report::DayRows rows(reporting.plan, tables,
                             {reporting.account_id, wanted.job.number, jobs::day_text(day)});
        for (const std::string& row : reporting.reader->read(day, never)) rows.add(row);
        for (std::size_t i = 0; i < tables.size(); ++i)
            collect(rows.batches()[i], words.output(), all[i]);
        rejects.insert(rejects.end(), rows.rejects().begin(), rows.rejects().end());
        taken += rows.taken();
        if (std::ranges::all_of(all,
                                [](const Shown& one) { return one.rows.size() == kRowsShown; }))
            break;
    }
    for (std::size_t i = 0; i < tables.size(); ++i)
        show(context, words.output(), tables[i], all[i]);
    const std::size_t shown_rejects = std::min(rejects.size(), kRowsShown);
    for (std::size_t i = 0; i < shown_rejects; ++i) {
        const Reject& reject = rejects[i];
        if (words.output() == Output::json) {
            context.console.out(
                fmt::format(R"({{"reject":{{"table":{},"column":{},"raw":{},"reason":{}}}}})",
                            json_string(reject.table), json_string(reject.column),
                            json_string(reject.raw), json_string(reject.reason)));
        } else {
            context.console.out(fmt::format("does not fit: {}.{}: {}: {}", reject.table,
                                            reject.column, shown({Cell::Kind::text, reject.raw}),
                                            reject.reason));
        }
    }
    if (words.output() == Output::text) {
        context.console.out(fmt::format(
            "{} to {}: {} rows of the source, {} values that do not fit. Nothing was written.",
            jobs::day_text(std::max(day, days.first)), jobs::day_text(days.last), taken,
            rejects.size()));
    }
    return exit_done;
}

int check(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail report check SOURCE|JOB [--rule FILE]");
    Meant wanted = meant(words, parts);
    if (wanted.job.number == 0) wanted.job.name = "report";
    parts.accounts.planned(wanted.job);
    const auto change = report_change(wanted.before, wanted.job, parts);
    if (!change.not_looked.empty() && words.output() == Output::json) {
        context.console.out(fmt::format(R"({{"not_looked":{}}})", json_string(change.not_looked)));
    } else if (!change.not_looked.empty()) {
        context.console.out(fmt::format(
            "The tables as they stand could not be looked at: {}\n{}", change.not_looked,
            wanted.before.empty() ? "So this is said of tables that are not there yet:"
                                  : "So this is said by the job's rule as it is now only:"));
    }
    for (const std::string& line : change.words) {
        context.console.out(words.output() == Output::json
                                ? fmt::format(R"({{"change":{}}})", json_string(line))
                                : line);
    }
    if (words.output() == Output::text) {
        context.console.out(
            change.words.empty() ? "The tables stay as they are."
            : change.takes_away
                ? "Nothing was written. `ringtail job add` and `job edit` take this "
                  "with --yes."
                : "Nothing was written.");
    }
    return exit_done;
}

int fields(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail report fields SOURCE [--type TYPE]");
    const Meant wanted = meant(words, parts);
    const auto catalog = parts.accounts.reporting(wanted.source, wanted.job.settings).catalog;
    TextTable table({"FIELD", "HOLDS"});
    const auto add = [&](const std::string& path, std::string_view kind) {
        if (words.output() == Output::json) {
            context.console.out(
                fmt::format(R"({{"field":{},"holds":"{}"}})", json_string(path), kind));
        } else {
            table.add({path, std::string(kind)});
        }
    };
    for (const report::Field& field : catalog.fields) add(field.path, report::name_of(field.kind));
    for (const std::string& object : catalog.open) add(object + ".…", "any field it has");
    if (words.output() == Output::text) table.show(context.console, "There are none.");
    return exit_done;
}

}  // namespace

void read_report_flags(const Words& words, control::JobRecord& job) {
    std::string json;
    const auto add = [&](std::string_view name, jobs::Setting::Takes takes,
                         const std::optional<std::string>& value) {
        if (!value) return;
        json +=
            fmt::format("{}\"{}\":{}", json.empty() ? "" : ",", name,
                        value->empty() ? "null" : jobs::setting_as_json({name, takes, ""}, *value));
    };
    using Takes = jobs::Setting::Takes;
    add("type", Takes::text, words.find("type"));
    add("fields", Takes::list, words.find("fields"));
    add("filter", Takes::text, words.find("filter"));
    auto rule = words.find("rule");
    if (rule && !rule->empty()) rule = read_file(*rule);
    add("rule", Takes::json, rule);
    if (!json.empty()) job.settings = jobs::merged_settings(job.settings, "{" + json + "}");
}

int run_report(std::span<const std::string> words, Context& context) {
    return run_service_command(
        "report", words, kFlags, context, [&](const Words& parsed, ServiceParts& parts) {
            const std::string verb = parsed.plain.empty() ? "" : parsed.plain.front();
            if (verb == "preview") return preview(parsed, parts, context);
            if (verb == "check") return check(parsed, parts, context);
            if (verb == "fields") return fields(parsed, parts, context);
            throw Error(Fault::config, "report: what is to be done with it?")
                .with_hint(
                    "preview shows rows, check what a rule does to tables, fields what a "
                    "source has; `ringtail job add --kind report` makes a job of it.");
        });
}

}  // namespace ringtail::cli
