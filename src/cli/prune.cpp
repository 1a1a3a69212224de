#include <fmt/core.h>

#include <array>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/run_here.hpp"
#include "cli/service_parts.hpp"
#include "cli/summary.hpp"
#include "cli/values.hpp"
#include "jobs/prune.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

constexpr std::string_view kUsage =
    "ringtail prune SOURCE --keep-days N [--tables A,B] [--contacts] [--plan]";

int show_plan(const control::SourceRecord& source, const std::string& settings, const Words& words,
              ServiceParts& parts, Context& context) {
    for (const jobs::PlannedCut& cut : parts.accounts.prune_plan(source, settings)) {
        if (words.output() == Output::json) {
            context.console.out(fmt::format(
                R"({{"table":{},"before":"{}","rows":{},"at_least":{}}})", json_string(cut.table),
                format_time(cut.before), cut.rows, cut.at_least));
        } else {
            context.console.out(
                fmt::format("{}: {} rows are from before {}{}", cut.table, grouped(cut.rows),
                            format_time(cut.before),
                            cut.at_least ? " and nothing points at them; more, when what points at "
                                           "them has gone"
                                         : ""));
        }
    }
    if (words.output() == Output::text)
        context.console.out("What points at these rows goes with them. Nothing was deleted.");
    return exit_done;
}

int lift(const control::SourceRecord& source, const Words& words, ServiceParts& parts,
         Context& context) {
    const bool was_there = parts.store.floors().lift(source.number);
    if (words.output() == Output::json) {
        context.console.out(fmt::format(R"({{"lifted":{}}})", was_there));
    } else {
        context.console.out(was_there ? "Rows of any age are loaded again; ringtail load " +
                                            source.name + " --from DAY --to DAY brings them."
                                      : "Nothing was kept from being loaded.");
    }
    return exit_done;
}

int prune(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 1, 1, kUsage);
    const auto source = parts.source(words.plain.front());
    if (words.on("lift")) return lift(source, words, parts, context);
    const std::string settings = prune_settings(words);
    if (settings.empty()) {
        throw Error(Fault::config, "--keep-days is missing").with_hint(std::string(kUsage));
    }
    if (words.on("plan")) return show_plan(source, settings, words, parts, context);
    const auto job = parts.accounts.prune_job(source, settings);
    const bool wait = words.on("wait");
    const auto run =
        run_or_open(parts, context, job, parts.accounts.run_now(job), words.output(), wait);
    return see_through(parts, context, words.output(), run, wait);
}

}  // namespace

std::string prune_settings(const Words& words) {
    std::string json;
    const auto add = [&](std::string_view name, const std::string& value) {
        json += fmt::format("{}\"{}\":{}", json.empty() ? "" : ",", name, value);
    };
    if (const auto days = words.find("keep-days"))
        add("keep_days", std::to_string(parse_whole("--keep-days", *days, 1, 36'500)));
    if (const auto tables = words.find("tables")) {
        constexpr jobs::Setting kTables{"tables", jobs::Setting::Takes::list, ""};
        add("tables", jobs::setting_as_json(kTables, *tables));
    }
    if (words.on("contacts")) add("contacts", "true");
    return json.empty() ? json : "{" + json + "}";
}

int run_prune(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 6> kFlags{{{"keep-days"},
                                          {"tables"},
                                          {"contacts", Flag::Takes::nothing},
                                          {"plan", Flag::Takes::nothing},
                                          {"lift", Flag::Takes::nothing},
                                          {"wait", Flag::Takes::nothing}}};
    return run_service_command(
        "prune", words, kFlags, context,
        [&](const Words& parsed, ServiceParts& parts) { return prune(parsed, parts, context); });
}

}  // namespace ringtail::cli
