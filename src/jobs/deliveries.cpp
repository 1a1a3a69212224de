#include "jobs/deliveries.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "control/outbox.hpp"
#include "delivery/own_headers.hpp"
#include "delivery/signing.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;

// A receiver that wanted nothing more may have been mended.
constexpr auto kAgain = 1h;
constexpr auto kMeasureEvery = 30s;

std::vector<std::string> headers_in(const std::string& file) {
    try {
        return delivery::own_headers(read_file(file));
    } catch (const Error& error) {
        throw error.within(file);
    }
}

}  // namespace

// A source's deliveries: as they are to be made, and who makes them.
struct Deliveries::Post {
    std::string source;  // its name
    std::string url;
    DeliveryPlan plan;
    std::string outbox;
    // What the plan's files hold now.
    std::string signing_key;
    std::vector<std::string> headers;
    std::string unreadable;  // why they cannot be used; "": they can
    std::unique_ptr<delivery::Worker> worker;
    std::exception_ptr failure;
    Instant failed;

    bool is_like(const Post& other) const {
        return url == other.url && plan == other.plan && outbox == other.outbox &&
               signing_key == other.signing_key && headers == other.headers &&
               unreadable == other.unreadable;
    }
    // A key or header that was changed counts from the next look on.
    void read_files() {
        try {
            if (!plan.secret_file.empty()) signing_key = delivery::signing_key_in(plan.secret_file);
            if (!plan.headers_file.empty()) headers = headers_in(plan.headers_file);
            for (const std::string& file : {plan.client_certificate, plan.client_key}) {
                if (!file.empty()) read_file(file);
            }
        } catch (const Error& error) {
            unreadable = error.what();
        }
    }
};

std::string outbox_file(const std::string& folder, std::int64_t source) {
    return fmt::format("{}/outbox-{}.db", folder, source);
}

Deliveries::Deliveries(control::Store& store, std::vector<const SourceKind*> kinds,
                       DeliveryOptions options, Clock& clock, Logger& log, Metrics& metrics)
    : store_(store),
      kinds_(std::move(kinds)),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      metrics_(metrics),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {}

Deliveries::~Deliveries() {
    close();
    thread_.join();
    posts_.clear();
}

void Deliveries::close() {
    thread_.request_stop();
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    for (const auto& [source, post] : posts_) {
        if (post->worker) post->worker->close();
    }
}

void Deliveries::wake(std::int64_t source) {
    const std::scoped_lock lock(mutex_);
    const auto post = posts_.find(source);
    if (post != posts_.end() && post->second->worker) post->second->worker->wake();
}

void Deliveries::check(std::int64_t source, const std::string& url) {
    if (options_.reach == http::Reach::public_only) {
        try {
            http::refuse_private_host(url);
        } catch (const Error& error) {
            throw Error(error.fault(),
                        fmt::format("the web service cannot be posted to: {}", error.what()))
                .with_hint(
                    "The service posts to addresses of the internet only. If this one is right, "
                    "start it with --allow-private: `ringtail serve --allow-private`.");
        }
    }
    const std::scoped_lock lock(mutex_);
    const auto post = posts_.find(source);
    if (post != posts_.end() && post->second->url == url && post->second->failure) {
        std::rethrow_exception(post->second->failure);
    }
}

void Deliveries::loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            step();
        } catch (const std::exception& error) {
            log_.error(fmt::format("deliveries: {}", error.what()));
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, options_.look, [] { return false; });
    }
}

Deliveries::Posts Deliveries::wanted() {
    Posts all;
    std::map<std::int64_t, std::string> urls;  // many sources share one, and it is encrypted
    for (const control::SourceRecord& source : store_.sources().list()) {
        if (!source.enabled) continue;
        const auto [place, is_new] = urls.try_emplace(source.destination);
        if (is_new) place->second = store_.destinations().url(source.destination);
        const std::string& url = place->second;
        if (!http::is_web_address(url)) continue;
        const auto kind = std::ranges::find(kinds_, source.kind, &SourceKind::kind);
        const auto plan = kind == kinds_.end() ? std::nullopt : (*kind)->delivery({source, ""});
        if (!plan) continue;
        auto post = std::make_unique<Post>();
        post->source = source.name;
        post->url = url;
        post->plan = *plan;
        post->outbox = outbox_file(options_.folder, source.number);
        post->read_files();
        all[source.number] = std::move(post);
    }
    return all;
}

void Deliveries::step() {
    Posts now = wanted();
    Posts leaving;  // waited for without the lock
    {
        const std::scoped_lock lock(mutex_);
        if (closed_) return;
        for (auto& [source, post] : posts_) {
            const auto place = now.find(source);
            const bool stays = place != now.end() && place->second->is_like(*post) &&
                               !(post->failure && clock_.now() - post->failed >= kAgain);
            if (stays) {
                place->second = std::move(post);
            } else {
                if (post->worker) post->worker->close();
                leaving[source] = std::move(post);
            }
        }
        posts_.clear();
    }
    // The outbox has one worker at a time.
    leaving.clear();
    const std::scoped_lock lock(mutex_);
    posts_ = std::move(now);
    for (const auto& [source, post] : posts_) begin(*post);
    measure();
    if (!closed_) return;
    for (const auto& [source, post] : posts_) {
        if (post->worker) post->worker->close();
    }
}

// Begins a source's deliveries, or notes what has ended them.
void Deliveries::begin(Post& post) {
    if (post.failure) return;
    try {
        if (post.worker) return post.worker->check();
        if (!post.unreadable.empty()) {
            throw Error(Fault::config, post.unreadable)
                .with_hint(
                    "Nothing is sent without what the source's settings ask for; it goes on "
                    "by itself once the file is right.");
        }
        delivery::WorkerOptions options;
        options.outbox = post.outbox;
        options.stream = post.plan.stream;
        options.receiver.url = post.url;
        options.receiver.reach = options_.reach;
        options.receiver.signing_key = post.signing_key;
        options.receiver.headers = post.headers;
        options.receiver.client_certificate = post.plan.client_certificate;
        options.receiver.client_key = post.plan.client_key;
        options.receiver.timeout = post.plan.timeout;
        options.dispatch.rate = post.plan.rate;
        options.dispatch.burst = 2 * post.plan.rate;
        options.dispatch.retry = {post.plan.attempts, post.plan.retry_plan};
        post.worker = std::make_unique<delivery::Worker>(std::move(options), clock_, log_, nullptr);
    } catch (const std::exception& error) {
        log_.error(fmt::format("{}: deliveries have ended: {}", post.source, error.what()));
        post.failure = std::current_exception();
        post.failed = clock_.now();
    }
}

void Deliveries::measure() {
    const Instant now = clock_.now();
    if (now - measured_ < kMeasureEvery) return;
    measured_ = now;
    for (const auto& [source, post] : posts_) {
        control::Outbox outbox(post->outbox, post->plan.stream);
        metrics_.gauge(metric::kOutbox, {{"stream", post->plan.stream}})
            .set(static_cast<double>(outbox.waiting()));
    }
}

}  // namespace ringtail::jobs
