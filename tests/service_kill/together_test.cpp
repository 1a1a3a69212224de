#include <fmt/core.h>
#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "service/file_rows.hpp"
#include "service/scene.hpp"

// kill -9 while webhooks of several sources are loaded in one transaction.
namespace ringtail::service {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

// The rows of one account in tables that several fill.
class AccountRows final : public test::CallTables {
  public:
    AccountRows(std::string file, std::size_t account)
        : rows_(std::move(file)), account_(account) {}
    std::vector<test::Texts> rows(const std::string& select) override { return rows_.rows(select); }
    std::string table(const std::string& name) const override {
        if (!name.starts_with("callkeeper_")) return name;
        return fmt::format("(SELECT * FROM {} WHERE account_id = {})", name, account_);
    }

  private:
    FileRows rows_;
    const std::size_t account_;
};

class Together : public testing::Test {
  protected:
    // Sends each account's webhooks over and over, in another form each time.
    void send() {
        for (std::size_t i = 0; i < kAccounts; ++i) {
            senders_.emplace_back([this, i, address = scene_.hook_address(name(i))] {
                sim::HookOptions options{.url = address, .per_second = 100, .attempts = 1'000'000};
                for (int round = 0; round == 0 || !done_; ++round) {
                    options.format = round % 2 == 0 ? "json" : "form";
                    calls_[i].send_hooks(options);
                }
            });
        }
    }
    static std::string name(std::size_t i) { return fmt::format("office{}", i + 1); }
    std::string file(const std::string& file, const std::string& select) const {
        return FileRows(scene_.stage.path("data/" + file)).rows(select).at(0).at(0);
    }

    static constexpr std::size_t kAccounts = 3;
    std::array<sim::CallKeeper, kAccounts> calls_{sim::CallKeeper(small_account(2, 100)),
                                                  sim::CallKeeper(small_account(2, 100)),
                                                  sim::CallKeeper(small_account(2, 100))};
    Scene scene_;
    std::atomic<bool> done_{false};
    std::vector<std::jthread> senders_;
};

TEST_F(Together, NothingIsMissingOfAnySource) {
    for (std::size_t i = 0; i < kAccounts; ++i) {
        scene_.add_callkeeper(calls_[i], name(i), {"--settle", "off"});
        scene_.run({"job", "edit", name(i), "--schedule", "manual"});
    }
    scene_.serve();  // so that the port is known
    send();
    scene_.stop(10s);
    for (const char* place :
         {"checkpoint_read:3", "hooks_taken:2", "stage_sent:2", "merge_done:2", "commit_sent:2",
          "commit_done:1", "commit_done:2", "hooks_dropping:2", "run_ending:2", "run_finishing"}) {
        scene_.start({}, {{"RINGTAIL_FAILPOINT", place}});
        ASSERT_EQ(scene_.process().wait(60s).signal, SIGKILL) << place;
    }
    scene_.serve();
    done_ = true;
    senders_.clear();
    for (std::size_t i = 0; i < kAccounts; ++i) scene_.run({"run", name(i)});
    scene_.wait("all is loaded", [&] {
        return file("control.db", "SELECT count(*) FROM runs WHERE ended IS NULL") == "0" &&
               file("inbox.db", "SELECT count(*) FROM hooks") == "0";
    });
    for (std::size_t i = 0; i < kAccounts; ++i) {
        AccountRows tables(scene_.stage.path("data/calls.db"), i + 1);
        EXPECT_THAT(test::differences(calls_[i], tables, {.hooks = true}, test::Shared::more),
                    IsEmpty())
            << name(i);
    }
    EXPECT_EQ(file("control.db", "SELECT count(*) FROM runs WHERE state = 'failed'"), "0");
}

}  // namespace
}  // namespace ringtail::service
