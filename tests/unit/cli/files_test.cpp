#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/time_text.hpp"
#include "cli/logs.hpp"
#include "cli/old_state.hpp"
#include "support/process.hpp"
#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

namespace fs = std::filesystem;

Environment home(std::string root, std::optional<std::string> folder) {
    return [=](std::string_view name) -> std::optional<std::string> {
        if (name == "RINGTAIL_ROOT") return root;
        if (name == "HOME") return folder;
        return std::nullopt;
    };
}

void write(const std::string& path, std::string_view text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
}

std::string read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Heard final : public Logger {
  public:
    void write(LogLevel level, std::string_view message) override {
        if (level == LogLevel::warning) warnings.emplace_back(message);
    }
    std::vector<std::string> warnings;
};

TEST(LogFiles, Folders) {
    EXPECT_THAT(log_folders(home("", "/home/u")),
                ElementsAre("/var/log/dbsync", "/home/u/.dbsync/logs"));
    EXPECT_THAT(log_folders(home("/r", std::nullopt)), ElementsAre("/r/var/log/dbsync"));
}

TEST(LogFiles, Name) {
    EXPECT_THAT(log_file_name("CAMP", "db_sync", *parse_time("2024-03-05T12:00:00Z")),
                MatchesRegex("CAMP_db_sync_2024030[456][0-9]{6}\\.log"));
}

TEST(LogFiles, TheFirstFolderThatCanBeWrittenTo) {
    const test::TemporaryFolder folder;
    write(folder.path() + "/blocked", "a file where a folder should be");
    const auto path =
        place_log_file({folder.path() + "/blocked/dbsync", folder.path() + "/home/logs"}, "a.log");
    ASSERT_EQ(path, folder.path() + "/home/logs/a.log");
    EXPECT_EQ(fs::status(*path).permissions() & fs::perms::all,
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(place_log_file({folder.path() + "/home/logs"}, "a.log"),
              folder.path() + "/home/logs/a-2.log");
    EXPECT_EQ(place_log_file({folder.path() + "/blocked/x"}, "a.log"), std::nullopt);
}

TEST(RunLogger, ShowsWhatMattersAndWritesTheRest) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path() + "/x.log";
    std::vector<std::string> shown;
    {
        const auto log = make_run_logger(
            path, LogLevel::info,
            [&](LogLevel, std::string_view message) { shown.emplace_back(message); },
            LogLevel::warning);
        log->debug("one");
        log->info("two");
        log->warning("three");
        log->error("four");
    }
    EXPECT_THAT(shown, ElementsAre("three", "four"));
    const std::string text = read(path);
    EXPECT_THAT(text, testing::Not(HasSubstr("one")));
    for (const auto* word : {"two", "three", "four"}) EXPECT_THAT(text, HasSubstr(word));
}

TEST(OldState, Texts) {
    EXPECT_EQ(parse_old_state(R"({"timestamp":"2024-03-05T11:00:00.000Z"})"),
              "2024-03-05T11:00:00.000Z");
    EXPECT_EQ(parse_old_state("{ \"timestamp\" : \"2024-03-05T11:00:00\" }\n"),
              "2024-03-05T11:00:00.000Z");
    for (const auto* damaged : {"", "{}", R"({"timestamp":""})", R"({"timestamp":"2024-)",
                                R"({"timestamp":"2024-03-05T11:00:00.000Z")", R"({"timestamp":12})",
                                R"({"timestamp":"2024-03-05"}x)"}) {
        EXPECT_EQ(parse_old_state(damaged), std::nullopt) << damaged;
    }
}

TEST(OldState, TheFirstFileThatIsThere) {
    const test::TemporaryFolder folder;
    const auto files = state_files(home(folder.path(), folder.path() + "/home"), "CAMP");
    ASSERT_THAT(files, ElementsAre(folder.path() + "/var/opt/dbsync2/CAMP.json",
                                   folder.path() + "/home/.dbsync2/CAMP.json"));
    Heard log;
    EXPECT_EQ(read_old_state(files, log), std::nullopt);
    write(files[1], R"({"timestamp":"2021-01-01T00:00:00.000Z"})");
    EXPECT_EQ(read_old_state(files, log), "2021-01-01T00:00:00.000Z");
    write(files[0], R"({"timestamp":"2022-02-02T00:00:00.000Z"})");
    EXPECT_EQ(read_old_state(files, log), "2022-02-02T00:00:00.000Z");
    EXPECT_THAT(log.warnings, IsEmpty());
}

TEST(OldState, ADamagedFileIsWarnedOf) {
    const test::TemporaryFolder folder;
    const auto files = state_files(home(folder.path(), std::nullopt), "CAMP");
    write(files.at(0), R"({"timest)");
    Heard log;
    EXPECT_EQ(read_old_state(files, log), std::nullopt);
    EXPECT_THAT(log.warnings, ElementsAre(HasSubstr("CAMP.json is damaged")));
}

}  // namespace
}  // namespace ringtail::cli
