#include "cli/set_up_file.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "config/read.hpp"
#include "jobs/schedule.hpp"

namespace ringtail::cli {

std::vector<config::Step> set_up_steps(const std::string& file, bool prune, ServiceParts& parts,
                                       Context& context) {
    config::Checks checks;
    checks.source = [&parts](control::SourceKind kind, const std::string& settings) {
        parts.accounts.kind(kind).checked(settings);
    };
    checks.job = [&parts](control::SourceKind source, const config::JobSetUp& wanted) {
        control::JobRecord job;
        job.kind = wanted.kind;
        job.settings = wanted.settings;
        job.last_days = wanted.last_days;
        parts.accounts.kind(source).check_job(job);
    };
    checks.destination = [&parts](const std::string& url) { parts.accounts.shown_url(url); };
    checks.first_due = [](const std::string& schedule, Instant now) {
        return jobs::Schedule::parse(schedule).next_after(now, now);
    };
    checks.effect = [&parts](const std::string& before, const control::JobRecord& job) {
        auto change = report_change(before, job, parts);
        return config::Checks::Effect{std::move(change.words), change.takes_away};
    };
    const config::Secrets secrets{
        [&context](const std::string& name) { return context.environment(name); }, read_file};
    const config::SetUp wanted = config::read_set_up(read_file(file), file, secrets, checks);
    parts.accounts.default_destination();
    return config::steps_to(wanted, parts.store, checks, prune, context.clock.now());
}

void refuse_taking_away(std::span<const config::Step> steps, const std::string& file) {
    std::string all;
    for (const config::Step& step : steps) {
        for (const std::string& effect : step.effects)
            if (step.takes_away) all += fmt::format("\n  {}: {}", step.what, effect);
    }
    if (all.empty()) return;
    throw Error(Fault::config, "a rule takes something away, so nothing is changed:" + all)
        .with_hint(
            fmt::format("ringtail apply -f {} --yes stores it; no table or column is dropped "
                        "even then.",
                        file));
}

}  // namespace ringtail::cli
