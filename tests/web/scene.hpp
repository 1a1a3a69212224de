#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "control/store.hpp"
#include "support/process.hpp"
#include "support/raw_http.hpp"
#include "web/actions.hpp"
#include "web/web_server.hpp"

namespace ringtail::test {

// Knows one kind of source, whose settings must not hold "bad".
class FakeActions final : public web::Actions {
  public:
    explicit FakeActions(control::Store& store) : store_(store) {}

    std::int64_t add_source(const control::SourceRecord& source,
                            const std::string& secret) override;
    void edit_source(const control::SourceRecord& source) override;
    Verdict check_source(const control::SourceRecord& source) override;
    std::vector<TableInfo> tables(const control::SourceRecord& source) override;
    control::JobRecord planned(control::JobRecord job) override;
    // A report whose settings hold "less" takes something away.
    Change change(const std::string& before, const control::JobRecord& job) override;
    std::string shown_url(const std::string& url) override;
    void wake() override { ++wakes; }
    void hooks_came() override { ++wakes; }

    std::atomic<int> wakes{0};

  private:
    control::Store& store_;
};

// A web server on a new store, with destination d1, source s1 and its job 1.
struct WebScene {
    // `keep_in`: an empty folder that stays; "": one of its own. `options` may name the inbox.
    explicit WebScene(web::WebOptions options = {}, const std::string& keep_in = {});

    RawReply call(std::string_view method, std::string_view target, std::string_view body = {},
                  std::string_view key = {}, std::vector<std::string> headers = {}) const;
    RawReply hook(std::string_view body) const;

    TemporaryFolder own_folder;
    std::string folder, inbox;
    SystemClock clock;
    std::unique_ptr<Logger> log = make_null_logger();
    Metrics metrics;
    control::Store store{control::StoreFiles::in(folder)};
    FakeActions actions{store};
    std::string read_key, manage_key, token;
    std::int64_t source = 0, job = 0;
    std::unique_ptr<web::WebServer> server;
};

}  // namespace ringtail::test
