#include "web/hooks.hpp"

#include <exception>
#include <utility>

#include "base/error.hpp"
#include "control/secrets.hpp"
#include "web/answers.hpp"

namespace ringtail::web {
namespace {

constexpr std::size_t kLongestToken = 128;
constexpr std::size_t kMostQuestions = 1'000;

http::Answer unknown() {
    return refusal(404, "not_found", "there is no such webhook address",
                   "ringtail source show NAME prints the address to paste into CallKeeper");
}

http::Answer not_now() {
    return busy(503, "too_busy", "more webhooks arrive than can be taken", std::chrono::seconds(2));
}

}  // namespace

HookDoor::HookDoor(HookOptions options, HookParts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      limit_(options_.per_second),
      journal_(parts_.journal, options_.journal_after, parts_.log),
      writer_(options_.writer, parts_.store,
              {[this](std::span<const WaitingHook> group) { announce(group); },
               [this](std::span<const WaitingHook> group) {
                   parts_.metrics.counter(metric::kHooks, {{"code", "503"}}).add(group.size());
               }},
              parts_.log),
      pool_(1, kMostQuestions) {}

HookDoor::~HookDoor() { close(); }

void HookDoor::refuse(const http::Responder& responder, http::Answer answer) {
    parts_.metrics.counter(metric::kHooks, {{"code", std::to_string(answer.status)}}).add();
    responder.send(std::move(answer));
}

// The server would log the path of what fails, and the path holds the token.
void HookDoor::handle(http::ServerRequest request, const http::Responder& responder) try {
    receive(std::move(request), responder);
} catch (const std::exception& error) {
    parts_.log.error(std::string("a webhook could not be taken: ") + error.what());
    refuse(responder, not_now());
}

void HookDoor::receive(http::ServerRequest request, const http::Responder& responder) {
    if (request.method != "POST" && request.method != "GET") {
        auto answer = refusal(405, "method_not_allowed", "a webhook is sent with POST or GET");
        answer.headers.emplace_back("Allow", "GET, POST");
        return refuse(responder, std::move(answer));
    }
    if (request.body.size() + request.target.size() > options_.max_bytes)
        return refuse(responder,
                      refusal(413, "too_large", "the webhook is larger than this service takes"));
    auto token = request.path.substr(kPrefix.size());
    if (token.empty() || token.size() > kLongestToken) return refuse(responder, unknown());
    auto digest = control::sha256(token);
    const auto known = tokens_.find(digest, parts_.clock.now());
    if (!known) {
        return ask(std::move(token), std::move(digest),
                   std::make_shared<Question>(Question{std::move(request), responder}));
    }
    take(known->source, request, responder);
    if (known->ask_for_all) ask_for_all();
}

// On a thread of its own: the store may have to wait for others' writing.
void HookDoor::ask(std::string token, std::string digest, std::shared_ptr<Question> question) {
    const auto work = [this, token = std::move(token), digest = std::move(digest), question] {
        try {
            const auto now = parts_.clock.now();
            const auto source = parts_.source_of(token, now);
            tokens_.learn(digest, source, now);
            if (!source) return refuse(question->responder, unknown());
            take(*source, question->request, question->responder);
        } catch (const std::exception& error) {
            parts_.log.error(std::string("cannot look up a webhook's address: ") + error.what());
            refuse(question->responder, not_now());
        }
    };
    if (!pool_.submit(work)) refuse(question->responder, not_now());
}

// When that cannot be, each is asked for once its time is over.
void HookDoor::ask_for_all() {
    pool_.submit([this] {
        try {
            const auto now = parts_.clock.now();
            tokens_.learn_all(parts_.sources_by_digest(now), now);
        } catch (const std::exception& error) {
            parts_.log.error(std::string("cannot look up the webhooks' addresses: ") +
                             error.what());
        }
    });
}

void HookDoor::take(std::int64_t source, http::ServerRequest& request,
                    const http::Responder& responder) {
    const auto now = parts_.clock.now();
    if (const auto wait = limit_.take(source, now))
        return refuse(responder, busy(429, "too_many", "too many webhooks a second", *wait));
    WaitingHook hook{source, now, {}, {}, std::move(request.body), {}, responder};
    hook.content_type = request.header("content-type").value_or("");
    if (const auto question = request.target.find('?'); question != std::string::npos)
        hook.query = request.target.substr(question + 1);
    try {
        options_.read(hook.content_type, hook.query, hook.body);
    } catch (const Error& error) {
        refuse(responder, refusal(400, "no_call", error.what(), error.hint()));
        journal_.add(source, now, 0, 1);
        hook.reject_reason = error.what();
        writer_.push(hook);  // when there is no room for it, it is not kept
        return;
    }
    if (!writer_.push(hook)) refuse(responder, not_now());
}

void HookDoor::announce(std::span<const WaitingHook> group) {
    parts_.metrics.counter(metric::kHooks, {{"code", "200"}}).add(group.size());
    parts_.metrics.counter(metric::kHookCommits).add();
    for (const auto& hook : group) journal_.add(hook.source, hook.received, 1, 0);
    parts_.stored();
}

}  // namespace ringtail::web
