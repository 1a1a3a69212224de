#include "http/client.hpp"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "http/in_flight_limit.hpp"
#include "http/retry_rule.hpp"
#include "http/transfer.hpp"

namespace ringtail::http {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

// Waking up once in a while without a reason does no harm; not waking up at all would.
constexpr Millis kLongestSleep{10'000};

struct MultiFree {
    void operator()(void* multi) const { curl_multi_cleanup(multi); }
};

void start_libcurl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        throw Error(Fault::bug, std::string("libcurl does not start: ") + curl_easy_strerror(code));
}

Error stopped_error() { return Error(Fault::stopped, "the HTTP client was closed"); }

// A request from start() to its answer.
struct Job {
    Job(std::uint64_t job_number, Request job_request, const ClientOptions& options)
        : number(job_number), request(std::move(job_request)), rule(options) {
        path = path_for_messages(request.url);
        name = printable(request.method, 20) + " " + path;
    }

    std::uint64_t number;  // by age
    Request request;
    RetryRule rule;
    std::string path, name;
    std::promise<Response> promise;
};
using JobPtr = std::unique_ptr<Job>;

struct Flight {
    explicit Flight(const ClientOptions& options) : transfer(options) {}
    Transfer transfer;
    JobPtr job;
};
using FlightPtr = std::unique_ptr<Flight>;

}  // namespace

class Client::Engine {
  public:
    Engine(ClientOptions options, Logger& log);
    ~Engine();
    std::future<Response> start(Request request);
    ClientStats stats() const;

  private:
    void run(const std::stop_token& stop);
    void take_new();
    void take_due(TimePoint now);
    bool may_begin(TimePoint now) const;
    void begin_some(TimePoint now);
    void begin(JobPtr job, TimePoint now);
    bool collect();
    void end_stalled(TimePoint now);
    Millis sleep_length(TimePoint now) const;
    void land(void* easy, int code, const Error* reason);
    void answered(JobPtr job, Transfer& transfer, TimePoint now);
    void failed(JobPtr job, const Error& error);
    void repeat(JobPtr job, Millis pause);
    void give_up(JobPtr job, const Error& error);
    static void deliver(JobPtr job, Response response);
    static void fail(JobPtr job, std::exception_ptr error);
    void note_status(int status, const Job& job, const Transfer& transfer,
                     std::optional<Millis> wait, TimePoint now);
    void fail_all();

    const ClientOptions options_;
    Logger& log_;
    InFlightLimit limit_;
    std::unique_ptr<void, MultiFree> multi_;

    // Only the client's thread touches these.
    std::map<std::uint64_t, JobPtr> ready_;     // by age: what is repeated goes before what is new
    std::multimap<TimePoint, JobPtr> delayed_;  // by when they are due
    std::map<void*, FlightPtr> flights_;        // under way, by easy handle
    std::vector<FlightPtr> idle_;               // handles to use again

    std::mutex mutex_;
    std::vector<JobPtr> new_;
    std::uint64_t next_number_ = 0;

    std::atomic<std::uint64_t> requests_{0}, retries_{0}, throttled_{0}, bytes_{0};
    std::atomic<unsigned> limit_now_;

    std::jthread thread_;  // last: started when all else is there
};

Client::Engine::Engine(ClientOptions options, Logger& log)
    : options_(std::move(options)),
      log_(log),
      limit_({options_.max_in_flight, options_.first_pause, options_.last_pause}),
      limit_now_(limit_.current()) {
    start_libcurl();
    multi_.reset(curl_multi_init());
    if (!multi_) throw Error(Fault::bug, "libcurl gives no multi handle");
    // Otherwise libcurl closes connections whenever fewer requests than before are under way.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(limit_.current()));
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Client::Engine::~Engine() {
    thread_.request_stop();
    curl_multi_wakeup(multi_.get());
    thread_.join();
    fail_all();
}

std::future<Response> Client::Engine::start(Request request) {
    std::unique_lock lock(mutex_);
    auto job = std::make_unique<Job>(next_number_++, std::move(request), options_);
    auto future = job->promise.get_future();
    new_.push_back(std::move(job));
    const bool first = new_.size() == 1;
    lock.unlock();
    if (first) curl_multi_wakeup(multi_.get());
    return future;
}

ClientStats Client::Engine::stats() const {
    return {requests_, retries_, throttled_, bytes_, limit_now_};
}

void Client::Engine::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const TimePoint now = std::chrono::steady_clock::now();
        take_new();
        take_due(now);
        begin_some(now);
        int running = 0;
        curl_multi_perform(multi_.get(), &running);
        const bool landed = collect();
        end_stalled(now);
        if (landed && may_begin(now)) continue;
        const auto pause = sleep_length(std::chrono::steady_clock::now());
        curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
}

