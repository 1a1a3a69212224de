#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "e2e/stage.hpp"
#include "support/postgres_server.hpp"

// A canary stands for the token and one for the password; neither may be seen anywhere.
namespace ringtail::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kToken = "canary-token-4711";

std::string all_files_below(const std::string& folder) {
    std::string text;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file() || entry.path().extension() != ".log") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        text.append(std::istreambuf_iterator<char>(file), {});
    }
    return text;
}

void expect_silent(const Stage& stage, const test::Outcome& outcome) {
    const std::string logs = all_files_below(stage.path(""));
    for (const std::string& canary : {kToken, test::PostgresServer::password()}) {
        EXPECT_THAT(outcome.out, Not(HasSubstr(canary)));
        EXPECT_THAT(outcome.err, Not(HasSubstr(canary)));
        EXPECT_THAT(logs, Not(HasSubstr(canary)));
    }
}

sim::Simulation secret_campaign(std::uint32_t contacts = 20) {
    sim::Options options = small_campaign(contacts);
    options.token = kToken;
    return sim::Simulation(options);
}

TEST(Secrets, ARunThatGoesWellAndSaysAll) {
    const auto campaign = secret_campaign();
    auto& server = test::PostgresServer::shared();
    const std::string url = server.url(server.create_database());
    ASSERT_THAT(url, HasSubstr(test::PostgresServer::password()));
    const Stage stage;
    for (const Words& more : {Words{"--l", "5"}, Words{"--v"}, Words{"--output", "json"}}) {
        Words words = dbsync2_words(campaign, "db_init", more);
        words.insert(words.end(), {"--url", url});
        const auto outcome = stage.run_as("dbsync2", words);
        EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
        expect_silent(stage, outcome);
    }
    EXPECT_THAT(all_files_below(stage.path("")),
                HasSubstr("postgres://"));  // there was something to hide
    const auto sync = stage.run(sync_words(campaign, {"--once", "--to", url, "--log-file", "x.log",
                                                      "--log-level", "debug"}),
                                token_of(campaign));
    EXPECT_EQ(sync.code, 0) << sync.err;
    expect_silent(stage, sync);
}

TEST(Secrets, RunsThatFail) {
    const auto campaign = secret_campaign();
    const std::string password = test::PostgresServer::password();
    const Stage stage;
    const std::vector<std::string> urls{
        "postgres://u:" + password + "@127.0.0.1:1/db",  // nobody listens
        "postgres://u:" + password + "@/host@127.0.0.1:1/db",
        "postgres://u:" + password + "@127.0.0.1:99999/db",
        "mysql://u:" + password + "@h/db",
        "oracle://u:" + password + "@h/db",
        "u:" + password + "@h/db",
        "postgres://127.0.0.1:1/db?user=u&password=" + password,
    };
    for (const std::string& url : urls) {
        Words words = dbsync2_words(campaign, "db_init", {"--l", "5", "--url", url});
        const auto old_form = stage.run_as("dbsync2", words);
        EXPECT_EQ(old_form.code, 1) << url << old_form.out;
        expect_silent(stage, old_form);
        for (const auto* command : {"sync", "check"}) {
            words = sync_words(campaign, {"--once", "--to", url});
            words.front() = command;
            const auto outcome = stage.run(words, token_of(campaign));
            EXPECT_NE(outcome.code, 0) << url;
            expect_silent(stage, outcome);
        }
    }
}

TEST(Secrets, WordsInTheWrongPlace) {
    const Stage stage;
    const std::string url = "postgres://u:" + test::PostgresServer::password() + "@h/db";
    const std::vector<Words> cases{
        {"dbsync2", "--c", "CAMP", kToken},
        {"dbsync2", "--token=" + kToken},
        {"dbsync2", "--c", "CAMP", "--url", url},
        {"dbsync2", "--urll", url},
        {"dbsync2", "--s", url},
        {"dbsync2", url},
        {"sync", "--from", url},
        {"sync", "--token", kToken},
        {"sync", "--from", "dialfire://" + kToken + "@CAMP"},
        {"sync", "--to", url, kToken},
    };
    for (const Words& words : cases) {
        const auto outcome = stage.run(words, {{"RINGTAIL_TOKEN", kToken}});
        EXPECT_NE(outcome.code, 0);
        expect_silent(stage, outcome);
    }
}

TEST(Secrets, TheVisibleCommandLineIsOverwritten) {
    auto campaign = secret_campaign();
    hang_the_list(campaign);
    const Stage stage;
    auto& server = test::PostgresServer::shared();
    const std::string url = server.url(server.create_database());
    Words words = dbsync2_words(campaign, "db_sync", {"--output", "json", "--url", url});
    words.insert(words.begin(), "dbsync2");
    const auto process = stage.start(words);
    wait_for_output(*process, R"("event":"start")");
    std::ifstream file("/proc/" + std::to_string(process->pid()) + "/cmdline", std::ios::binary);
    const std::string visible{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(visible, HasSubstr("db_sync"));
    EXPECT_THAT(visible, Not(HasSubstr(kToken)));
    EXPECT_THAT(visible, Not(HasSubstr(test::PostgresServer::password())));
    process->send(SIGTERM);
    expect_silent(stage, process->wait(std::chrono::seconds(20)));
}

}  // namespace
}  // namespace ringtail::e2e
