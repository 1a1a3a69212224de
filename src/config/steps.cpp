#include "config/steps.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "http/url.hpp"
#include "json/document.hpp"

namespace ringtail::config {
namespace {

// Gathers "name: before → after" for what differs.
class Difference {
  public:
    Difference& of(std::string_view name, std::string_view before, std::string_view after) {
        if (before == after) return *this;
        text_ += fmt::format("{}{}: {} → {}", text_.empty() ? "" : ", ", name,
                             before.empty() ? "none" : before, after.empty() ? "none" : after);
        return *this;
    }
    Difference& of_flag(std::string_view name, bool before, bool after) {
        return of(name, before ? "true" : "false", after ? "true" : "false");
    }
    // Member by member, so that a long object shows only what is another.
    Difference& of_json(const std::string& before, const std::string& after) {
        const JsonDocument old(before);
        const JsonDocument now(after);
        for (const auto& [name, value] : old.root().members())
            if (!now.root().find(plain(name)).exists()) of(plain(name), value.raw(), "");
        for (const auto& [name, value] : now.root().members()) {
            const JsonValue stored = old.root().find(plain(name));
            of(plain(name), stored.exists() ? stored.raw() : "", value.raw());
        }
        return *this;
    }
    const std::string& text() const { return text_; }

  private:
    static std::string plain(JsonValue name) {
        std::string scratch;
        return std::string(name.text_or_raw(scratch));
    }
    std::string text_;
};

std::string days_text(std::optional<unsigned> days) {
    return days ? std::to_string(*days) : std::string();
}

class Planner {
  public:
    Planner(control::Store& store, const Checks& checks, Instant now)
        : store_(store), checks_(checks), now_(now) {}

    void service(const ServiceSetUp& wanted) {
        setting("listen", wanted.listen);
        setting("journal_days", wanted.journal_days
                                    ? std::optional(std::to_string(*wanted.journal_days))
                                    : std::nullopt);
        setting("inbox_bytes", wanted.inbox_bytes
                                   ? std::optional(std::to_string(*wanted.inbox_bytes))
                                   : std::nullopt);
    }

    void destination(const DestinationSetUp& wanted) {
        const std::string what = "destination " + wanted.name;
        const std::string shown = http::redact_url(wanted.url);
        const auto stored = store_.destinations().find(wanted.name);
        if (!stored)
            return step(Step::Kind::add, what, shown, [this, wanted, shown] {
                store_.destinations().add(wanted.name, wanted.url, shown, now_);
            });
        if (store_.destinations().url(stored->number) == wanted.url) return;
        const std::string detail = stored->shown == shown
                                       ? std::string("another password")
                                       : Difference().of("url", stored->shown, shown).text();
        step(Step::Kind::change, what, detail, [this, wanted, shown, number = stored->number] {
            store_.destinations().update(number, wanted.name, wanted.url, shown);
        });
    }

    void source(const SourceSetUp& wanted, const SetUp& all) {
        const std::string what = "source " + wanted.name;
        check_destination(wanted, all);
        const auto stored = store_.sources().find(wanted.name);
        if (!stored) {
            if (!wanted.secret)
                throw Error(Fault::config, what + " is new and has no key")
                    .with_hint("Name its key with key_file or key_env.");
            return step(
                Step::Kind::add, what,
                fmt::format("{}, into {}", name_of(wanted.kind), wanted.destination),
                [this, wanted] { store_.sources().add(record(wanted), *wanted.secret, now_); });
        }
        if (stored->kind != wanted.kind)
            throw Error(Fault::config,
                        fmt::format("{} is a {} account", what, name_of(stored->kind)))
                .with_hint("A source's kind stays. Give the other account another name.");
        if (wanted.secret && store_.sources().secret(stored->number) != *wanted.secret)
            step(Step::Kind::change, what, "another key", [this, wanted, number = stored->number] {
                store_.sources().set_secret(number, *wanted.secret);
            });
        Difference difference;
        difference.of_json(canonical_json(stored->settings), wanted.settings)
            .of("destination", destination_name(stored->destination), wanted.destination)
            .of_flag("enabled", stored->enabled, wanted.enabled);
        if (difference.text().empty()) return;
        step(Step::Kind::change, what, difference.text(), [this, wanted, stored] {
            control::SourceRecord changed = record(wanted);
            changed.number = stored->number;
            store_.sources().update(changed);
        });
    }

    void job(const JobSetUp& wanted) {
        const std::string what = fmt::format("job {}/{}", wanted.source, wanted.name);
        const auto source = store_.sources().find(wanted.source);
        const auto stored = source ? store_.jobs().find(source->number, wanted.name) : std::nullopt;
        if (!stored) {
            step(Step::Kind::add, what,
                 fmt::format("{}, {}", name_of(wanted.kind), wanted.schedule),
                 [this, wanted] { store_.jobs().add(record(wanted), now_); });
            if (source) tell_effect("", record(wanted));
            return;
        }
        if (stored->kind != wanted.kind)
            throw Error(Fault::config,
                        fmt::format("{} is a job of kind {}", what, name_of(stored->kind)))
                .with_hint("A job's kind stays. Give the other job another name.");
        Difference difference;
        difference.of_json(canonical_json(stored->settings), wanted.settings)
            .of("schedule", stored->schedule, wanted.schedule)
            .of("last_days", days_text(stored->last_days), days_text(wanted.last_days))
            .of_flag("enabled", stored->enabled, wanted.enabled);
        if (difference.text().empty()) return;
        step(Step::Kind::change, what, difference.text(), [this, wanted, stored] {
            control::JobRecord changed = record(wanted);
            changed.number = stored->number;
            if (changed.schedule == stored->schedule) changed.next_due = stored->next_due;
            store_.jobs().update(changed);
        });
        if (canonical_json(stored->settings) == wanted.settings) return;
        control::JobRecord changed = record(wanted);
        changed.number = stored->number;
        tell_effect(stored->settings, changed);
    }

