#include "jobs/settings.hpp"

#include <gmock/gmock.h>

#include <array>

#include "base/error.hpp"

namespace ringtail::jobs {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<Setting, 5> kKnown{{{"zone", Setting::Takes::text, ""},
                                         {"days", Setting::Takes::whole, ""},
                                         {"tables", Setting::Takes::list, ""},
                                         {"filters", Setting::Takes::map, ""},
                                         {"wait", Setting::Takes::duration, ""}}};

template <typename Read>
std::string error_of(std::string_view json, Read read) {
    try {
        read(SettingsReader(json, kKnown));
    } catch (const Error& error) {
        return error.what() + std::string(" | ") + error.hint();
    }
    return "no error";
}

TEST(Settings, AreRead) {
    const SettingsReader settings(
        R"({"zone":"UTC","days":3,"tables":["a","b"],"filters":{"a":"x = 1"},"wait":"45s"})",
        kKnown);
    EXPECT_EQ(settings.text("zone", "?"), "UTC");
    EXPECT_EQ(settings.whole("days", 1, 0, 9), 3);
    EXPECT_THAT(settings.list("tables"), ElementsAre("a", "b"));
    EXPECT_EQ(settings.map("filters").at("a"), "x = 1");
    EXPECT_EQ(settings.duration("wait", {}, {}, std::chrono::hours(1)), std::chrono::seconds(45));
    EXPECT_EQ(SettingsReader("{}", kKnown).whole("days", 7, 0, 9), 7);
}

TEST(Settings, ErrorsNameTheSettingAndWhatIsAllowed) {
    const auto nothing = [](const SettingsReader&) {};
    EXPECT_THAT(error_of(R"({"zon":"UTC"})", nothing),
                AllOf(HasSubstr("zon"), HasSubstr("Did you mean zone?")));
    EXPECT_THAT(error_of("[]", nothing), HasSubstr("no JSON object"));
    EXPECT_THAT(
        error_of(R"({"days":12})", [](const SettingsReader& s) { s.whole("days", 1, 0, 9); }),
        AllOf(HasSubstr("days: 12"), HasSubstr("from 0 to 9")));
    EXPECT_THAT(
        error_of(R"({"days":"x"})", [](const SettingsReader& s) { s.whole("days", 1, 0, 9); }),
        HasSubstr("setting days"));
    EXPECT_THAT(
        error_of(R"({"tables":["a",1]})", [](const SettingsReader& s) { s.list("tables"); }),
        HasSubstr("no list of texts"));
    EXPECT_THAT(error_of(R"({"wait":"soon"})",
                         [](const SettingsReader& s) {
                             s.duration("wait", {}, std::chrono::seconds(1), std::chrono::hours(1));
                         }),
                AllOf(HasSubstr("\"soon\""), HasSubstr("from 1s to 1h")));
}

TEST(Settings, FromTheCommandLineAndBack) {
    EXPECT_EQ(setting_as_json(kKnown[0], "a \"b\""), R"("a \"b\"")");
    EXPECT_EQ(setting_as_json(kKnown[1], "12"), "12");
    EXPECT_EQ(setting_as_json(kKnown[2], "a, b\nc"), R"(["a","b","c"])");
    EXPECT_EQ(setting_as_json(kKnown[3], "t: x = 1 and y in (1, 2)\nu: z = ':'"),
              R"j({"t":"x = 1 and y in (1, 2)","u":"z = ':'"})j");
    EXPECT_THROW(setting_as_json(kKnown[3], "x = 1"), Error);
    EXPECT_EQ(merged_settings(R"({"zone":"UTC","days":3})", R"({"days":null,"wait":"1s"})"),
              R"({"zone":"UTC","wait":"1s"})");
    EXPECT_EQ(in_one_form(R"({ "days" : 3, "zone":"UTC" })", kKnown), R"({"zone":"UTC","days":3})");
}

}  // namespace
}  // namespace ringtail::jobs
