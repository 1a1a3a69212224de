#include <cstdlib>
#include <memory>
#include <vector>

#include "cli/progress.hpp"
#include "cli/secrets.hpp"
#include "cli/summary.hpp"
#include "json/write.hpp"
#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

RunSummary example() {
    RunSummary summary;
    summary.tables = {{"df_contacts", 1'200, 1'000, 150, 50, 3, 0},
                      {"df_transactions", 12'345'678, 12'345'678, 0, 0, 0, 2}};
    summary.tally = {1'300, 90, 1'200, 8, 2, 4};
    summary.loads = 7;
    summary.rounds = 1;
    summary.elapsed = 10s;
    return summary;
}

TEST(Summary, NumbersAndTimes) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1,000");
    EXPECT_EQ(grouped(1'234'567), "1,234,567");
    EXPECT_EQ(in_words(840ms), "840 ms");
    EXPECT_EQ(in_words(4'230ms), "4.2 s");
    EXPECT_EQ(in_words(30s), "30 s");
    EXPECT_EQ(in_words(15min), "15 min");
    EXPECT_EQ(in_words(59'960ms), "60.0 s");
    EXPECT_EQ(in_words(185s), "3 min 05 s");
    EXPECT_EQ(in_words(2h + 7min + 59s), "2 h 07 min");
}

TEST(Summary, Text) {
    const std::string text = summary_text(example());
    EXPECT_THAT(text,
                HasSubstr("df_contacts            1,200        1,000          150           50"));
    EXPECT_THAT(text, HasSubstr("12,345,678"));
    EXPECT_THAT(text,
                HasSubstr("listed 1,300 = 90 equal + 1,200 loaded + 8 gone + 2 rejected; 4 with "
                          "open calls"));
    EXPECT_THAT(text, HasSubstr("12,346,878 rows in 10 s (1,234,687 rows/s)"));
    EXPECT_THAT(text, HasSubstr("SELECT * FROM ringtail_rejects"));
    EXPECT_THAT(summary_text({}), HasSubstr("listed 0 = 0 equal + 0 loaded + 0 gone"));
}

TEST(Summary, Json) {
    EXPECT_EQ(
        summary_json(example(), "done"),
        R"({"event":"summary","outcome":"done","tables":[)"
        R"({"table":"df_contacts","read":1200,"inserted":1000,"updated":150,"unchanged":50,"rejected":3,"erased":0},)"
        R"({"table":"df_transactions","read":12345678,"inserted":12345678,"updated":0,"unchanged":0,"rejected":0,"erased":2}],)"
        R"("listed":1300,"equal":90,"loaded":1200,"gone":8,"rejected":2,"open":4,"rows":12346878,"elapsed_ms":10000,)"
        R"("rejects":3,"loads":7,"rounds":1,"failed_attempts":0})");
}

TEST(JsonText, EscapesAndNeverBreaksUtf8) {
    EXPECT_EQ(json_string("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
    EXPECT_EQ(json_string("ä😀"), "\"ä😀\"");
    EXPECT_EQ(json_string("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(json_string("\xC3"), "\"\xEF\xBF\xBD\"");                  // cut
    EXPECT_EQ(json_string("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");  // overlong
    EXPECT_EQ(json_string("\xED\xA0\x80").size(), 2 + 3 * 3U);           // surrogate
}

// A console whose output can be read.
class Screen {
  public:
    Screen() = default;
    ~Screen() {
        console_.reset();
        file_.reset();  // writes to text_ once more
        std::free(text_);
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    Console& console() { return *console_; }
    std::string text() {
        std::fflush(file_.get());
        return {text_, size_};
    }

  private:
    char* text_ = nullptr;
    std::size_t size_ = 0;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{open_memstream(&text_, &size_),
                                                          std::fclose};
    std::unique_ptr<Console> console_ =
        std::make_unique<Console>(Console::Streams{file_.get(), file_.get()});
};

TEST(Progress, WithoutATerminalALineEvery30Seconds) {
    Screen screen;
    const auto log = make_null_logger();
    Plan plan;
    plan.once = true;
    Progress progress(screen.console(), *log, plan);
    RunSummary summary = example();
    for (const auto elapsed : {1'000ms, 29'999ms, 30'000ms, 31'000ms, 59'999ms, 60'001ms}) {
        summary.elapsed = elapsed;
        progress.loaded(summary);
    }
    const std::string text = screen.text();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
    EXPECT_THAT(text, HasSubstr("1,300 contacts, 12,346,878 rows, "));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Progress, TimeLeftIsSaidOnceTheNumberOfContactsIsKnown) {
    Screen screen;
    const auto log = make_null_logger();
    Plan plan;
    plan.once = true;
    Progress progress(screen.console(), *log, plan);
    RunSummary summary;
    summary.tally.listed = summary.tally.loaded = 250;
    summary.elapsed = 40'000ms;
    progress.loaded(summary);
    EXPECT_THAT(screen.text(), Not(HasSubstr("left")));
    summary.expected = 1'000;
    summary.elapsed = 80'000ms;
    progress.loaded(summary);
    EXPECT_THAT(screen.text(), HasSubstr("about 4 min"));
}

TEST(Progress, RowsPerSecondAreThoseOfTheLastSeconds) {
    Screen screen;
    const auto log = make_null_logger();
    Plan plan;
    plan.output = Output::json;
    Progress progress(screen.console(), *log, plan);
    RunSummary summary;
    summary.tables = {{"t"}};
    for (int second = 0; second <= 60; second += 5) {
        summary.elapsed = std::chrono::seconds(second);
        // 100 rows a second, 1,000 from second 45 on
        summary.tables[0].read =
            static_cast<std::uint64_t>(second <= 45 ? second * 100 : 4'500 + (second - 45) * 1'000);
        progress.loaded(summary);
    }
    const std::string text = screen.text();
    EXPECT_THAT(text, HasSubstr(R"("rows":3000,"elapsed_ms":30000,"rows_per_second":100})"));
    EXPECT_THAT(text, HasSubstr(R"("rows":19500,"elapsed_ms":60000,"rows_per_second":1000})"));
}

TEST(Progress, JsonTellsOfRoundsAndRetries) {
    Screen screen;
    const auto log = make_null_logger();
    Plan plan;
    plan.output = Output::json;
    Progress progress(screen.console(), *log, plan);
    progress.attempt_failed(Error(Fault::transient, "no \"answer\""), 1'500ms);
    progress.round_done(example());
    EXPECT_THAT(
        screen.text(),
        HasSubstr(
            R"({"event":"retry","fault":"transient","message":"no \"answer\"","pause_ms":1500})"));
    EXPECT_THAT(screen.text(), HasSubstr(R"({"event":"round","listed":1300,)"));
}

std::vector<std::string> wiped(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    wipe_secrets(static_cast<int>(argv.size()), argv.data());
    return words;
}

TEST(Secrets, TokensAndPasswordsLeaveTheCommandLine) {
    EXPECT_EQ(wiped({"x", "--ct", "SECRET", "--c", "A"}),
              (std::vector<std::string>{"x", "--ct", "******", "--c", "A"}));
    EXPECT_EQ(wiped({"x", "--ct=SECRET"}), (std::vector<std::string>{"x", "--ct=******"}));
    EXPECT_EQ(wiped({"x", "--url", "postgres://u:S:E@C/R@h:5432/db"})[2],
              "postgres://u:*******@h:5432/db");
    EXPECT_EQ(wiped({"x", "--to=postgres://u:SECRET@h/db"})[1], "--to=postgres://u:******@h/db");
    EXPECT_EQ(wiped({"x", "--to", "postgres://h/db?user=u&password=SECRET"})[2],
              "postgres://h/db?user=u&password=******");
    const std::vector<std::string> plain{"x", "--api", "http://127.0.0.1:80", "--from",
                                         "dialfire://A"};
    EXPECT_EQ(wiped(plain), plain);
    EXPECT_EQ(wiped({"x", "--ct"}), (std::vector<std::string>{"x", "--ct"}));
}

}  // namespace
}  // namespace ringtail::cli
