#include <fmt/core.h>

#include <array>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/run_here.hpp"
#include "cli/service_parts.hpp"
#include "cli/signals.hpp"
#include "cli/summary.hpp"
#include "cli/text_table.hpp"
#include "cli/values.hpp"
#include "jobs/reconcile_totals.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

constexpr std::string_view kUsage =
    "ringtail reconcile SOURCE --last N | --from DAY [--to DAY] [--plan]";

constexpr int kRepaired = 3;

int show_plan(const control::SourceRecord& source, const Words& words,
              std::optional<unsigned> last_days, ServiceParts& parts, Context& context) {
    Signals signals([&](std::string_view line) { context.console.err(line); });
    const bool as_json = words.output() == Output::json;
    TextTable table(
        {"DAY", "TABLE", "AT THE SOURCE", "HERE", "OPEN", "MISSING", "DIFFERENT", "EXTRA"});
    std::uint64_t differences = 0, parts_compared = 0;
    for (const jobs::PlannedPart& part : parts.accounts.reconcile_plan(
             source, reconcile_settings(words), last_days, signals.stop().get_token())) {
        differences += part.missing + part.changed + part.extra;
        ++parts_compared;
        if (as_json) {
            context.console.out(fmt::format(
                R"({{"table":{},"day":"{}","rows_at_source":{},"rows_here":{},"open":{},"missing":{},"changed":{},"extra":{}}})",
                json_string(part.table), part.day, part.there, part.here, part.open, part.missing,
                part.changed, part.extra));
            continue;
        }
        if (part.there + part.here + part.open == 0) continue;
        table.add({part.day, part.table, grouped(part.there), grouped(part.here),
                   grouped(part.open), grouped(part.missing), grouped(part.changed),
                   grouped(part.extra)});
    }
    if (!as_json) {
        table.show(context.console, parts_compared == 0
                                        ? "No days to compare."
                                        : "There are no rows on these days, here or there.");
        context.console.out(differences == 0
                                ? "Equal."
                                : "Missing and different rows would be loaded again, extra ones "
                                  "marked. Nothing was changed.");
    }
    return differences == 0 ? exit_done : exit_failed;
}

int reconcile(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 1, 1, kUsage);
    const auto source = parts.source(words.plain.front());
    std::optional<unsigned> last_days;
    if (const auto days = words.find("last"))
        last_days = static_cast<unsigned>(parse_whole("--last", *days, 1, 36'500));
    if (words.on("plan")) return show_plan(source, words, last_days, parts, context);
    const auto job = parts.accounts.reconcile_job(source, reconcile_settings(words), last_days);
    const auto number =
        run_or_open(parts, context, job, parts.accounts.run_now(job), words.output(), true);
    const int code = see_through(parts, context, words.output(), number, true);
    const auto run = parts.store.runs().find(number);
    if (code != exit_done || !run) return exit_failed;
    const auto totals = jobs::read_totals(run->progress);
    if (totals.left > 0) return exit_failed;
    return totals.differences() > 0 ? kRepaired : exit_done;
}

}  // namespace

std::string reconcile_settings(const Words& words) {
    std::string json;
    const auto add = [&](std::string_view name, const std::string& value) {
        json += fmt::format("{}\"{}\":{}", json.empty() ? "" : ",", name, value);
    };
    for (const char* day : {"from", "to"})
        if (words.has(day)) add(day, json_string(words.text(day)));
    if (const auto most = words.find("max-requests"))
        add("max_requests", std::to_string(parse_whole("--max-requests", *most, 1, 1'000'000'000)));
    if (words.on("remove-extra")) add("remove_extra", "true");
    return "{" + json + "}";
}

int run_reconcile(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 6> kFlags{{{"last"},
                                          {"from"},
                                          {"to"},
                                          {"plan", Flag::Takes::nothing},
                                          {"max-requests"},
                                          {"remove-extra", Flag::Takes::nothing}}};
    return run_service_command("reconcile", words, kFlags, context,
                               [&](const Words& parsed, ServiceParts& parts) {
                                   return reconcile(parsed, parts, context);
                               });
}

}  // namespace ringtail::cli
