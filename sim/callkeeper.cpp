#include "callkeeper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/time_text.hpp"
#include "callkeeper_admin.hpp"
#include "callkeeper_api.hpp"
#include "callkeeper_hooks.hpp"
#include "callkeeper_truth.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

namespace {

http::ServerOptions server_options(const CallKeeperOptions& options) {
    http::ServerOptions server;
    server.address = options.address;
    server.port = options.port;
    server.threads = options.threads;
    server.gzip_level = 0;
    return server;
}

// The second a day begins at, `days` later; `otherwise` for an empty text.
std::int64_t day_second(const std::string& day, std::int64_t days, std::int64_t otherwise) {
    if (day.empty()) return otherwise;
    const auto time = parse_time(day);
    if (!time) throw Error(Fault::config, fmt::format("\"{}\" is no day", day));
    return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count() +
           days * 86'400;
}

}  // namespace

struct CallKeeper::Parts {
    explicit Parts(const CallKeeperOptions& the_options)
        : options(the_options),
          log(make_null_logger()),
          book(options),
          clock(options.now),
          api(options, book, clock, switches, faults),
          hooks(book.size()),
          sender(book, clock, switches, hooks) {}

    std::uint64_t end() const { return book.first_from(clock.second() + 1); }

    const CallKeeperOptions options;
    std::unique_ptr<Logger> log;
    CallBook book;
    CallClock clock;
    CallSwitches switches;
    Faults faults;
    CallApi api;
    HookBook hooks;
    HookSender sender;
    std::unique_ptr<http::Server> server;
    // Hooks that an admin call asks for: their receiver may be slow, and the API goes on meanwhile.
    std::mutex mutex;
    std::vector<std::jthread> errands;
};

CallKeeper::CallKeeper(const CallKeeperOptions& options)
    : parts_(std::make_unique<Parts>(options)) {
    for (const auto& [name, reading] : options.assume) assume(name, reading);
    const auto handler = [this](const http::ServerRequest& request,
                                const http::Responder& responder) {
        if (!request.path.starts_with("/sim/callkeeper/"))
            return responder.send(parts_->api.answer(request));
        if (request.path != "/sim/callkeeper/hooks")
            return responder.send(answer_call_admin(request, *this));
        std::lock_guard lock(parts_->mutex);
        parts_->errands.emplace_back(
            [this, request, responder] { responder.send(answer_call_admin(request, *this)); });
    };
    parts_->server = std::make_unique<http::Server>(server_options(options), handler, *parts_->log);
}

CallKeeper::~CallKeeper() {
    parts_->sender.follow({});
    parts_->server.reset();
    parts_->errands.clear();
}

std::uint16_t CallKeeper::port() const { return parts_->server->port(); }

std::string CallKeeper::base_url() const {
    return fmt::format("http://{}:{}", parts_->options.address, port());
}

const CallKeeperOptions& CallKeeper::options() const { return parts_->options; }

Instant CallKeeper::now() const { return parts_->clock.now(); }

void CallKeeper::advance(std::chrono::seconds by) { parts_->clock.advance(by); }

void CallKeeper::add_fault(const FaultRule& rule) {
    for (const char* listing : {"expired_cursor", "list_twice", "stale", "move"})
        if (rule.kind == listing)
            throw Error(Fault::config, fmt::format("CallKeeper has no pages to be {}", rule.kind));
    parts_->faults.add(rule);
}

void CallKeeper::clear_faults() { parts_->faults.clear(); }

void CallKeeper::assume(const std::string& name, const std::string& reading) {
    parts_->switches.set(name, reading);
}

void CallKeeper::set_latency(std::chrono::milliseconds latency) {
    parts_->api.set_latency(latency);
}

void CallKeeper::change(std::uint32_t count) { parts_->book.change(count, parts_->end()); }

void CallKeeper::remove(std::uint32_t count) { parts_->book.remove(count, parts_->end()); }

void CallKeeper::hide(std::uint32_t count) { parts_->book.hide(count, parts_->end()); }

void CallKeeper::restore() { parts_->book.restore(); }

HookCounts CallKeeper::send_hooks(const HookOptions& options) {
    return parts_->sender.send(options);
}

void CallKeeper::follow_with_hooks(const HookOptions& options) { parts_->sender.follow(options); }

CallKeeperStats CallKeeper::stats() const { return parts_->api.stats(); }

void CallKeeper::reset_stats() { parts_->api.reset_stats(); }

std::vector<RequestLine> CallKeeper::requests() const { return parts_->api.requests(); }

void CallKeeper::truth(std::string_view table, const CallTruthOptions& options,
                       const std::function<void(std::string_view row)>& row) const {
    const CallTable which = call_table(table);
    const auto& parts = *parts_;
    const std::int64_t now = parts.clock.second();
    const std::uint64_t begin = parts.book.first_from(day_second(options.from, 0, 0));
    const std::uint64_t end =
        parts.book.first_from(std::min(now + 1, day_second(options.to, 1, now + 1)));
    CallRecord api, hook;
    std::string unstorable;
    std::set<std::string> seen;  // of the general_ tables
    for (std::uint64_t index = begin; index < end; ++index) {
        const CallPlan plan = parts.book.plan(index);
        CallState state;
        if (options.api && !parts.book.is_removed(index)) {
            fill_call(api, plan, CallFeed::api, now);
            state.api = &api;
        }
        const auto last = options.hooks ? parts.hooks.last(index) : std::nullopt;
        if (last) {
            fill_call(hook, plan, last->hook, plan.over);
            fit_to_format(hook, last->format);
            state.hook = &hook;
            state.over = last->hook == CallFeed::over;
        }
        if (state.api == nullptr && state.hook == nullptr) continue;
        const std::string text = call_row(which, state, unstorable);
        if (text.empty()) continue;
        const bool once = which != CallTable::calls && which != CallTable::facts;
        if (!once || seen.insert(text + unstorable).second) row(text);
    }
}

}  // namespace ringtail::sim
