// Webhooks of 1.5 KB, each answered after it is on disk: as many as go in, and the waits at 2,000 a
// second, alone and beside a crowd of idle and slow connections. Beside it a bare program that
// appends the same bodies to SQLite in groups of the same size.
#include <fmt/core.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "base/error.hpp"
#include "hook_senders.hpp"
#include "json/document.hpp"
#include "support/process.hpp"
#include "support/raw_http.hpp"
#include "web/web_server.hpp"

namespace ringtail::bench {
namespace {

class NoActions final : public web::Actions {
  public:
    std::int64_t add_source(const control::SourceRecord&, const std::string&) override { return 0; }
    void edit_source(const control::SourceRecord&) override {}
    Verdict check_source(const control::SourceRecord&) override { return {}; }
    std::vector<TableInfo> tables(const control::SourceRecord&) override { return {}; }
    control::JobRecord planned(control::JobRecord job) override { return job; }
    Change change(const std::string&, const control::JobRecord&) override { return {}; }
    std::string shown_url(const std::string& url) override { return url; }
    void wake() override {}
    void hooks_came() override {}
};

// The service in a process of its own, without workers; says port and token.
struct Service {
    pid_t process = -1;
    std::uint16_t port = 0;
    std::string token;

    explicit Service(const std::string& folder) {
        int pipe[2];
        if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
        process = ::fork();
        if (process == 0) serve(folder, pipe[1]);
        ::close(pipe[1]);
        FILE* from = ::fdopen(pipe[0], "r");
        char text[200];
        int number = 0;
        if (std::fscanf(from, "%d %199s", &number, text) != 2)
            throw std::runtime_error("the service did not start");
        std::fclose(from);
        port = static_cast<std::uint16_t>(number);
        token = text;
    }
    ~Service() {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    [[noreturn]] static void serve(const std::string& folder, int pipe) {
        SystemClock clock;
        const auto log = make_logger({});
        Metrics metrics;
        control::Store store(control::StoreFiles::in(folder));
        NoActions actions;
        control::SourceRecord record;
        record.name = "bench";
        record.destination = store.destinations().add("d", "sqlite:x", "sqlite:x", clock.now());
        const auto source = store.sources().add(record, "a secret of no account", clock.now());
        web::WebOptions options;
        options.inbox = folder + "/inbox.db";
        options.server.max_connections = 1'200;
        options.hooks.read = [](std::string_view, std::string_view, std::string_view body) {
            if (!JsonDocument(body).root().find("id").exists())
                throw Error(Fault::data, "it has no id");
        };
        const web::WebServer server(std::move(options), {store, actions, metrics, clock, *log});
        const auto line = fmt::format("{} {}\n", server.port(),
                                      store.sources().hook_tokens(source, clock.now()).now);
        if (::write(pipe, line.data(), line.size()) < 0) std::exit(1);
        ::close(pipe);
        for (;;) ::pause();
    }

    double metric(const std::string& name) const {
        const auto text = test::fetch(port, "GET", "/metrics").body;
        const auto at = text.find("\n" + name + " ");
        return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
    }
};

std::string hook_body() {
    std::string body =
        R"({"id":123456789,"hook_event":"Call is over","phone1":"+74950000000","x":")";
    body.append(1'500 - body.size() - 2, 'x');
    return body + "\"}";
}

std::string request_of(const Service& service, const std::string& body) {
    return fmt::format(
        "POST /hooks/callkeeper/{} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        service.token, body.size(), body);
}

void check(sqlite3* db, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db));
}

// Hooks a second that a bare program stores.
double bare(const std::string& path, const std::string& body, std::size_t group,
            std::chrono::seconds time) {
    sqlite3* db = nullptr;
    check(db, sqlite3_open(path.c_str(), &db));
    check(db, sqlite3_exec(db,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE hooks "
                           "(number INTEGER PRIMARY KEY AUTOINCREMENT, source, received, body)",
                           nullptr, nullptr, nullptr));
    sqlite3_stmt* insert = nullptr;
    check(db, sqlite3_prepare_v2(db, "INSERT INTO hooks (source, received, body) VALUES (1, 1, ?1)",
                                 -1, &insert, nullptr));
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t stored = 0;
    std::chrono::duration<double> passed{0};
    while (passed < time) {
        check(db, sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (std::size_t i = 0; i < group; ++i) {
            sqlite3_bind_blob(insert, 1, body.data(), static_cast<int>(body.size()), nullptr);
            check(db, sqlite3_step(insert));
            sqlite3_reset(insert);
        }
        check(db, sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr));
        stored += group;
        passed = std::chrono::steady_clock::now() - begin;
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return static_cast<double>(stored) / passed.count();
}

float percentile(std::vector<float>& waits, double part) {
    if (waits.empty()) return 0;
    const auto at =
        waits.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(waits.size() - 1));
    std::nth_element(waits.begin(), at, waits.end());
    return *at;
}

void print(const char* what, Sending sending) {
    fmt::print("{:<44} {:>8.0f}/s  p50 {:>6.1f} ms  p99 {:>6.1f} ms  max {:>6.1f} ms  refused {}\n",
               what, static_cast<double>(sending.answered) / sending.seconds,
               percentile(sending.waits_ms, 0.5), percentile(sending.waits_ms, 0.99),
               percentile(sending.waits_ms, 1), sending.refused);
}

void run(std::chrono::seconds time) {
    test::TemporaryFolder folder;
    const auto body = hook_body();
    double most = 0;
    std::size_t group = 1;
    {
        const Service service(folder.path());
        const auto request = request_of(service, body);
        send_hooks(service.port, request, 8, 0, std::chrono::seconds(1));  // warm
        const double commits = service.metric("ringtail_hook_commits_total");
        auto sending = send_hooks(service.port, request, 64, 0, time);
        const double made = service.metric("ringtail_hook_commits_total") - commits;
        most = static_cast<double>(sending.answered) / sending.seconds;
        group = std::max<std::size_t>(
            1,
            static_cast<std::size_t>(static_cast<double>(sending.answered) / std::max(1.0, made)));
        print("as many as go in, 64 connections", std::move(sending));
        print("2,000 a second", send_hooks(service.port, request, 64, 2'000, time));
        const Crowd crowd(service.port, 1'000, 10);
        print("2,000 a second, 1,000 idle and 10 slow others",
              send_hooks(service.port, request, 64, 2'000, time));
    }
    const double plain = bare(folder.path() + "/bare.db", body, group, time / 2);
    fmt::print("{:<44} {:>8.0f}/s  in groups of {}; ratio {:.2f}\n", "bare SQLite", plain, group,
               most / plain);
}

}  // namespace
}  // namespace ringtail::bench

// bench_hooks [SECONDS]: of each part; 10 when not given, 60 for the figures of docs/guarantees.md.
int main(int count, char** words) try {
    ringtail::bench::run(std::chrono::seconds(count > 1 ? std::atoi(words[1]) : 10));
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
