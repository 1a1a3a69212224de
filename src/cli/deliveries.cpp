#include <fmt/core.h>

#include <filesystem>

#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/data_folder.hpp"
#include "cli/flags.hpp"
#include "cli/help_texts.hpp"
#include "cli/old_state.hpp"
#include "cli/values.hpp"
#include "control/delivery_book.hpp"
#include "control/store.hpp"
#include "jobs/deliveries.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

using control::DeliveryBook;
using control::DeliveryQuery;
using control::DeliveryRow;
using control::DeliveryStatus;

constexpr std::size_t kShown = 100;

struct Wanted {
    std::string action;  // list, show, retry, purge
    std::string file;
    DeliveryQuery query;
    bool everything = false;        // retry --all
    std::optional<Instant> before;  // purge
    Output output = Output::text;
};

Error usage(const std::string& message) {
    return Error(Fault::config, message)
        .with_hint("list | show ID | retry ID | retry --all | purge --before DATE");
}

std::optional<Instant> date(const Given& given, const std::string& name) {
    const auto place = given.find(name);
    if (place == given.end()) return std::nullopt;
    return parse_time(parse_date("--" + name, place->second));
}

std::string text(const Given& given, const std::string& name) {
    const auto place = given.find(name);
    return place == given.end() ? std::string() : place->second;
}

// Of a source of the service.
std::string outbox_of(const std::string& source, const Given& given, const Context& context) {
    const auto data = given.find("data");
    const std::string folder = data_folder(
        data == given.end() ? std::nullopt : std::optional(data->second), context.environment);
    control::Store store(control::StoreFiles::in(folder));
    std::string file = jobs::outbox_file(folder, store.sources().get(source).number);
    if (std::filesystem::exists(file)) return file;
    throw Error(Fault::config, fmt::format("nothing has been delivered for {} yet", source))
        .with_hint("Its destination must be a web service, and its first run done.");
}