    // Jobs first, then sources, then destinations: what is used goes last.
    void extra(const SetUp& wanted, bool prune) {
        const auto in_file = [](const auto& list, const std::string& name) {
            return std::any_of(list.begin(), list.end(),
                               [&](const auto& one) { return one.name == name; });
        };
        const Step::Kind kind = prune ? Step::Kind::remove : Step::Kind::left;
        for (const auto& source : store_.sources().list()) {
            for (const auto& job : store_.jobs().list(source.number)) {
                const bool named =
                    std::any_of(wanted.jobs.begin(), wanted.jobs.end(), [&](const JobSetUp& one) {
                        return one.source == source.name && one.name == job.name;
                    });
                // History is asked for by hand and ends by itself.
                if (!named && job.kind != control::JobKind::history &&
                    job.kind != control::JobKind::hooks)
                    step(kind, fmt::format("job {}/{}", source.name, job.name), "",
                         [this, number = job.number] { store_.jobs().remove(number); });
            }
            if (!in_file(wanted.sources, source.name))
                step(kind, "source " + source.name, "",
                     [this, number = source.number] { store_.sources().remove(number); });
        }
        for (const auto& destination : store_.destinations().list())
            if (!in_file(wanted.destinations, destination.name) && destination.name != "default")
                step(kind, "destination " + destination.name, "",
                     [this, number = destination.number] { store_.destinations().remove(number); });
    }

    std::vector<Step> take() { return std::move(steps_); }

  private:
    void step(Step::Kind kind, std::string what, std::string detail, std::function<void()> make) {
        if (kind == Step::Kind::left) make = nullptr;
        steps_.push_back({kind, std::move(what), std::move(detail), std::move(make)});
    }

    // With the last step.
    void tell_effect(const std::string& before, const control::JobRecord& job) {
        if (job.kind != control::JobKind::report || !checks_.effect) return;
        auto effect = checks_.effect(before, job);
        steps_.back().effects = std::move(effect.words);
        steps_.back().takes_away = effect.takes_away;
    }

    void setting(const std::string& name, const std::optional<std::string>& wanted) {
        const auto stored = store_.setting(name);
        if (!wanted || stored == wanted) return;
        step(stored ? Step::Kind::change : Step::Kind::add, "service",
             Difference().of(name, stored.value_or(""), *wanted).text(),
             [this, name, text = *wanted] { store_.set_setting(name, text); });
    }

    void check_destination(const SourceSetUp& wanted, const SetUp& all) {
        const bool in_file = std::any_of(
            all.destinations.begin(), all.destinations.end(),
            [&](const DestinationSetUp& one) { return one.name == wanted.destination; });
        if (in_file || store_.destinations().find(wanted.destination)) return;
        throw Error(Fault::config, fmt::format("source {}: there is no destination \"{}\"",
                                               wanted.name, wanted.destination))
            .with_hint(fmt::format("Write [destination.{}] with its url, or name one that is "
                                   "there.",
                                   wanted.destination));
    }

    std::string destination_name(std::int64_t number) {
        const auto found = store_.destinations().find(number);
        return found ? found->name : std::string();
    }

    control::SourceRecord record(const SourceSetUp& wanted) {
        control::SourceRecord record;
        record.name = wanted.name;
        record.kind = wanted.kind;
        record.settings = wanted.settings;
        record.enabled = wanted.enabled;
        if (const auto found = store_.destinations().find(wanted.destination))
            record.destination = found->number;
        return record;
    }

    control::JobRecord record(const JobSetUp& wanted) {
        control::JobRecord record;
        record.source = store_.sources().get(wanted.source).number;
        record.name = wanted.name;
        record.kind = wanted.kind;
        record.settings = wanted.settings;
        record.schedule = wanted.schedule;
        record.enabled = wanted.enabled;
        record.last_days = wanted.last_days;
        record.next_due = checks_.first_due(wanted.schedule, now_);
        return record;
    }

    control::Store& store_;
    const Checks checks_;
    Instant now_;
    std::vector<Step> steps_;
};

}  // namespace

std::string_view name_of(Step::Kind kind) {
    switch (kind) {
        case Step::Kind::add:
            return "add";
        case Step::Kind::change:
            return "change";
        case Step::Kind::remove:
            return "remove";
        case Step::Kind::left:
            break;
    }
    return "left";
}

std::vector<Step> steps_to(const SetUp& wanted, control::Store& store, const Checks& checks,
                           bool prune, Instant now) {
    auto planner = std::make_shared<Planner>(store, checks, now);
    planner->service(wanted.service);
    for (const auto& destination : wanted.destinations) planner->destination(destination);
    for (const auto& source : wanted.sources) planner->source(source, wanted);
    for (const auto& job : wanted.jobs) planner->job(job);
    planner->extra(wanted, prune);
    std::vector<Step> steps = planner->take();
    // The steps call the planner.
    for (Step& step : steps)
        if (step.make) step.make = [planner, make = std::move(step.make)] { make(); };
    return steps;
}

}  // namespace ringtail::config
