#include "simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "admin.hpp"
#include "api.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "campaign.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

namespace {

constexpr std::chrono::milliseconds kTick{20};  // live changes come in at this beat

http::ServerOptions server_options(const Options& options) {
    http::ServerOptions server;
    server.address = options.address;
    server.port = options.port;
    server.threads = options.threads;
    server.gzip_level = options.gzip ? 1 : 0;
    return server;
}

}  // namespace

struct Simulation::Parts {
    explicit Parts(const Options& the_options)
        : options(the_options),
          log(make_null_logger()),
          campaign(options),
          api(options, campaign, faults) {}

    // Makes changes at the rate until it is stopped.
    void run(const std::stop_token& stop) {
        double owed = 0;
        auto last = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            if (rate > 0) {
                wake.wait_for(lock, stop, kTick, [] { return false; });
            } else {
                wake.wait(lock, stop, [&] { return rate > 0; });
                last = std::chrono::steady_clock::now();
            }
            const auto now = std::chrono::steady_clock::now();
            owed += rate * std::chrono::duration<double>(now - last).count();
            last = now;
            const auto count = static_cast<std::uint32_t>(owed);
            owed -= count;
            if (count > 0)
                campaign.change(count,
                                {});  // under the lock: after set_change_rate(0) no more come
        }
    }

    const Options options;
    std::unique_ptr<Logger> log;
    Faults faults;
    Campaign campaign;
    Api api;
    std::mutex mutex;
    std::condition_variable_any wake;
    double rate = 0;
    std::unique_ptr<http::Server> server;
    std::jthread changer;
};

Simulation::Simulation(const Options& options) : parts_(std::make_unique<Parts>(options)) {
    set_change_rate(options.changes_per_second);
    const auto handler = [this](const http::ServerRequest& request,
                                const http::Responder& responder) {
        const bool admin = request.path.starts_with("/sim/");
        responder.send(admin ? answer_admin(request, *this, parts_->campaign)
                             : parts_->api.answer(request));
    };
    parts_->server = std::make_unique<http::Server>(server_options(options), handler, *parts_->log);
    parts_->changer =
        std::jthread([parts = parts_.get()](const std::stop_token& stop) { parts->run(stop); });
}

Simulation::~Simulation() {
    parts_->changer = std::jthread();  // stopped and joined, before what it uses goes
    parts_->server.reset();
}

std::uint16_t Simulation::port() const { return parts_->server->port(); }

std::string Simulation::base_url() const {
    return fmt::format("http://{}:{}", parts_->options.address, port());
}

const Options& Simulation::options() const { return parts_->options; }

void Simulation::add_fault(const FaultRule& rule) { parts_->faults.add(rule); }

void Simulation::clear_faults() { parts_->faults.clear(); }

void Simulation::assume(const std::string& name, const std::string& reading) {
    parts_->campaign.assume(name, reading);
}

void Simulation::set_latency(std::chrono::milliseconds latency) {
    parts_->api.set_latency(latency);
}

void Simulation::change(std::uint32_t count, const std::vector<std::string>& kinds) {
    parts_->campaign.change(count, kinds);
}

void Simulation::set_change_rate(double per_second) {
    if (!(per_second >= 0 && per_second <= 100'000))
        throw Error(Fault::config, "changes per second: 0 to 100,000");
    std::lock_guard lock(parts_->mutex);
    parts_->rate = per_second;
    parts_->wake.notify_all();
}

void Simulation::add_field(const std::string& name, const std::string& field_type) {
    if (name.empty()) throw Error(Fault::config, "a field needs a name");
    parts_->campaign.add_field(name, field_type);
}

void Simulation::change_field(FieldChange change, const std::string& name, const std::string& to) {
    if (change != FieldChange::removed && to.empty())
        throw Error(Fault::config, "the field's new name or type is missing");
    parts_->campaign.change_field(change, name, to);
}

Stats Simulation::stats() const { return parts_->api.stats(); }

void Simulation::reset_stats() { parts_->api.reset_stats(); }

std::vector<RequestLine> Simulation::requests() const { return parts_->api.requests(); }

void Simulation::truth(std::string_view table, const TruthOptions& options,
                       const std::function<void(std::string_view row)>& row) const {
    auto state = parts_->campaign.begin_truth(table, options);
    std::string lines;
    for (bool more = true; more;) {
        lines.clear();
        more = parts_->campaign.next_truth(state, lines);
        std::string_view rest = lines;
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            row(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
    }
}

std::vector<std::string> Simulation::deleted() const { return parts_->campaign.deleted(); }

}  // namespace ringtail::sim