void Client::Engine::take_new() {
    std::lock_guard lock(mutex_);
    for (JobPtr& job : new_) {
        const auto number = job->number;
        ready_.emplace_hint(ready_.end(), number, std::move(job));
    }
    new_.clear();
}

void Client::Engine::take_due(TimePoint now) {
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
        JobPtr job = std::move(delayed_.begin()->second);
        delayed_.erase(delayed_.begin());
        const auto number = job->number;
        ready_.emplace(number, std::move(job));
    }
}

bool Client::Engine::may_begin(TimePoint now) const {
    return !ready_.empty() && flights_.size() < limit_.current() && limit_.hold_until() <= now;
}

void Client::Engine::begin_some(TimePoint now) {
    while (may_begin(now)) {
        JobPtr job = std::move(ready_.begin()->second);
        ready_.erase(ready_.begin());
        begin(std::move(job), now);
    }
}

void Client::Engine::begin(JobPtr job, TimePoint now) {
    FlightPtr flight;
    try {
        if (idle_.empty()) idle_.push_back(std::make_unique<Flight>(options_));
        flight = std::move(idle_.back());
        idle_.pop_back();
        flight->transfer.prepare(job->request, now);
    } catch (const Error& error) {
        if (flight) idle_.push_back(std::move(flight));
        return give_up(std::move(job), error);
    }
    ++requests_;
    void* const easy = flight->transfer.handle();
    flight->job = std::move(job);
    const CURLMcode code = curl_multi_add_handle(multi_.get(), easy);
    flights_.emplace(easy, std::move(flight));
    if (code != CURLM_OK) {
        const Error refused(Fault::bug, curl_multi_strerror(code));
        land(easy, CURLE_FAILED_INIT, &refused);
    }
}

bool Client::Engine::collect() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        any = true;
        land(message->easy_handle, message->data.result, nullptr);
    }
    return any;
}

// libcurl's own low-speed limit counts whole seconds of an average over several; this is exact.
void Client::Engine::end_stalled(TimePoint now) {
    std::vector<void*> stalled;
    for (const auto& [easy, flight] : flights_)
        if (flight->transfer.last_byte() + options_.stall_timeout <= now) stalled.push_back(easy);
    if (stalled.empty()) return;
    const Error silence(Fault::transient, fmt::format("the server sent nothing for {} ms",
                                                      options_.stall_timeout.count()));
    for (void* easy : stalled) land(easy, CURLE_OPERATION_TIMEDOUT, &silence);
}

Millis Client::Engine::sleep_length(TimePoint now) const {
    TimePoint until = now + kLongestSleep;
    if (!delayed_.empty()) until = std::min(until, delayed_.begin()->first);
    if (!ready_.empty() && flights_.size() < limit_.current())
        until = std::min(until, limit_.hold_until());
    for (const auto& [easy, flight] : flights_)
        until = std::min(until, flight->transfer.last_byte() + options_.stall_timeout);
    return std::max(Millis(0), std::chrono::ceil<Millis>(until - now));
}

// A transfer is over; `reason` when it was us who ended it.
void Client::Engine::land(void* easy, int code, const Error* reason) {
    const auto found = flights_.find(easy);
    FlightPtr flight = std::move(found->second);
    flights_.erase(found);
    curl_multi_remove_handle(multi_.get(), easy);
    const TimePoint now = std::chrono::steady_clock::now();
    Transfer& transfer = flight->transfer;
    JobPtr job = std::move(flight->job);
    bytes_ += transfer.bytes_received();
    if (code == CURLE_OK || transfer.clipped()) {
        answered(std::move(job), transfer, now);
    } else {
        const Error error = reason ? *reason : transfer.error(code);
        log_.debug(fmt::format("http.failed method={} path={} reason=\"{}\"", job->request.method,
                               job->path, error.what()));
        if (error.fault() == Fault::transient && options_.repeats) {
            limit_.failed(transfer.started(), now);
            limit_now_ = limit_.current();
            failed(std::move(job), error);
        } else {
            give_up(std::move(job), error);
        }
    }
    idle_.push_back(std::move(flight));
}

