// Deliveries to a web service: the real program, a stand-in campaign and a stand-in receiver, all
// on this machine; each acknowledgement on disk (synchronous=FULL), no rate limit. Usage:
// bench_webhook [contacts] [deliveries of a round] [deliveries waiting] [rounds]
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "child.hpp"
#include "control/outbox.hpp"
#include "sim/receiver.hpp"
#include "support/process.hpp"
#include "timing.hpp"
#include "webhook_bare.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;
using Clock = std::chrono::steady_clock;

constexpr const char* kCampaign = "ZX5CAMP9W2K7RTLB";
constexpr const char* kOther = "OTHERCAMPAIGN000";

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

// A receiver that notes when posts came.
class Watched {
  public:
    Watched() {
        receiver_.on_post([this](const sim::Post&) {
            const auto now = Clock::now();
            const std::lock_guard lock(mutex_);
            if (count_++ == 0) first_ = now;
            last_ = now;
            changed_.notify_all();
        });
    }
    std::string url() const { return receiver_.url(); }
    void hang() { receiver_.add_fault({"hang"}); }
    // Until so many posts have come.
    void wait_for(std::size_t count, test::Process& process) {
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, std::chrono::seconds(5), [&] { return count_ >= count; })) {
            if (process.ended_within(std::chrono::milliseconds(0)))
                throw std::runtime_error("ringtail ended early: " + process.err_so_far());
        }
    }
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    Clock::time_point first() const {
        const std::lock_guard lock(mutex_);
        return first_;
    }
    double per_second() const {
        const std::lock_guard lock(mutex_);
        return static_cast<double>(count_ - 1) / seconds_between(first_, last_);
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t count_ = 0;
    Clock::time_point first_, last_;
    sim::Receiver receiver_{false};
};

class Bench {
  public:
    Bench() { std::ofstream(folder_.path() + "/token") << "bench\n"; }

    void header() const {
        fmt::print("{:<70}{:>14}{:>10}{:>8}  {}\n", "", "deliveries/s", "peak MB", "ratio",
                   "target");
    }

    // From an empty outbox: campaign, outbox, receiver, marks.
    void end_to_end(unsigned contacts) {
        const Sim sim({"--contacts", std::to_string(contacts), "--gzip", "off"});
        Watched receiver;
        const Measured m =
            measure(words(kCampaign, sim, receiver, fresh(), {"--since", "2000-01-01", "--once"}));
        if (m.code != 0 && m.code != 3) throw std::runtime_error("ringtail failed: " + m.out);
        const auto count = static_cast<double>(receiver.count());
        line(fmt::format("{} contacts, {} deliveries, start to end", contacts, receiver.count()),
             count / m.wall_s, m.peak_mb, 0, "2,000/s");
    }

    // What waits in an outbox, by ringtail and by the bare program in turns.
    void against_bare(std::size_t deliveries, unsigned rounds) {
        std::vector<double> ours, bare;
        for (unsigned round = 0; round < rounds; ++round) {
            ours.push_back(drain(deliveries, false));
            const std::string path = fresh();
            BarePoster poster(path, deliveries, delivery_body());
            Watched receiver;
            poster.post_all(receiver.url());
            bare.push_back(receiver.per_second());
        }
        line(fmt::format("{} waiting; ratio to the bare program's {:.0f}/s", deliveries,
                         median(bare)),
             median(ours), 0, median(ours) / median(bare), "");
    }

    // Another stream of the same outbox file, in a process of its own, whose receiver hangs.
    void beside_a_hanging_one(std::size_t deliveries, unsigned rounds) {
        std::vector<double> alone, beside;
        for (unsigned round = 0; round < rounds; ++round) {
            alone.push_back(drain(deliveries, false));
            beside.push_back(drain(deliveries, true));
        }
        line(fmt::format("the same beside a stream whose receiver hangs; alone {:.0f}/s",
                         median(alone)),
             median(beside), 0, median(beside) / median(alone), "0.95");
    }

