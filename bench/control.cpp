// The inbox and the control store on a real disk: webhooks of 1.5 KB in groups of a hundred, beside
// a bare file that is written and synced in the same groups; reading and dropping them; both at
// once; and the runs of 200 sources. The target is 20,000 hooks/s. Usage: bench_control [hooks]
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "control/inbox.hpp"
#include "control/store.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::control;
using Steady = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::size_t kGroup = 100;
constexpr std::size_t kHookBytes = 1'500;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string body() {
    std::string text(kHookBytes, 'x');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
    return text;
}

std::vector<Hook> group(const std::string& text) {
    std::vector<Hook> hooks;
    const Instant now = SystemClock().now();
    for (std::size_t i = 0; i < kGroup; ++i)
        hooks.push_back({static_cast<std::int64_t>(i % 5 + 1), now, "application/json", "", text});
    return hooks;
}

double bare(const std::string& path, std::size_t groups) {
    const std::string text(kGroup * kHookBytes, 'x');
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    const auto start = Steady::now();
    for (std::size_t i = 0; i < groups; ++i) {
        if (::write(file, text.data(), text.size()) < 0 || ::fdatasync(file) != 0) std::abort();
    }
    const double took = seconds_since(start);
    ::close(file);
    return static_cast<double>(groups * kGroup) / took;
}

double append(Inbox& inbox, std::size_t groups, std::vector<double>& waits) {
    const std::string text = body();
    const std::vector<Hook> hooks = group(text);
    const auto start = Steady::now();
    for (std::size_t i = 0; i < groups; ++i) {
        const auto one = Steady::now();
        inbox.append(hooks);
        waits.push_back(seconds_since(one) * 1e3);
    }
    return static_cast<double>(groups * kGroup) / seconds_since(start);
}

// Reads and drops until `hooks` have come.
double drain(Inbox& inbox, std::size_t hooks) {
    std::vector<InboxPosition> positions(6);
    const auto start = Steady::now();
    for (std::size_t seen = 0; seen < hooks;) {
        for (std::int64_t source = 1; source <= 5; ++source) {
            auto& position = positions[static_cast<std::size_t>(source)];
            const InboxPage page = inbox.take(source, position);
            position = page.after;
            seen += page.hooks.size();
            inbox.drop_loaded(source, position);
        }
    }
    return static_cast<double>(hooks) / seconds_since(start);
}

double quantile(std::vector<double> values, double part) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * part)];
}

void hooks_in_and_out(const std::string& folder, std::size_t hooks) {
    const std::size_t groups = hooks / kGroup;
    const double file = bare(folder + "/bare", groups);
    Inbox inbox(folder + "/inbox.db");
    std::vector<double> waits;
    double cpu = cpu_seconds();
    const double in = append(inbox, groups, waits);
    cpu = cpu_seconds() - cpu;
    fmt::print("append   {:8.0f} hooks/s  p50 {:.1f} ms  p99 {:.1f} ms  {:.1f} us of CPU a hook\n",
               in, quantile(waits, 0.5), quantile(waits, 0.99),
               cpu * 1e6 / static_cast<double>(groups * kGroup));
    fmt::print("bare     {:8.0f} hooks/s  ratio {:.2f}\n", file, in / file);
    fmt::print("drain    {:8.0f} hooks/s\n", drain(inbox, groups * kGroup));
    waits.clear();
    double both = 0;
    {
        const std::jthread reader([&] {
            Inbox second(folder + "/inbox.db");
            drain(second, groups * kGroup);
        });
        both = append(inbox, groups, waits);
    }
    fmt::print("append while it is drained {:8.0f} hooks/s  p99 {:.1f} ms\n", both,
               quantile(waits, 0.99));
}

void runs(const std::string& folder) {
    constexpr int kSources = 200;
    Store store(StoreFiles::in(folder));
    const Instant now = SystemClock().now();
    SourceRecord source;
    source.destination = store.destinations().add("here", "sqlite:///a.db", "a.db", now);
    for (int i = 0; i < kSources; ++i) {
        source.name = fmt::format("s{}", i);
        JobRecord job;
        job.source = store.sources().add(source, "a key", now);
        job.name = "load";
        job.next_due = now;
        store.jobs().add(job, now);
    }
    {
        // A day of the past: what is open must be found without looking through it.
        sqlite::Connection db(folder + "/control.db");
        db.run(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 288000) "
            "INSERT INTO runs (source, job, kind, state, queued, not_before, started, ended) "
            "SELECT 1 + i % 200, 1 + i % 200, 'load', 'done', i, i, i, i FROM n");
    }
    const double cpu = cpu_seconds();
    const auto start = Steady::now();
    store.runs().recover_crashed(now);
    std::vector<DueRun> due;
    for (const JobRecord& job : store.jobs().due(now)) due.push_back({{.job = job.number}, now});
    store.runs().enqueue_due(due, now);
    while (const auto run = store.runs().claim("host/boot/ns/1/2", now)) {
        store.runs().beat(*run, {}, now);
        store.runs().finish(*run, {}, now);
    }
    fmt::print("runs of {} sources: {:.0f} ms, {:.0f} ms of CPU\n", kSources,
               seconds_since(start) * 1e3, (cpu_seconds() - cpu) * 1e3);
}

}  // namespace

int main(int count, char** words) {
    const std::size_t hooks = count > 1 ? static_cast<std::size_t>(std::atoll(words[1])) : 100'000;
    std::string folder = (fs::current_path() / "bench_control.XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    hooks_in_and_out(folder, hooks);
    runs(folder);
    fs::remove_all(folder);
    return 0;
}