void Client::Engine::note_status(int status, const Job& job, const Transfer& transfer,
                                 std::optional<Millis> wait, TimePoint now) {
    if (status == 429 || status == 503) {
        ++throttled_;
        if (wait) wait = std::min(*wait, options_.max_throttled);
        limit_.throttled(transfer.started(), now, wait);
    } else if (status >= 500 || status == 408) {
        limit_.failed(transfer.started(), now);
    } else if (status < 300) {
        limit_.succeeded(transfer.started(), now, job.name, transfer.latency());
    }
}

void Client::Engine::answered(JobPtr job, Transfer& transfer, TimePoint now) {
    Response response = transfer.take_response();
    const int status = response.status;
    log_.debug(fmt::format("http.answer method={} path={} status={} ms={} bytes={}",
                           job->request.method, job->path, status, response.elapsed.count(),
                           response.body.size()));
    if (!options_.repeats) return deliver(std::move(job), std::move(response));
    const auto wait = retry_after(response, SystemClock().now());
    note_status(status, *job, transfer, wait, now);
    limit_now_ = limit_.current();
    if (status == 200 && job->request.check) {
        try {
            job->request.check(response);
        } catch (const Error& error) {
            if (error.fault() == Fault::transient) return failed(std::move(job), error);
            return give_up(std::move(job), error);
        } catch (...) {
            return fail(std::move(job), std::current_exception());
        }
    }
    if (job->request.once) return deliver(std::move(job), std::move(response));
    const Decision decision = job->rule.after_answer(status, wait, now);
    const auto said = [&] {
        return fmt::format("after {} attempts the server still answers {}: {}",
                           job->rule.attempts(), status, printable(response.body, 200));
    };
    switch (decision.action) {
        case Decision::Action::deliver:
            return deliver(std::move(job), std::move(response));
        case Decision::Action::repeat:
            return repeat(std::move(job), decision.pause);
        case Decision::Action::give_up: {
            const Error error(Fault::transient, said());
            return give_up(std::move(job), error);
        }
        case Decision::Action::put_off: {
            const Error error = Error(Fault::throttled, said()).wait(decision.pause);
            return give_up(std::move(job), error);
        }
    }
}

void Client::Engine::failed(JobPtr job, const Error& error) {
    if (job->request.once) return give_up(std::move(job), error);
    const Decision decision = job->rule.after_failure();
    if (decision.action == Decision::Action::repeat) return repeat(std::move(job), decision.pause);
    const auto attempts = job->rule.attempts();
    give_up(std::move(job),
            attempts > 1 ? error.within(fmt::format("after {} attempts", attempts)) : error);
}

void Client::Engine::repeat(JobPtr job, Millis pause) {
    ++retries_;
    delayed_.emplace(std::chrono::steady_clock::now() + pause, std::move(job));
}

void Client::Engine::give_up(JobPtr job, const Error& error) {
    const auto named = std::make_exception_ptr(error.within(job->name));
    fail(std::move(job), named);
}

void Client::Engine::deliver(JobPtr job, Response response) {
    job->promise.set_value(std::move(response));
    if (job->request.ended) job->request.ended();
}

void Client::Engine::fail(JobPtr job, std::exception_ptr error) {
    job->promise.set_exception(std::move(error));
    if (job->request.ended) job->request.ended();
}

void Client::Engine::fail_all() {
    const auto drop = [](JobPtr& job) {
        if (job) job->promise.set_exception(std::make_exception_ptr(stopped_error()));
    };
    for (auto& [easy, flight] : flights_) {
        curl_multi_remove_handle(multi_.get(), easy);
        drop(flight->job);
    }
    for (auto& [number, job] : ready_) drop(job);
    for (auto& [due, job] : delayed_) drop(job);
    for (JobPtr& job : new_) drop(job);
    flights_.clear();
}

Client::Client(ClientOptions options, Logger& log)
    : engine_(std::make_unique<Engine>(std::move(options), log)) {}
Client::~Client() = default;

std::future<Response> Client::start(Request request) { return engine_->start(std::move(request)); }
ClientStats Client::stats() const { return engine_->stats(); }

Response wait(std::future<Response>& future, const std::stop_token& stop) {
    if (!future.valid()) throw Error(Fault::bug, "the answer of this request was taken already");
    // Returns at once when the answer comes; the slices are for the stop.
    constexpr Millis kSlice{50};
    while (future.wait_for(stop.stop_requested() ? Millis(0) : kSlice) !=
           std::future_status::ready) {
        if (stop.stop_requested())
            throw Error(Fault::stopped, "stopped while waiting for an answer");
    }
    return future.get();
}

}  // namespace ringtail::http
