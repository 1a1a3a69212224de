#include <fmt/core.h>

#include <array>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/service_parts.hpp"
#include "cli/text_table.hpp"
#include "cli/values.hpp"
#include "json/write.hpp"
#include "web/shapes.hpp"

namespace ringtail::cli {
namespace {

using control::JobRecord;

constexpr std::array<Flag, 20> kFlags{{{"source"},
                                       {"name"},
                                       {"kind"},
                                       {"schedule"},
                                       {"last-days"},
                                       {"from"},
                                       {"to"},
                                       {"keep-days"},
                                       {"tables"},
                                       {"contacts", Flag::Takes::nothing},
                                       {"max-requests"},
                                       {"remove-extra", Flag::Takes::nothing},
                                       {"type"},
                                       {"fields"},
                                       {"filter"},
                                       {"rule"},
                                       {"yes", Flag::Takes::nothing},
                                       {"rename"},
                                       {"paused", Flag::Takes::nothing},
                                       {"enabled"}}};

void show(ServiceParts& parts, Context& context, Output output, const JobRecord& job,
          std::string_view what) {
    const std::string source = parts.source_name(job.source);
    if (output == Output::json) return context.console.out(web::job_json(job, source));
    context.console.out(fmt::format("Job {} ({}/{}) {}: {}{}, next {}", job.number, source,
                                    job.name, what, job.schedule, job.enabled ? "" : ", paused",
                                    shown_time(job.next_due)));
}

// What the flags say of a job.
void read(const Words& words, JobRecord& job) {
    job.schedule = words.text("schedule", job.schedule);
    if (const auto days = words.find("last-days")) {
        job.last_days = days->empty() ? std::nullopt
                                      : std::optional(static_cast<unsigned>(
                                            parse_whole("--last-days", *days, 1, 36'500)));
    }
    if (const auto enabled = words.find("enabled")) {
        job.enabled = parse_switch("--enabled", *enabled);
    }
    if (words.on("paused")) job.enabled = false;
    if (const std::string prune = prune_settings(words); !prune.empty())
        job.settings = jobs::merged_settings(job.settings, prune);
    if (const std::string others = reconcile_settings(words); others != "{}")
        job.settings = jobs::merged_settings(job.settings, others);
    read_report_flags(words, job);
}

// What becomes of a report's tables.
void tell_change(const Words& words, ServiceParts& parts, Context& context,
                 const std::string& before, const JobRecord& job) {
    if (job.kind != control::JobKind::report) return;
    const auto change = consented_change(before, job, words.on("yes"), parts);
    if (words.output() == Output::json) return;
    for (const std::string& line : change.words) context.console.out(line);
}

int add(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(
        words, 1, 1,
        "ringtail job add --source NAME --name NAME --schedule 'daily 03:30 Europe/Berlin'");
    JobRecord job;
    if (!words.has("source") || !words.has("name")) {
        throw Error(Fault::config,
                    words.has("source") ? "--name is missing" : "--source is missing");
    }
    job.source = parts.source(words.text("source")).number;
    job.name = words.text("name");
    const auto kind = control::job_kind_of(words.text("kind", "load"));
    if (!kind) {
        throw Error(Fault::config, "--kind: there is no such kind of job")
            .with_hint("There are load, history, report, reconcile and prune.");
    }
    job.kind = *kind;
    read(words, job);
    job = parts.accounts.planned(std::move(job));
    tell_change(words, parts, context, "", job);
    job.number = parts.store.jobs().add(job, context.clock.now());
    show(parts, context, words.output(), job, "is made");
    return exit_done;
}

int edit(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2,
                 "ringtail job edit JOB [--schedule TEXT] [--last-days N] [--enabled on|off]");
    JobRecord job = parts.job(words.plain[1]);
    const std::string before = job.settings;
    read(words, job);
    job.name = words.text("rename", job.name);
    job = parts.accounts.planned(std::move(job));
    if (job.settings != before) tell_change(words, parts, context, before, job);
    parts.store.jobs().update(job);
    show(parts, context, words.output(), job, "is changed");
    return exit_done;
}

int remove(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail job remove JOB");
    const JobRecord job = parts.job(words.plain[1]);
    parts.store.jobs().remove(job.number);
    if (words.output() == Output::json) {
        context.console.out(fmt::format(R"({{"removed":{}}})", job.number));
    } else {
        context.console.out(fmt::format("Job {} ({}) is removed.", job.number, job.name));
    }
    return exit_done;
}

int list(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 0, 0, "ringtail jobs [--source NAME]");
    std::optional<std::int64_t> source;
    if (const auto name = words.find("source")) source = parts.source(*name).number;
    TextTable table({"JOB", "NAME", "KIND", "SCHEDULE", "STATE", "NEXT (UTC)", "LAST RUN"});
    for (const JobRecord& job : parts.store.jobs().list(source)) {
        const std::string of = parts.source_name(job.source);
        if (words.output() == Output::json) {
            context.console.out(web::job_json(job, of));
            continue;
        }
        const auto last = parts.store.runs().latest(job.number);
        table.add({std::to_string(job.number), of + "/" + job.name, std::string(name_of(job.kind)),
                   job.schedule, job.enabled ? "on" : "paused", shown_time(job.next_due),
                   last ? fmt::format("{} {}", name_of(last->state),
                                      shown_time(last->ended ? last->ended : last->started))
                        : "-"});
    }
    if (words.output() == Output::text) table.show(context.console, "No jobs yet.");
    return exit_done;
}

}  // namespace

int run_job(std::span<const std::string> words, Context& context) {
    return run_service_command(
        "job", words, kFlags, context, [&](const Words& parsed, ServiceParts& parts) {
            const std::string verb = parsed.plain.empty() ? "" : parsed.plain.front();
            if (verb == "add") return add(parsed, parts, context);
            if (verb == "edit") return edit(parsed, parts, context);
            if (verb == "remove") return remove(parsed, parts, context);
            throw Error(Fault::config, "job: what is to be done with it?")
                .with_hint(
                    "add, edit or remove; `ringtail jobs` lists them, `ringtail run JOB` runs "
                    "one.");
        });
}

int run_jobs(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 1> kListFlags{{{"source"}}};
    return run_service_command(
        "jobs", words, kListFlags, context,
        [&](const Words& parsed, ServiceParts& parts) { return list(parsed, parts, context); });
}

}  // namespace ringtail::cli
