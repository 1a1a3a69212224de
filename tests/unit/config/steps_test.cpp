#include "config/steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "checks.hpp"

namespace ringtail::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const char* const kFile = R"(
[destination.reports]
url = "sqlite:///calls.db"
[source.shop]
kind = "callkeeper"
key_env = "SHOP_KEY"
destination = "reports"
zone = "Europe/Moscow"
[source.shop.job.nightly]
schedule = "every 15m"
)";

class Steps : public ::testing::Test {
  protected:
    Steps() {
        std::string name = ::testing::TempDir() + "ringtail-config-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        store_ = std::make_unique<control::Store>(control::StoreFiles::in(folder_));
    }
    ~Steps() override {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::vector<Step> to(const std::string& text, bool prune = false) {
        return steps_to(read(text), *store_, checks_, prune, now_);
    }
    void apply(const std::string& text, bool prune = false) {
        for (const Step& step : to(text, prune))
            if (step.make) step.make();
    }
    std::vector<std::string> lines(const std::string& text, bool prune = false) {
        std::vector<std::string> out;
        for (const Step& step : to(text, prune))
            out.push_back(std::string(name_of(step.kind)) + " " + step.what +
                          (step.detail.empty() ? "" : ": " + step.detail));
        return out;
    }

    std::string folder_;
    std::unique_ptr<control::Store> store_;
    Checks checks_ = test_checks();
    Instant now_{std::chrono::hours(24 * 365 * 50)};
};

TEST_F(Steps, BringTheStoreToWhereTheFileIsAndThenThereAreNone) {
    EXPECT_THAT(lines(kFile), ElementsAre("add destination reports: sqlite:///calls.db",
                                          "add source shop: callkeeper, into reports",
                                          "add job shop/nightly: load, every 15m"));
    apply(kFile);
    EXPECT_THAT(lines(kFile), IsEmpty());
    const auto source = store_->sources().get("shop");
    EXPECT_EQ(store_->sources().secret(source.number), "0123456789abcdef");
    EXPECT_EQ(source.settings, R"({"zone":"Europe/Moscow"})");
    const auto job = store_->jobs().find(source.number, "nightly");
    ASSERT_TRUE(job);
    EXPECT_EQ(job->next_due, now_ + std::chrono::minutes(15));
}

TEST_F(Steps, TellWhatChangesMemberByMember) {
    apply(kFile);
    std::string changed = kFile;
    changed.replace(changed.find("Europe/Moscow"), 13, "UTC");
    changed.replace(changed.find("every 15m"), 9, "manual");
    EXPECT_THAT(lines(changed),
                ElementsAre("change source shop: zone: \"Europe/Moscow\" → \"UTC\"",
                            "change job shop/nightly: schedule: every 15m → manual"));
    apply(changed);
    EXPECT_THAT(lines(changed), IsEmpty());
    EXPECT_FALSE(
        store_->jobs().find(store_->sources().get("shop").number, "nightly")->next_due.has_value());
}

TEST_F(Steps, LeaveWhatIsOnlyInTheStoreUnlessPruned) {
    apply(kFile);
    EXPECT_THAT(lines(""), ElementsAre("left job shop/nightly", "left source shop",
                                       "left destination reports"));
    apply("");
    EXPECT_TRUE(store_->sources().find("shop"));
    apply("", true);
    EXPECT_FALSE(store_->sources().find("shop"));
    EXPECT_FALSE(store_->destinations().find("reports"));
}

TEST_F(Steps, RefuseWhatCannotBeDone) {
    EXPECT_THROW(to("[source.a]\nkind = \"dialfire\"\nkey_env = \"SHOP_KEY\""), Error);
    EXPECT_THROW(to("[destination.default]\nurl = \"sqlite:x.db\"\n[source.a]\nkind = "
                    "\"dialfire\""),
                 Error);
    apply(kFile);
    std::string other = kFile;
    other.replace(other.find("callkeeper"), 10, "dialfire");
    EXPECT_THROW(to(other), Error);
}

TEST_F(Steps, AnExportIsReadAgainAsTheSameSetUp) {
    std::string file = kFile;
    file +=
        "last_days = 4\nenabled = false\nodd = { \"a b\" = [1, 2.5, \"ü\\n\\\"\"], c = true }\n";
    file += "[destination.secret]\nurl_file = \"url.txt\"\n";
    apply(file);
    std::string exported = write_set_up(*store_);
    EXPECT_THAT(exported, Not(HasSubstr("secret@")));
    EXPECT_THAT(exported, Not(HasSubstr("0123456789abcdef")));
    EXPECT_THAT(exported, HasSubstr("RINGTAIL_SHOP_KEY"));
    // Where the secrets are is the user's to say.
    const auto put = [&](const std::string& from, const std::string& to) {
        ASSERT_NE(exported.find(from), std::string::npos) << from;
        exported.replace(exported.find(from), from.size(), to);
    };
    put("RINGTAIL_SHOP_KEY", "SHOP_KEY");
    put("url_env = \"RINGTAIL_SECRET_URL\"", "url_file = \"url.txt\"");
    EXPECT_THAT(lines(exported), IsEmpty()) << exported;
}

TEST_F(Steps, SayWhatARuleDoesToTables) {
    const std::string report = std::string(kFile) + R"(
[source.shop.job.mine]
kind = "report"
fields = ["id"]
)";
    std::vector<std::string> asked;
    checks_.effect = [&](const std::string& before, const control::JobRecord& job) {
        asked.push_back(before);
        EXPECT_NE(job.source, 0);
        return Checks::Effect{{"t: column a is no longer filled"}, true};
    };
    apply(report);
    EXPECT_THAT(asked, IsEmpty()) << "the source is not there yet";
    EXPECT_THAT(to(report), IsEmpty());
    const auto steps = to(std::string(report) + "filter = \"id = 1\"\n");
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_THAT(asked, ElementsAre(HasSubstr("fields")));
    EXPECT_TRUE(steps[0].takes_away);
    EXPECT_THAT(steps[0].effects, ElementsAre("t: column a is no longer filled"));
    // What leaves the settings as they are is not asked.
    EXPECT_FALSE(to(report + "last_days = 9\n").at(0).takes_away);
    EXPECT_EQ(asked.size(), 1U);
}

}  // namespace
}  // namespace ringtail::config