Wanted parse(std::span<const std::string> words, const Context& context) {
    Wanted wanted;
    std::size_t plain = 0;
    while (plain < words.size() && !words[plain].starts_with("--")) ++plain;
    if (plain > 0) wanted.action = words[0];
    if (plain > 1) wanted.query.id = words[1];
    const bool takes_id = wanted.action == "show" || wanted.action == "retry";
    if (plain > (takes_id ? 2U : 1U)) throw usage("there are too many words");
    using Takes = Flag::Takes;
    const Given given =
        parse_flags(words.subspan(plain), std::vector<Flag>{{"state"},
                                                            {"campaign"},
                                                            {"source"},
                                                            {"data"},
                                                            {"contact"},
                                                            {"since"},
                                                            {"before"},
                                                            {"limit"},
                                                            {"output"},
                                                            {"all", Takes::nothing},
                                                            {"dead", Takes::nothing},
                                                            {"waiting", Takes::nothing},
                                                            {"done", Takes::nothing}});
    const auto is_on = [&](const std::string& name) { return text(given, name) == "true"; };
    wanted.query.contact = text(given, "contact");
    wanted.query.since = date(given, "since");
    wanted.before = date(given, "before");
    wanted.everything = is_on("all");
    if (is_on("dead")) wanted.query.status = DeliveryStatus::dead;
    if (is_on("done")) wanted.query.status = DeliveryStatus::done;
    if (is_on("waiting")) wanted.query.status = DeliveryStatus::waiting;
    const std::string limit = text(given, "limit");
    if (wanted.action == "list") {
        wanted.query.limit =
            limit.empty()
                ? kShown
                : static_cast<std::size_t>(parse_whole("--limit", limit, 1, 1'000'000'000));
    }
    const std::string output = text(given, "output");
    if (!output.empty() && output != "text" && output != "json") {
        throw usage("--output: only text and json are allowed");
    }
    wanted.output = output == "json" ? Output::json : Output::text;
    wanted.file = text(given, "state");
    if (wanted.file.empty() && given.contains("source")) {
        wanted.file = outbox_of(text(given, "source"), given, context);
    }
    if (wanted.file.empty()) {
        if (!given.contains("campaign")) throw usage("--source, --state or --campaign is missing");
        wanted.file = place_outbox(context.environment,
                                   parse_campaign("--campaign", text(given, "campaign")));
    }
    if (wanted.action == "show" && wanted.query.id.empty()) throw usage("show needs an id");
    const bool chosen = wanted.everything || !wanted.query.id.empty() ||
                        !wanted.query.contact.empty() || wanted.query.since;
    if (wanted.action == "retry" && !chosen) throw usage("retry needs an id, or --all");
    if (wanted.action == "purge" && !wanted.before) throw usage("purge needs --before DATE");
    return wanted;
}

JsonLine json_of(const DeliveryRow& row) {
    JsonLine line("delivery");
    line.number("number", static_cast<std::uint64_t>(row.number))
        .text("id", row.message)
        .text("stream", row.stream)
        .text("contact", row.contact)
        .text("fired", row.fired)
        .text("state", row.state)
        .text("status", control::name_of(row.status))
        .number("attempts", row.attempts)
        .text("created", format_time(row.created))
        .text("due", format_time(row.due));
    if (row.finished) line.text("finished", format_time(*row.finished));
    return line.raw("superseded", row.superseded ? "true" : "false");
}

void list(DeliveryBook& book, const Wanted& wanted, Console& console) {
    const auto rows = book.find(wanted.query);
    if (wanted.output == Output::json) {
        for (const DeliveryRow& row : rows) console.out(json_of(row).done());
        return;
    }
    console.out(fmt::format("{:>8}  {:<8} {:<8} {:>8}  {:<24} {:<18} {}", "number", "status",
                            "state", "attempts", "created", "contact", "fired"));
    for (const DeliveryRow& row : rows) {
        console.out(fmt::format("{:>8}  {:<8} {:<8} {:>8}  {:<24} {:<18} {}", row.number,
                                control::name_of(row.status), row.state, row.attempts,
                                format_time(row.created).substr(0, 19) + "Z", row.contact,
                                row.fired));
    }
    if (rows.size() == wanted.query.limit) {
        console.out(fmt::format("the newest {}; --limit N shows more", rows.size()));
    }
}

void show(DeliveryBook& book, const Wanted& wanted, Console& console) {
    const auto rows = book.find(wanted.query);
    if (rows.empty()) throw Error(Fault::config, "there is no delivery with this id");
    const DeliveryRow& row = rows.front();
    const auto attempts = book.attempts(row.number);
    const std::string body = book.body(row.number);
    if (wanted.output == Output::json) {
        std::string list = "[";
        for (const control::Attempt& one : attempts) {
            if (list.size() > 1) list += ',';
            list +=
                fmt::format(R"({{"at":"{}","status":{},"ms":{},"answer":{}}})", format_time(one.at),
                            one.status, one.took.count(), json_string(one.answer));
        }
        console.out(json_of(row).raw("attempt_list", list + "]").text("body", body).done());
        return;
    }
    console.out(fmt::format("delivery {} ({})\n  {} of contact {}, fired {}\n  {}, queued {}{}",
                            row.number, row.message, row.state, row.contact, row.fired,
                            control::name_of(row.status), format_time(row.created),
                            row.superseded ? "; its transaction was queued again later" : ""));
    for (const control::Attempt& one : attempts) {
        console.out(fmt::format("  {}  {}  {} ms  {}", format_time(one.at),
                                one.status == 0 ? "no answer" : std::to_string(one.status),
                                one.took.count(), one.answer));
    }
    console.out(body.empty() ? "  (the body has been forgotten)" : body);
}

void run(DeliveryBook& book, const Wanted& wanted, Context& context) {
    Console& console = context.console;
    const bool json = wanted.output == Output::json;
    if (wanted.action == "list") return list(book, wanted, console);
    if (wanted.action == "show") return show(book, wanted, console);
    if (wanted.action == "purge") {
        const auto count = book.purge(*wanted.before);
        return console.out(json ? JsonLine("purged").number("count", count).done()
                                : fmt::format("{} forgotten", count));
    }
    const auto retried = book.retry(wanted.query, context.clock.now());
    if (json) {
        return console.out(JsonLine("retried")
                               .number("waiting", retried.waiting)
                               .number("superseded", retried.superseded)
                               .done());
    }
    console.out(fmt::format("{} dead letters wait again", retried.waiting));
    if (retried.superseded > 0) {
        console.out(
            fmt::format("{} stay: their transactions were queued again later, with newer content",
                        retried.superseded));
    }
}

}  // namespace

int run_deliveries(std::span<const std::string> words, Context& context) {
    try {
        if (!words.empty() && words.front() == "--help") {
            context.console.out(help_of("deliveries"));
            return exit_done;
        }
        const bool known = !words.empty() && (words.front() == "list" || words.front() == "show" ||
                                              words.front() == "retry" || words.front() == "purge");
        if (!known) throw usage("what is to be done with the deliveries is missing");
        const Wanted wanted = parse(words, context);
        DeliveryBook book(wanted.file);
        run(book, wanted, context);
        return exit_done;
    } catch (const Error& error) {
        context.console.err(fmt::format("error: {}\n  `ringtail help deliveries` shows all flags.",
                                        error_text(error)));
        return exit_code_of(error);
    }
}

}  // namespace ringtail::cli
