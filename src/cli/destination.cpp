#include <fmt/core.h>

#include <array>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/secret_input.hpp"
#include "cli/service_parts.hpp"
#include "cli/text_table.hpp"
#include "json/write.hpp"
#include "web/shapes.hpp"

namespace ringtail::cli {
namespace {

int add(const Words& words, ServiceParts& parts, Context& context) {
    const std::string form = "ringtail destination add NAME --url URL (or --url-file FILE)";
    expect_plain(words, 2, 2, form);
    std::string url = words.text("url");
    if (const auto file = words.find("url-file")) {
        url = read_file(*file);
        url.erase(url.find_last_not_of(" \t\r\n") + 1);
    }
    if (url.empty()) throw Error(Fault::config, "--url is missing").with_hint("Write: " + form);
    // A relative file would be another one for the service.
    if (url.starts_with("sqlite:") && !sqlite_path(url).starts_with('/')) {
        throw Error(Fault::config, "the SQLite file is named relative to the current folder")
            .with_hint("The service runs elsewhere: name it from the root, sqlite:///FOLDER/FILE.");
    }
    const std::int64_t number = parts.accounts.add_destination(words.plain[1], url);
    const auto record = *parts.store.destinations().find(number);
    if (words.output() == Output::json) {
        context.console.out(web::destination_json(record));
    } else {
        context.console.out(fmt::format("Destination {}: {}", record.name, record.shown));
    }
    return exit_done;
}

int list(const Words& words, ServiceParts& parts, Context& context) {
    TextTable table({"NAME", "URL"});
    for (const auto& destination : parts.store.destinations().list()) {
        if (words.output() == Output::json) {
            context.console.out(web::destination_json(destination));
        } else {
            table.add({destination.name, destination.shown});
        }
    }
    if (words.output() == Output::text) {
        table.show(context.console,
                   "None yet. A source without one gets a SQLite file in the data folder.");
    }
    return exit_done;
}

int check(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail destination check NAME");
    const auto record = parts.destination(words.plain[1]);
    const std::string url = parts.store.destinations().url(record.number);
    std::string message, hint;
    bool good = true;
    try {
        if (is_web_service(url)) {
            message = "a web service; it is not asked before there is something to deliver";
        } else {
            const auto inspector = kind_of(url, context.wiring.destinations).inspect(url);
            message = inspector->describe();
            inspector->try_rights({});
        }
    } catch (const Error& error) {
        good = false;
        message = error.what();
        hint = error.hint();
    }
    if (words.output() == Output::json) {
        context.console.out(fmt::format(R"({{"name":{},"good":{},"message":{},"hint":{}}})",
                                        json_string(record.name), good, json_string(message),
                                        hint.empty() ? "null" : json_string(hint)));
    } else {
        context.console.out(
            fmt::format("{} {}: {}", good ? "ok    " : "FAILED", record.name, message));
        if (!hint.empty()) context.console.out("       " + hint);
    }
    return good ? exit_done : exit_failed;
}

int remove(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail destination remove NAME");
    const auto record = parts.destination(words.plain[1]);
    parts.store.destinations().remove(record.number);
    if (words.output() == Output::json) {
        context.console.out(fmt::format(R"({{"removed":{}}})", json_string(record.name)));
    } else {
        context.console.out(
            fmt::format("Destination {} is forgotten; the database stays as it is.", record.name));
    }
    return exit_done;
}

}  // namespace

int run_destination(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 2> kFlags{{{"url"}, {"url-file"}}};
    return run_service_command(
        "destination", words, kFlags, context, [&](const Words& parsed, ServiceParts& parts) {
            const std::string verb = parsed.plain.empty() ? "" : parsed.plain.front();
            if (verb == "add") return add(parsed, parts, context);
            if (verb == "list") return list(parsed, parts, context);
            if (verb == "check") return check(parsed, parts, context);
            if (verb == "remove") return remove(parsed, parts, context);
            throw Error(Fault::config, "destination: what is to be done with it?")
                .with_hint("add, list, check or remove; see `ringtail help destination`.");
        });
}

}  // namespace ringtail::cli
