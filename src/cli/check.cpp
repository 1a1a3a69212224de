#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.hpp"
#include "cli/checklist.hpp"
#include "cli/commands.hpp"
#include "cli/help_texts.hpp"
#include "cli/old_state.hpp"
#include "cli/old_tables.hpp"
#include "cli/options_sync.hpp"
#include "cli/run_delivery.hpp"
#include "http/client.hpp"
#include "source/dialfire/api.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kClocksAgree = 60s;  // windows overlap by more than that

dialfire::Options modest(dialfire::Options options) {
    options.page_limit = 1;
    options.retry_pause = std::min(options.retry_pause, std::chrono::milliseconds(100));
    return options;
}

// The five calls, each with the smallest question there is.
class ServiceCheck {
  public:
    ServiceCheck(const Plan& plan, Context& context, Checklist& list)
        : options_(modest(plan.source)),
          clock_(context.clock),
          log_(make_null_logger()),
          api_(options_, clock_, *log_),
          list_(list) {}

    void run() {
        if (!list_.item("field list", [&] { return field_list(); })) {
            if (list_.last_fault() != Fault::auth) return;  // not reached: the others would not be
        }
        list_.item("contact list", [&] { return contact_list(); });
        list_.item("contacts", [&] { return contacts(); });
        list_.item("events", [&] {
            body(api_.events(clock_.now() - 1h, clock_.now(), ""));
            return std::string("transaction events can be read");
        });
        list_.item("inbound calls", [&] {
            body(api_.inbound_calls(clock_.now() - 1h, clock_.now(), ""));
            return std::string("inbound calls can be read");
        });
        if (has_date_) list_.item("clock", [&] { return clocks(); });
    }

    // The campaign's, none when they could not be asked for.
    const std::vector<dialfire::Field>& fields() const { return fields_; }

  private:
    std::string body(dialfire::Answer answer) {
        auto response = answer.wait({});
        if (!response) throw Error(Fault::bug, "no cursor was sent");
        has_date_ = has_date_ || response->headers.contains("date");
        api_.learn_time(*response);
        return std::move(response->body);
    }

    std::string field_list() {
        fields_ = dialfire::decode_fields(body(api_.fields()));
        return fmt::format("campaign {}: {} custom fields", options_.campaign, fields_.size());
    }

    std::string contact_list() {
        const auto page = dialfire::decode_list(body(api_.contact_list({}, "")));
        if (!page.entries.empty()) ids_ = {page.entries.front().id};
        return ids_.empty() ? "the campaign has no contacts" : "contacts can be listed";
    }

    std::string contacts() {
        if (ids_.empty()) return "not asked, as no contact is known";
        dialfire::NewestStamps newest;
        body(api_.contacts(ids_, std::make_shared<dialfire::StampCheck>(newest)));
        return "contacts can be loaded";
    }

    std::string clocks() {
        const auto now = clock_.now();
        const auto ahead = (api_.later_now() - now) + (api_.earlier_now() - now);
        const auto seconds = std::chrono::round<std::chrono::seconds>(ahead).count();
        if (std::chrono::abs(ahead) > kClocksAgree) {
            throw Error(Fault::config,
                        fmt::format("this machine's clock is {} s {} the service's",
                                    std::abs(seconds), seconds > 0 ? "behind" : "ahead of"))
                .with_hint("Set it: timedatectl set-ntp true");
        }
        return fmt::format("the clocks differ by {} s", std::abs(seconds));
    }

    const dialfire::Options options_;
    Clock& clock_;
    std::unique_ptr<Logger> log_;
    dialfire::Api api_;
    Checklist& list_;
    std::vector<dialfire::Field> fields_;
    std::vector<std::string> ids_;
    bool has_date_ = false;
};

void check_database(Plan& plan, std::span<const dialfire::Field> fields, Context& context,
                    Checklist& list) {
    std::unique_ptr<Inspector> inspector;
    const bool reached = list.item("database", [&] {
        inspector =
            kind_of(plan.destination, context.wiring.destinations).inspect(plan.destination);
        return inspector->describe();
    });
    if (!reached) return;
    bool is_first_run = false;
    const bool settled = list.item("tables", [&] {
        const std::string old = settle_tables(plan, *inspector);
        is_first_run = filled_by_old_client(plan, *inspector);
        return old.empty() ? plan.source.prefix + "contacts …" : old;
    });
    if (!settled) return;
    const auto wanted = dialfire::make_tables(fields, plan.source);
    if (is_first_run) report_tables(plan, *inspector, wanted, list);
    list.item("rights", [&] {
        std::vector<std::string> tables{"ringtail_checkpoints", "ringtail_rechecks",
                                        "ringtail_rejects"};
        inspector->check_make(wanted);
        for (const Table& table : wanted) tables.push_back(table.name);
        inspector->try_rights(tables);
        return std::string("tables can be created, altered and filled");
    });
}

// Whether the receiver answers at all; nothing is delivered.
std::string reach(const Plan& plan, Logger& log) {
    http::ClientOptions options;
    options.repeats = false;
    options.clip_body = true;
    options.max_body_bytes = 64U << 10U;
    options.total_timeout = options.stall_timeout = plan.webhook.timeout;
    options.client_certificate = plan.webhook.client_certificate;
    options.client_key = plan.webhook.client_key;
    http::Client client(options, log);
    http::Request request;
    request.method = "HEAD";
    request.url = plan.destination;
    request.headers = plan.webhook.headers;
    auto answer = client.start(std::move(request));
    return fmt::format("{} answers (to HEAD: {}); nothing was delivered",
                       shown_receiver(plan.destination), http::wait(answer, {}).status);
}

void check_web_service(const Plan& plan, Context& context, Checklist& list) {
    const auto log = make_null_logger();
    list.item("receiver", [&] { return reach(plan, *log); });
    list.item("outbox", [&] {
        const std::string file = plan.webhook.state_file.empty()
                                     ? place_outbox(context.environment, plan.source.campaign)
                                     : plan.webhook.state_file;
        const auto folder = std::filesystem::absolute(file).parent_path();
        std::error_code ignored;
        const bool there = std::filesystem::exists(file, ignored);
        const std::string wanted = there ? file : folder.string();
        if (::access(wanted.c_str(), there ? R_OK | W_OK : W_OK | X_OK) != 0) {
            throw Error(Fault::config, fmt::format("{} cannot be written to", wanted))
                .with_hint("Name another file with --state.");
        }
        return file + (there ? " is there and is gone on with" : " will be made");
    });
}

}  // namespace

int run_check(std::span<const std::string> words, Context& context) {
    SyncOptions options;
    try {
        options = parse_sync(words, context.environment, read_file);
    } catch (const Error& error) {
        context.console.err(
            fmt::format("error: {}\n  `ringtail help check` and `ringtail help sync` "
                        "show the flags.",
                        error_text(error)));
        return exit_usage;
    }
    if (options.help) {
        context.console.out(help_of("check"));
        return exit_done;
    }
    Checklist list(context.console, options.plan.output);
    ServiceCheck service(options.plan, context, list);
    service.run();
    if (is_web_service(options.plan.destination)) {
        check_web_service(options.plan, context, list);
    } else {
        check_database(options.plan, service.fields(), context, list);
    }
    return list.all_good() ? exit_done : exit_failed;
}

}  // namespace ringtail::cli
