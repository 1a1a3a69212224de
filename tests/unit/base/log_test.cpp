#include "base/log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.hpp"

namespace ringtail {
namespace {

class LogTest : public testing::Test {
  protected:
    LogTest() {
        std::string name =
            (std::filesystem::temp_directory_path() / "ringtail-log-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        folder_ = name;
        options_.file = (folder_ / "log").string();
        options_.console = false;
    }
    ~LogTest() override { std::filesystem::remove_all(folder_); }
    std::string text() const {
        std::ifstream file(options_.file);
        std::ostringstream out;
        out << file.rdbuf();
        return out.str();
    }

    std::filesystem::path folder_;
    LogOptions options_;
};

TEST_F(LogTest, WritesAtOnceWhatTheLevelAdmits) {
    options_.level = LogLevel::notice;
    const auto log = make_logger(options_);
    log->write(LogLevel::notice, "one {} %s");
    log->info("two");
    log->error("three");
    const std::string all = text();
    EXPECT_NE(all.find("Z info     one {} %s\n"), std::string::npos) << all;
    EXPECT_EQ(all.find("two"), std::string::npos);
    EXPECT_NE(all.find("Z error    three\n"), std::string::npos) << all;
}

TEST_F(LogTest, TheFileIsItsOwnersOnlyAndIsContinued) {
    make_logger(options_)->info("first");
    make_logger(options_)->info("second");
    struct stat status {};
    ASSERT_EQ(::stat(options_.file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_NE(text().find("first"), std::string::npos);
    EXPECT_NE(text().find("second"), std::string::npos);
}

TEST_F(LogTest, AFileThatCannotBeWrittenIsNamed) {
    options_.file = (folder_ / "no/such/folder").string();
    try {
        make_logger(options_);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        EXPECT_NE(std::string(error.what()).find(options_.file), std::string::npos);
    }
}

}  // namespace
}  // namespace ringtail