    void many_waiting(std::size_t deliveries) {
        const std::string outbox = fresh();
        fill(outbox, kCampaign, deliveries);
        const Sim sim({"--contacts", "1"});
        Watched receiver;
        const auto start = Clock::now();
        test::Process process(words(kCampaign, sim, receiver, outbox, {}), {}, folder_.path());
        receiver.wait_for(std::min<std::size_t>(deliveries, 100'000), process);
        const double rate = receiver.per_second();
        const double peak = peak_mb(process.pid());
        process.send(SIGTERM);
        process.wait();
        line(fmt::format("{} waiting: first POST after {:.2f} s (target 2 s), the next 100,000",
                         deliveries, seconds_between(start, receiver.first())),
             rate, peak, 0, "100 MB");
    }

  private:
    static void line(const std::string& what, double rate, double peak, double ratio,
                     const char* target) {
        fmt::print("{:<70}{:>14.0f}{:>10}{:>8}  {}\n", what, rate,
                   peak > 0 ? fmt::format("{:.0f}", peak) : "",
                   ratio > 0 ? fmt::format("{:.2f}", ratio) : "", target);
        std::fflush(stdout);
    }

    static std::string contact_json() {
        return fmt::format(R"({{"$id":"x","f":"{:x>1000}"}})", "");
    }
    static std::string transaction_json(std::size_t i) {
        return fmt::format(R"({{"fired":"2024-03-05T10:03:27.481Z","n":{},"f":"{:x>400}"}})", i,
                           "");
    }
    static std::string delivery_body() {
        return fmt::format(R"({{"contact":{},"state":"new","transaction":{}}})", contact_json(),
                           transaction_json(1));
    }

    std::string fresh() {
        const std::string path = folder_.path() + "/outbox.db";
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
        return path;
    }

    static void fill(const std::string& path, const std::string& campaign, std::size_t deliveries) {
        control::Outbox outbox(path, "dialfire/" + campaign + "/webhook");
        const Instant now = SystemClock().now();
        outbox.since(now, now);
        const std::string contact = contact_json();
        constexpr std::size_t kAtOnce = 20'000;
        for (std::size_t i = 0; i < deliveries;) {
            sqlite::Transaction transaction(outbox.db(), sqlite::Transaction::Kind::write);
            for (const auto end = std::min(deliveries, i + kAtOnce); i < end; ++i) {
                outbox.enqueue(fmt::format("{:032x}", i * 0x9E3779B97F4A7C15U),
                               fmt::format("C{}", i), "2024-03-05T10:03:27.481Z", contact,
                               transaction_json(i), now);
            }
            transaction.commit();
        }
    }

    std::vector<std::string> words(const std::string& campaign, const Sim& sim,
                                   const Watched& receiver, const std::string& outbox,
                                   const std::vector<std::string>& further) const {
        std::vector<std::string> words{sibling("ringtail"),
                                       "sync",
                                       "--from",
                                       "dialfire://" + campaign,
                                       "--to",
                                       receiver.url(),
                                       "--api",
                                       sim.url(),
                                       "--token-file",
                                       folder_.path() + "/token",
                                       "--state",
                                       outbox,
                                       "--rate",
                                       "off"};
        words.insert(words.end(), further.begin(), further.end());
        return words;
    }

    // Deliveries a second.
    double drain(std::size_t deliveries, bool beside_hanging) {
        const std::string outbox = fresh();
        fill(outbox, kCampaign, deliveries);
        fill(outbox, kOther, deliveries);
        const Sim sim({"--contacts", "1"}), other({"--contacts", "1", "--campaign", kOther});
        Watched receiver, silent;
        silent.hang();
        std::optional<test::Process> hanging;
        if (beside_hanging) {
            hanging.emplace(words(kOther, other, silent, outbox, {}),
                            std::map<std::string, std::string>(), folder_.path());
            silent.wait_for(16, *hanging);
        }
        test::Process process(words(kCampaign, sim, receiver, outbox, {"--once"}), {},
                              folder_.path());
        const auto done = process.wait();
        if (done.code != 0 || receiver.count() != deliveries)
            throw std::runtime_error("ringtail failed: " + done.err);
        return receiver.per_second();
    }

    static double peak_mb(int pid) {
        std::ifstream status(fmt::format("/proc/{}/status", pid));
        for (std::string word; status >> word;) {
            double kilobytes = 0;
            if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
        }
        return 0;
    }

    test::TemporaryFolder folder_;
};

}  // namespace

int main(int count, char** words) {
    const auto number = [&](int place, unsigned otherwise) {
        return count > place ? static_cast<unsigned>(std::stoul(words[place])) : otherwise;
    };
    Bench bench;
    bench.header();
    bench.end_to_end(number(1, 10'000));
    const unsigned rounds = number(4, 3);
    bench.against_bare(number(2, 30'000), rounds);
    bench.beside_a_hanging_one(number(2, 30'000), rounds);
    bench.many_waiting(number(3, 1'000'000));
}
