#include "config/read.hpp"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <sstream>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace ringtail::config {
namespace {

using Names = std::initializer_list<const char*>;

std::string joined(Names names) {
    std::string list;
    for (const char* name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    return list;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// One table of the file, with where it stands.
class Section {
  public:
    Section(const toml::table& table, std::string file, std::string path)
        : table_(table), file_(std::move(file)), path_(std::move(path)) {}

    const toml::table& table() const { return table_; }
    const std::string& path() const { return path_; }

    std::string place(std::string_view key) const {
        const toml::node* node = table_.get(key);
        const auto& region = node != nullptr ? node->source() : table_.source();
        return fmt::format("{}, line {}: {}", file_, region.begin.line,
                           key.empty()     ? path_
                           : path_.empty() ? std::string(key)
                                           : fmt::format("{}.{}", path_, key));
    }
    [[noreturn]] void fail(std::string_view key, const std::string& what, std::string hint) const {
        throw Error(Fault::config, fmt::format("{}: {}", place(key), what))
            .with_hint(std::move(hint));
    }
    // Runs a check of somebody else's, and puts the place before its message.
    template <typename Check>
    auto checked(std::string_view key, Check check) const {
        try {
            return check();
        } catch (const Error& error) {
            throw error.within(place(key));
        }
    }

    std::optional<std::string> text(std::string_view key) const {
        return value<std::string>(key, "a text in \"…\"");
    }
    std::optional<bool> boolean(std::string_view key) const {
        return value<bool>(key, "true or false");
    }
    std::optional<std::int64_t> number(std::string_view key, std::int64_t most) const {
        const auto found = value<std::int64_t>(key, "a whole number");
        if (found && (*found < 1 || *found > most))
            fail(key, fmt::format("{} is out of range", *found),
                 fmt::format("Give a whole number from 1 to {}.", most));
        return found;
    }
    void only(Names allowed) const {
        for (const auto& [key, node] : table_) {
            const std::string_view name = key.str();
            if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
                unknown(name, allowed);
        }
    }
    [[noreturn]] void unknown(std::string_view key, Names allowed) const {
        const std::vector<std::string> names(allowed.begin(), allowed.end());
        const std::string like = nearest(key, names);
        fail(key, "there is no such key",
             (like.empty() ? "" : fmt::format("Did you mean {}? ", like)) +
                 fmt::format("Allowed here: {}.", joined(allowed)));
    }
    // The tables below `key`, by their names.
    std::vector<std::pair<std::string, Section>> sections(std::string_view key) const {
        std::vector<std::pair<std::string, Section>> found;
        const toml::node* node = table_.get(key);
        if (node == nullptr) return found;
        if (!node->is_table())
            fail(key, "this is no table",
                 fmt::format("Write [{}.NAME] and its keys below it.", key));
        for (const auto& [name, below] : *node->as_table()) {
            const std::string path =
                fmt::format("{}{}{}.{}", path_, path_.empty() ? "" : ".", key, name.str());
            if (!below.is_table())
                throw Error(Fault::config, fmt::format("{}, line {}: {} is no table", file_,
                                                       below.source().begin.line, path))
                    .with_hint(fmt::format("Write [{}] and its keys below it.", path));
            found.emplace_back(name.str(), Section(*below.as_table(), file_, path));
        }
        return found;
    }

  private:
    template <typename Value>
    std::optional<Value> value(std::string_view key, const char* allowed) const {
        const toml::node* node = table_.get(key);
        if (node == nullptr) return std::nullopt;
        auto found = node->value_exact<Value>();
        if (!found) fail(key, "this is of another type", fmt::format("Give {}.", allowed));
        return found;
    }

    const toml::table& table_;
    std::string file_;
    std::string path_;  // "source.shop"
};

// All keys but those of `ours`, as JSON.
std::string settings_of(const Section& section, Names ours) {
    toml::table rest = section.table();
    for (const char* key : ours) rest.erase(key);
    std::ostringstream json;
    json << toml::json_formatter(rest, toml::format_flags::none);
    return canonical_json(json.str());
}

// A secret that stands under `key` itself (where that is allowed), in a file or in a variable.
std::optional<std::string> secret(const Section& section, const std::string& key,
                                  const Secrets& secrets, bool plain) {
    const std::string of_file = key + "_file";
    const std::string of_variable = key + "_env";
    const auto file = section.text(of_file);
    const auto variable = section.text(of_variable);
    auto itself = section.text(key);
    if (itself.has_value() + file.has_value() + variable.has_value() > 1)
        section.fail(key, fmt::format("{0}, {0}_file and {0}_env exclude each other", key),
                     "Give one of them.");
    if (itself) {
        if (plain) return itself;
        section.fail(key, "a secret does not belong into this file",
                     fmt::format("Put it into a file only you can read and name that with "
                                 "{}_file, or into a variable named with {}_env.",
                                 key, key));
    }
    std::optional<std::string> found;
    if (file)
        found = section.checked(of_file, [&] { return trimmed(secrets.file(*file)); });
    else if (variable)
        found = secrets.variable(*variable);
    else
        return std::nullopt;
    if (!found || found->empty())
        section.fail(file ? of_file : of_variable,
                     file ? fmt::format("the file {} is empty", *file)
                          : fmt::format("the variable {} is not set", *variable),
                     "Without it the account cannot be read.");
    return found;
}

template <typename Kind, typename Find>
Kind kind_of(const Section& section, Names allowed, Find find, std::optional<Kind> otherwise) {
    const auto text = section.text("kind");
    if (!text && otherwise) return *otherwise;
    if (text && std::find(allowed.begin(), allowed.end(), *text) != allowed.end())
        return *find(*text);
    section.fail("kind", text ? fmt::format("\"{}\" is no kind", *text) : "kind is missing",
                 fmt::format("Give one of: {}.", joined(allowed)));
}

ServiceSetUp read_service(const Section& section) {
    section.only({"listen", "journal_days", "inbox_mb"});
    ServiceSetUp service;
    service.listen = section.text("listen");
    if (const auto days = section.number("journal_days", 36'500))
        service.journal_days = static_cast<unsigned>(*days);
    if (const auto size = section.number("inbox_mb", 1'000'000'000))
        service.inbox_bytes = static_cast<std::uint64_t>(*size) << 20U;
    return service;
}

DestinationSetUp read_destination(const std::string& name, const Section& section,
                                  const Secrets& secrets, const Checks& checks) {
    section.only({"url", "url_file", "url_env"});
    const auto url = secret(section, "url", secrets, true);
    if (!url)
        section.fail("", "url is missing",
                     "Give url = \"postgres://…\", or url_file or url_env where it holds a "
                     "password.");
    section.checked("url", [&] { checks.destination(*url); });
    return {name, *url};
}

JobSetUp read_job(const SourceSetUp& source, const std::string& name, const Section& section,
                  const Checks& checks) {
    JobSetUp job;
    job.source = source.name;
    job.name = name;
    job.kind = kind_of<control::JobKind>(section, {"load", "report", "reconcile", "prune"},
                                         control::job_kind_of, control::JobKind::load);
    job.schedule = section.text("schedule").value_or(job.schedule);
    section.checked("schedule", [&] { checks.first_due(job.schedule, Instant{}); });
    job.enabled = section.boolean("enabled").value_or(true);
    if (const auto days = section.number("last_days", 36'500))
        job.last_days = static_cast<unsigned>(*days);
    job.settings = settings_of(section, {"kind", "schedule", "enabled", "last_days"});
    section.checked("", [&] { checks.job(source.kind, job); });
    return job;
}

void read_source(const std::string& name, const Section& section, const Secrets& secrets,
                 const Checks& checks, SetUp& into) {
    SourceSetUp source;
    source.name = name;
    source.kind = kind_of<control::SourceKind>(section, {"callkeeper", "dialfire"},
                                               control::source_kind_of, std::nullopt);
    source.secret = secret(section, "key", secrets, false);
    source.destination = section.text("destination").value_or(source.destination);
    source.enabled = section.boolean("enabled").value_or(true);
    source.settings = settings_of(
        section, {"kind", "key", "key_file", "key_env", "destination", "enabled", "job"});
    section.checked("", [&] { checks.source(source.kind, source.settings); });
    into.sources.push_back(source);
    for (const auto& [job, below] : section.sections("job"))
        into.jobs.push_back(read_job(source, job, below, checks));
}

}  // namespace

SetUp read_set_up(std::string_view text, const std::string& name, const Secrets& secrets,
                  const Checks& checks) {
    toml::table table;
    try {
        table = toml::parse(text);
    } catch (const toml::parse_error& error) {
        throw Error(Fault::config, fmt::format("{}, line {}: {}", name, error.source().begin.line,
                                               error.description()))
            .with_hint("The file is TOML, https://toml.io; docs/configuration.md shows one.");
    }
    const Section top(table, name, "");
    top.only({"service", "destination", "source"});
    SetUp set_up;
    if (const toml::table* service = table["service"].as_table())
        set_up.service = read_service(Section(*service, name, "service"));
    else if (table.contains("service"))
        top.fail("service", "this is no table", "Write [service] and its keys below it.");
    for (const auto& [destination, below] : top.sections("destination"))
        set_up.destinations.push_back(read_destination(destination, below, secrets, checks));
    for (const auto& [source, below] : top.sections("source"))
        read_source(source, below, secrets, checks, set_up);
    return set_up;
}

}  // namespace ringtail::config
