#include "source/callkeeper/report_json.hpp"

#include <gtest/gtest.h>

namespace ringtail::callkeeper {
namespace {

std::string of(std::string_view call) {
    const JsonDocument document(call);
    return report_json(document.root());
}

TEST(ReportJson, VisitInformationStandsInOnePlaceWhereverItStood) {
    const std::string wanted =
        R"({"id":1,"visit_info":{"current":{"src":"google"},"session":{"cpg":"/a"}}})";
    EXPECT_EQ(of(R"({"id":1,"visit_info":{"current":{"src":"google"},"session":{"cpg":"/a"}}})"),
              wanted);
    EXPECT_EQ(of(R"({"id":1,"visit info":{"current":{"src":"google"},"session":{"cpg":"/a"}}})"),
              wanted);
    EXPECT_EQ(of(R"({"id":1,"session":{"cpg":"/a"},"current":{"src":"google"}})"), wanted);
    EXPECT_EQ(of(R"({"cpg":"/a","id":1,"current":{"src":"google"}})"), wanted);
    EXPECT_EQ(of(R"({"src":"google","cpg":"/a","id":1})"), wanted);
}

TEST(ReportJson, TheInnermostPlaceCounts) {
    EXPECT_EQ(of(R"({"visit_info":{"current":{"src":"a"}},"current":{"src":"b","mdm":"c"},
                     "src":"d"})"),
              R"({"visit_info":{"current":{"src":"a","mdm":"c"}}})");
}

TEST(ReportJson, BlanksAreNullAndTheRestIsAsItCame) {
    EXPECT_EQ(of(R"({"id":"007","tags":" ","ip":"-","x":{"y": [1, "" ]},"id":8,"ua":"é"})"),
              R"({"id":8,"tags":null,"ip":null,"x":{"y":[1,""]},"ua":"é"})");
    EXPECT_EQ(of(R"({"visit_info":{"current":5,"more":{"a":1}},"first":"-"})"),
              R"({"first":null,"visit_info":{"current":5,"more":{"a":1}}})");
}

}  // namespace
}  // namespace ringtail::callkeeper
