#include "web/hook_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "web/answers.hpp"

namespace ringtail::web {
namespace {

// Of one group, so that garbage does not hold up the hooks behind it.
constexpr std::size_t kMostRejects = 20;
constexpr std::chrono::seconds kUnwell{10};
// With hooks that come sooner after each other the disk is what they wait for. Else a commit for
// each of them is most of what they cost.
constexpr std::chrono::milliseconds kOneByOne{5};

}  // namespace

HookWriter::HookWriter(HookWriterOptions options, HookStore& store, Events events, Logger& log)
    : options_(options), store_(store), events_(std::move(events)), log_(log) {
    thread_ = std::jthread([this] { run(); });
}

HookWriter::~HookWriter() { close(); }

bool HookWriter::push(WaitingHook& hook) {
    {
        std::lock_guard lock(mutex_);
        const auto bytes = hook.bytes();
        if (closed_ || waiting_.size() >= options_.queue_hooks ||
            waiting_bytes_ + bytes > options_.queue_bytes)
            return false;
        waiting_bytes_ += bytes;
        waiting_.push_back(std::move(hook));
        if (waiting_.size() > 1) return true;  // the writer knows already
    }
    changed_.notify_one();
    return true;
}

void HookWriter::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool HookWriter::is_well() const {
    std::lock_guard lock(mutex_);
    return !failed_ || std::chrono::steady_clock::now() - *failed_ > kUnwell;
}

std::size_t HookWriter::waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
}

void HookWriter::run() {
    for (;;) {
        auto group = next_group();
        if (group.empty()) return;
        failpoint("hooks_received");
        store(group);
        ended_ = std::chrono::steady_clock::now();
        failpoint("hooks_answered");
    }
}

// What waits, as far as it fits; nothing at the end.
std::vector<WaitingHook> HookWriter::next_group() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    if (std::chrono::steady_clock::now() - ended_ > kOneByOne)
        changed_.wait_for(lock, options_.gather, [&] { return closed_; });
    std::size_t count = 0, bytes = 0;
    while (count < std::min(waiting_.size(), options_.group_hooks) &&
           (count == 0 || bytes + waiting_[count].bytes() <= options_.group_bytes))
        bytes += waiting_[count++].bytes();
    waiting_bytes_ -= bytes;
    if (count == waiting_.size()) return std::exchange(waiting_, {});
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<WaitingHook> group(std::make_move_iterator(waiting_.begin()),
                                   std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return group;
}

void HookWriter::store(std::vector<WaitingHook>& group) {
    const auto middle =
        std::stable_partition(group.begin(), group.end(),
                              [](const WaitingHook& hook) { return hook.reject_reason.empty(); });
    const auto count = static_cast<std::size_t>(middle - group.begin());
    const auto good = std::span(group).first(count), rejects = std::span(group).subspan(count);
    if (!good.empty()) store_good(good);
    keep_rejects(rejects);
}

void HookWriter::store_good(std::span<const WaitingHook> good) {
    try {
        std::vector<control::Hook> hooks;
        hooks.reserve(good.size());
        for (const auto& hook : good) hooks.push_back(hook.hook());
        store_.append(hooks);
    } catch (const Error& error) {
        return failed(good, error.what(), error.retry_after().value_or(std::chrono::seconds(5)));
    } catch (const std::exception& error) {
        return failed(good, error.what(), std::chrono::seconds(5));
    }
    try {
        std::unique_lock lock(mutex_);
        const bool again = std::exchange(failed_, std::nullopt).has_value();
        lock.unlock();
        if (again) log_.info("webhooks can be stored again");
        events_.stored(good);
    } catch (const std::exception& error) {
        log_.error(fmt::format("webhooks were stored, but not announced: {}", error.what()));
    }
    static const http::Answer taken = json_answer(R"({"accepted":true})");
    for (const auto& hook : good) hook.responder.send(taken);
}

// They are answered already. Not worth failing for: the sender has been told.
void HookWriter::keep_rejects(std::span<const WaitingHook> rejects) {
    for (const auto& hook : rejects.first(std::min(rejects.size(), kMostRejects))) try {
            store_.reject(hook.hook(), hook.reject_reason);
        } catch (const std::exception& error) {
            log_.warning(fmt::format("a webhook that is no call was not kept: {}", error.what()));
        }
}

void HookWriter::failed(std::span<const WaitingHook> group, const std::string& why,
                        std::chrono::milliseconds retry_after) {
    std::unique_lock lock(mutex_);
    const bool news = !std::exchange(failed_, std::chrono::steady_clock::now()).has_value();
    lock.unlock();
    if (news)
        log_.error(fmt::format("webhooks cannot be stored and are refused with 503: {}", why));
    const auto answer =
        busy(503, "not_stored", "the webhook could not be stored; send it again", retry_after);
    events_.refused(group);
    for (const auto& hook : group) hook.responder.send(answer);
}

}  // namespace ringtail::web
