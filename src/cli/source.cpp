#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/secret_input.hpp"
#include "cli/service_parts.hpp"
#include "cli/summary.hpp"
#include "cli/text_table.hpp"
#include "json/write.hpp"
#include "web/shapes.hpp"

namespace ringtail::cli {
namespace {

using control::SourceKind;
using control::SourceRecord;
using jobs::Setting;

// A setting's name as a flag: retry_pause → retry-pause.
std::string flag_of(std::string_view name) {
    std::string flag(name);
    std::ranges::replace(flag, '_', '-');
    return flag;
}

// The flags of all kinds of sources; which fit is known when the kind is.
class SourceFlags {
  public:
    explicit SourceFlags(Context& context) {
        const auto nothing = make_null_logger();
        for (const auto& kind : context.wiring.source_kinds(context.clock, *nothing)) {
            for (const Setting& setting : kind->settings()) {
                const std::string flag = flag_of(setting.name);
                if (std::ranges::find(names_, flag) == names_.end()) names_.push_back(flag);
            }
        }
        for (const char* own : {"name", "key-file", "destination", "rename"})
            flags_.push_back({own});
        for (const char* own : {"new-key", "no-check", "paused", "yes", "plan", "all"}) {
            flags_.push_back({own, Flag::Takes::nothing});
        }
        for (const std::string& name : names_) flags_.push_back({name, Flag::Takes::values});
    }
    std::span<const Flag> all() const { return flags_; }

