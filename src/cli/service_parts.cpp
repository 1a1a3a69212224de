#include "cli/service_parts.hpp"

#include <fmt/core.h>

#include <charconv>

#include "base/time_text.hpp"
#include "cli/data_folder.hpp"
#include "cli/help_texts.hpp"
#include "cli/logs.hpp"
#include "http/url.hpp"

namespace ringtail::cli {
namespace {

std::vector<const jobs::SourceKind*> pointers(
    const std::vector<std::unique_ptr<jobs::SourceKind>>& kinds) {
    std::vector<const jobs::SourceKind*> list;
    list.reserve(kinds.size());
    for (const auto& kind : kinds) list.push_back(kind.get());
    return list;
}

jobs::DestinationOpener make_opener(const Wiring& wiring, Logger& log) {
    return [&wiring, &log](const std::string& url) -> jobs::OpenedDestination {
        if (is_web_service(url)) {
            if (http::parse_url(url).host.empty())
                throw Error(Fault::config, "the web service's address has no host");
            return {};
        }
        const DestinationKind& kind = kind_of(url, wiring.destinations);
        return {kind.open(url, DestinationOptions{}, log), kind.load_size};
    };
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

ServiceParts::ServiceParts(const Words& words, Context& context, Logger& log)
    : folder(data_folder(words.find("data"), context.environment)),
      store(control::StoreFiles::in(folder)),
      kinds_(context.wiring.source_kinds(context.clock, log)),
      opener_(make_opener(context.wiring, log)),
      kept_(opener_, context.clock),
      context_(context),
      log_(log),
      accounts(store, pointers(kinds_), opener_, folder, context.clock),
      inboxes_(accounts.inbox_file()) {}

jobs::Workshop ServiceParts::workshop(Metrics& metrics) {
    jobs::Workshop shop{store, accounts.inbox_file(), kinds(), {}, context_.clock, log_, metrics,
                        folder};
    shop.destinations = [this](const std::string& url) { return kept_.open(url); };
    shop.kept = &kept_;
    shop.inboxes = &inboxes_;
    shop.keys = &keys_;
    return shop;
}

std::unique_ptr<Inspector> ServiceParts::inspect(const std::string& url) {
    if (is_web_service(url))
        throw Error(Fault::config, "the destination is a web service and has no tables");
    return kind_of(url, context_.wiring.destinations).inspect(url);
}

std::string ServiceParts::hook_base() {
    if (const auto given = store.setting("public_url"); given && !given->empty()) return *given;
    return store.setting("address").value_or("http://127.0.0.1:8480");
}

std::string ServiceParts::source_name(std::int64_t number) {
    const auto source = store.sources().find(number);
    return source ? source->name : "";
}

std::string ServiceParts::destination_name(std::int64_t number) {
    const auto destination = store.destinations().find(number);
    return destination ? destination->name : "";
}

control::DestinationRecord ServiceParts::destination(const std::string& name) {
    if (const auto found = store.destinations().find(name)) return *found;
    std::string names;
    for (const auto& one : store.destinations().list())
        names += (names.empty() ? "" : ", ") + one.name;
    throw Error(Fault::config, fmt::format("there is no destination called {}", name))
        .with_hint(names.empty() ? "There is none yet; see `ringtail destination add`."
                                 : fmt::format("There are: {}.", names));
}

control::JobRecord ServiceParts::job(const std::string& words) {
    if (const auto number = number_of(words)) {
        if (const auto found = store.jobs().find(*number)) return *found;
        throw Error(Fault::config, fmt::format("there is no job {}", *number))
            .with_hint("`ringtail jobs` lists them.");
    }
    const auto slash = words.find('/');
    const auto source = this->source(words.substr(0, slash));
    const std::string name = slash == words.npos ? "load" : words.substr(slash + 1);
    if (const auto found = store.jobs().find(source.number, name)) return *found;
    std::string names;
    for (const auto& one : store.jobs().list(source.number))
        names += (names.empty() ? "" : ", ") + one.name;
    throw Error(Fault::config, fmt::format("source {} has no job called {}", source.name, name))
        .with_hint(fmt::format("It has: {}.", names));
}

control::RunRecord ServiceParts::run(const std::string& number) {
    const auto given = number_of(number);
    const auto found = given ? store.runs().find(*given) : std::nullopt;
    if (found) return *found;
    throw Error(Fault::config, fmt::format("there is no run {}", given ? number : "of that number"))
        .with_hint("`ringtail runs` lists them.");
}

int run_service_command(std::string_view command, std::span<const std::string> words,
                        std::span<const Flag> flags, Context& context,
                        const std::function<int(const Words&, ServiceParts&)>& body) {
    auto output = Output::text;
    try {
        const Words parsed = parse_words(words, flags);
        if (parsed.has("help")) {
            context.console.out(help_of(command));
            return exit_done;
        }
        output = parsed.output();
        const auto log = make_console_logger(context.console);
        ServiceParts parts(parsed, context, *log);
        return body(parsed, parts);
    } catch (const Error& error) {
        if (output == Output::json) {
            const auto nothing = make_null_logger();
            report(error, output, *nothing, context.console);
        }
        context.console.err(fmt::format("error: {}", error_text(error)));
        return exit_code_of(error);
    }
}

std::unique_ptr<Logger> make_console_logger(Console& console, LogLevel level) {
    return make_run_logger(
        "", level,
        [&console](LogLevel of, std::string_view message) {
            console.err(fmt::format("{}: {}", name_of(of), message));
        },
        level);
}

std::string shown_time(std::optional<Instant> time) {
    if (!time) return "-";
    std::string text = format_time(*time).substr(0, 19);
    text[10] = ' ';
    return text;
}

}  // namespace ringtail::cli