  private:
    std::vector<std::string> names_;
    std::vector<Flag> flags_;
};

// The settings given as flags, as a JSON object; an empty value takes a setting away.
std::string settings_of(const Words& words, const jobs::SourceKind& kind) {
    std::string json;
    for (const auto& given : words.flags) {
        const auto& [flag, text] = given;
        const auto setting = std::ranges::find_if(kind.settings(), [&given](const Setting& one) {
            return flag_of(one.name) == given.first;
        });
        if (setting == kind.settings().end()) continue;
        json += (json.empty() ? "" : ",") + json_string(setting->name) + ":" +
                (text.empty() ? "null" : jobs::setting_as_json(*setting, text));
    }
    return "{" + json + "}";
}

// A flag of another kind of source must not be dropped in silence.
void refuse_foreign(const Words& words, const jobs::SourceKind& kind, ServiceParts& parts) {
    for (const jobs::SourceKind* other : parts.accounts.kinds()) {
        for (const Setting& setting : other->settings()) {
            const bool known = std::ranges::any_of(
                kind.settings(), [&](const Setting& one) { return one.name == setting.name; });
            if (known || !words.has(flag_of(setting.name))) continue;
            throw Error(Fault::config, fmt::format("--{} is no setting of a {} source",
                                                   flag_of(setting.name), name_of(kind.kind())))
                .with_hint("`ringtail help source` lists them.");
        }
    }
}

std::string only_plain(const Words& words, std::string_view form) {
    expect_plain(words, 2, 2, form);
    return words.plain[1];
}

std::string json_of(ServiceParts& parts, const SourceRecord& source) {
    return web::source_json(source, parts.destination_name(source.destination));
}

void show_hook(ServiceParts& parts, Context& context, const SourceRecord& source) {
    const auto tokens = parts.store.sources().hook_tokens(source.number, context.clock.now());
    const std::string path = "/hooks/callkeeper/";
    const std::string base = parts.hook_base();
    context.console.out(fmt::format("\nWebhooks\n  {}{}{}", base, path, tokens.now));
    if (!tokens.old.empty()) {
        context.console.out(fmt::format("  {}{}{}  (the one before, until {})", base, path,
                                        tokens.old, shown_time(tokens.old_until)));
    }
    context.console.out(
        "  1. In callkeeper.ru open Profile (Профиль), then WebhookCall.\n"
        "  2. Paste this address into «Адрес для отправки данных».\n"
        "  3. Press «Добавить». Calls arrive when they begin and when they are over.");
    if (base.find("//127.0.0.1") != base.npos || base.find("//localhost") != base.npos) {
        context.console.out(
            "  CallKeeper must reach this machine: put the part behind /hooks/ on a public address "
            "(a\n"
            "  reverse proxy with TLS), and tell it with `ringtail serve --public-url "
            "https://HOST`.");
    }
}

void show_source(ServiceParts& parts, Context& context, const SourceRecord& source) {
    Console& console = context.console;
    console.out(
        fmt::format("{} ({}), number {}", source.name, name_of(source.kind), source.number));
    console.out(fmt::format("  state        {}{}", source.enabled ? "on" : "paused",
                            source.status.empty() ? "" : ", " + source.status));
    if (!source.message.empty()) console.out(fmt::format("  message      {}", source.message));
    console.out(fmt::format("  key          …{}", source.last4));
    console.out(fmt::format("  destination  {}", parts.destination_name(source.destination)));
    console.out(fmt::format("  settings     {}", source.settings));
    console.out(fmt::format("  since        {}", shown_time(source.created)));
    for (const auto& job : parts.store.jobs().list(source.number)) {
        console.out(fmt::format("  job {}/{}: {}{}, next {}", source.name, job.name, job.schedule,
                                job.enabled ? "" : " (paused)", shown_time(job.next_due)));
    }
    if (source.kind == SourceKind::callkeeper) show_hook(parts, context, source);
}

void refuse_bad(const jobs::Verdict& verdict) {
    if (verdict.good) return;
    throw Error(Fault::auth, verdict.message).with_hint(verdict.hint);
}

int add(const Words& words, ServiceParts& parts, Context& context) {
    const std::string form = "ringtail source add callkeeper|dialfire --name NAME [flags]";
    expect_plain(words, 2, 2, form);
    const auto kind_name = control::source_kind_of(words.plain[1]);
    if (!kind_name) {
        throw Error(Fault::config,
                    fmt::format("there are no sources of the kind {}", words.plain[1]))
            .with_hint("There are callkeeper and dialfire.");
    }
    if (!words.has("name"))
        throw Error(Fault::config, "--name is missing").with_hint("Write: " + form);
    const jobs::SourceKind& kind = parts.accounts.kind(*kind_name);
    refuse_foreign(words, kind, parts);
    SourceRecord source;
    source.name = words.text("name");
    source.kind = *kind_name;
    source.settings = kind.checked(settings_of(words, kind));
    source.enabled = !words.on("paused");
    if (const auto destination = words.find("destination")) {
        source.destination = parts.destination(*destination).number;
    }
    const std::string secret = read_secret(words, context.environment, kind.secret_name());
    jobs::Verdict verdict{true, "not asked", ""};
    if (!words.on("no-check")) {
        verdict = kind.check({source, secret});
        refuse_bad(verdict);
    }
    const std::int64_t number = parts.accounts.add_source(source, secret);
    parts.store.sources().set_status(number, words.on("no-check") ? "" : "ok",
                                     words.on("no-check") ? "" : verdict.message);
    source = *parts.store.sources().find(number);
    if (words.output() == Output::json) {
        context.console.out(json_of(parts, source));
        return exit_done;
    }
    context.console.out(fmt::format("Source {} is connected: {}.", source.name, verdict.message));
    if (!verdict.hint.empty()) context.console.out("  " + verdict.hint);
    show_source(parts, context, source);
    context.console.out("\nIt is loaded while the service runs: ringtail serve");
    return exit_done;
}

int list(const Words& words, ServiceParts& parts, Context& context) {
    TextTable table({"NAME", "KIND", "STATE", "DESTINATION", "KEY", "MESSAGE"});
    for (const SourceRecord& source : parts.store.sources().list()) {
        if (words.output() == Output::json) {
            context.console.out(json_of(parts, source));
            continue;
        }
        table.add({source.name, std::string(name_of(source.kind)),
                   !source.enabled         ? "paused"
                   : source.status.empty() ? "new"
                                           : source.status,
                   parts.destination_name(source.destination), "…" + source.last4, source.message});
    }
    if (words.output() == Output::text) {
        table.show(context.console, "No sources yet: ringtail source add callkeeper --name NAME");
    }
    return exit_done;
}

int show(const Words& words, ServiceParts& parts, Context& context) {
    const SourceRecord source = parts.source(only_plain(words, "ringtail source show NAME"));
    if (words.output() == Output::text) {
        show_source(parts, context, source);
        return exit_done;
    }
    std::string json = json_of(parts, source);
    if (source.kind == SourceKind::callkeeper) {
        json.pop_back();
        json +=
            ",\"hooks\":" +
            web::hook_json(parts.store.sources().hook_tokens(source.number, context.clock.now()),
                           parts.hook_base()) +
            "}";
    }
    context.console.out(json);
    return exit_done;
}

int check(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 1, 2, "ringtail source check NAME, or without a name for all");
    std::vector<SourceRecord> sources;
    if (words.plain.size() == 2) {
        sources.push_back(parts.source(words.plain[1]));
    } else {
        sources = parts.store.sources().list();
    }
    bool all_good = true;
    for (const SourceRecord& source : sources) {
        const jobs::Verdict verdict = parts.accounts.check_source(source);
        all_good = all_good && verdict.good;
        if (words.output() == Output::json) {
            context.console.out(
                fmt::format(R"({{"name":{},"good":{},"message":{},"hint":{}}})",
                            json_string(source.name), verdict.good, json_string(verdict.message),
                            verdict.hint.empty() ? "null" : json_string(verdict.hint)));
            continue;
        }
        context.console.out(fmt::format("{} {}: {}", verdict.good ? "ok    " : "FAILED",
                                        source.name, verdict.message));
        if (!verdict.hint.empty()) context.console.out("       " + verdict.hint);
    }
    return all_good ? exit_done : exit_failed;
}

// One line for each table that a changed filter is about.
std::string counted(const std::vector<jobs::ChangedRows>& tables) {
    std::string lines;
    for (const jobs::ChangedRows& table : tables) {
        lines += fmt::format("{:<24}{} rows are here, {} of them no longer pass", table.table,
                             grouped(table.stored), grouped(table.leaving));
        if (table.coming > 0) {
            lines += fmt::format("; {} more that pass now are known from their calls",
                                 grouped(table.coming));
        }
        lines += '\n';
    }
    return lines;
}

int edit(const Words& words, ServiceParts& parts, Context& context) {
    SourceRecord source = parts.source(only_plain(words, "ringtail source edit NAME [flags]"));
    const jobs::SourceKind& kind = parts.accounts.kind(source.kind);
    refuse_foreign(words, kind, parts);
    const std::string before = source.settings;
    source.settings = kind.checked(jobs::merged_settings(before, settings_of(words, kind)));
    if (const auto name = words.find("rename")) source.name = *name;
    if (const auto destination = words.find("destination")) {
        source.destination = parts.destination(*destination).number;
    }
    if (words.on("plan")) {
        const jobs::SettingsReader now(before, kind.settings());
        const jobs::SettingsReader then(source.settings, kind.settings());
        context.console.out(
            fmt::format("settings now    {}\nsettings then   {}", before, source.settings));
        if (now.map("filters") != then.map("filters")) {
            context.console.out(
                counted(parts.accounts.changed_rows(source)) +
                "A changed filter holds for what is read from now on: of the days that a load "
                "reads again,\n"
                "rows that no longer pass are deleted, and rows that pass now are added. Older "
                "days keep\n"
                "their rows until they are loaded again: ringtail load " +
                source.name + " --from DAY --to DAY");
        }
        const bool has_tables = std::ranges::any_of(
            kind.settings(), [](const Setting& one) { return one.name == "tables"; });
        if (has_tables && now.list("tables") != then.list("tables")) {
            context.console.out(
                "Tables that are no longer chosen keep their rows and get no new ones. Tables that "
                "are chosen\n"
                "now are filled from what is read from now on; for older days: ringtail load " +
                source.name + " --from DAY --to DAY");
        }
        return exit_done;
    }
    if (words.on("new-key") || words.has("key-file")) {
        const std::string secret = read_secret(words, context.environment, kind.secret_name());
        if (!words.on("no-check")) refuse_bad(kind.check({source, secret}));
        parts.accounts.set_secret(source.number, secret);
    }
    parts.accounts.edit_source(source);
    source = *parts.store.sources().find(source.number);
    if (words.output() == Output::json) {
        context.console.out(json_of(parts, source));
    } else {
        context.console.out(
            fmt::format("Source {} is changed; settings: {}", source.name, source.settings));
    }
    return exit_done;
}

int enable(const Words& words, ServiceParts& parts, Context& context, bool on) {
    const SourceRecord source = parts.source(
        only_plain(words, on ? "ringtail source resume NAME" : "ringtail source pause NAME"));
    parts.store.sources().set_enabled(source.number, on);
    if (words.output() == Output::json) {
        context.console.out(json_of(parts, *parts.store.sources().find(source.number)));
    } else {
        context.console.out(fmt::format(
            "Source {} is {}.", source.name,
            on ? "on again" : "paused: no run begins; webhooks are kept and loaded afterwards"));
    }
    return exit_done;
}

int remove(const Words& words, ServiceParts& parts, Context& context) {
    const SourceRecord source =
        parts.source(only_plain(words, "ringtail source remove NAME [--yes]"));
    if (!words.on("yes") &&
        !ask_yes(fmt::format("Remove source {} with its jobs and journal? Its rows in the "
                             "destination stay.",
                             source.name))) {
        throw Error(Fault::config, "nothing is removed").with_hint("Say --yes to remove it.");
    }
    parts.accounts.remove_source(source.number);
    if (words.output() == Output::json) {
        context.console.out(fmt::format(R"({{"removed":{}}})", json_string(source.name)));
    } else {
        context.console.out(
            fmt::format("Source {} is removed; its rows in the destination stay.", source.name));
    }
    return exit_done;
}

int rotate(const Words& words, ServiceParts& parts, Context& context) {
    const SourceRecord source = parts.source(only_plain(words, "ringtail source rotate-hook NAME"));
    if (source.kind != SourceKind::callkeeper) {
        throw Error(Fault::config, "only CallKeeper sources receive webhooks");
    }
    const auto tokens = parts.store.sources().rotate_hook_token(source.number, context.clock.now());
    if (words.output() == Output::json) {
        context.console.out(web::hook_json(tokens, parts.hook_base()));
        return exit_done;
    }
    context.console.out("There is a new address; the old one is taken for a day more.");
    show_hook(parts, context, source);
    return exit_done;
}

int run(const Words& words, ServiceParts& parts, Context& context) {
    const std::string verb = words.plain.empty() ? "" : words.plain.front();
    if (verb == "add") return add(words, parts, context);
    if (verb == "list") return list(words, parts, context);
    if (verb == "show") return show(words, parts, context);
    if (verb == "check") return check(words, parts, context);
    if (verb == "edit") return edit(words, parts, context);
    if (verb == "pause") return enable(words, parts, context, false);
    if (verb == "resume") return enable(words, parts, context, true);
    if (verb == "remove") return remove(words, parts, context);
    if (verb == "rotate-hook") return rotate(words, parts, context);
    throw Error(Fault::config, "source: what is to be done with it?")
        .with_hint(
            "add, list, show, check, edit, pause, resume, remove or rotate-hook; see `ringtail "
            "help source`.");
}

}  // namespace

int run_source(std::span<const std::string> words, Context& context) {
    const SourceFlags flags(context);
    return run_service_command(
        "source", words, flags.all(), context,
        [&](const Words& parsed, ServiceParts& parts) { return run(parsed, parts, context); });
}

}  // namespace ringtail::cli
