#include "config/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks.hpp"

namespace ringtail::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kWhole = R"(
[service]
listen = "127.0.0.1:9000"
journal_days = 30
inbox_mb = 2

[destination.reports]
url_file = "url.txt"

[source.shop]
kind = "callkeeper"
key_env = "SHOP_KEY"
destination = "reports"
zone = "Europe/Moscow"
overlap_days = 3
[source.shop.filters]
callkeeper_calls_facts = "status_code = 200"

[source.shop.job.nightly]
schedule = "daily 03:30"
last_days = 7
enabled = false
deep = [1, "a"]
)";

std::string error_of(const std::string& text) {
    try {
        read(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        EXPECT_FALSE(error.hint().empty());
        return std::string(error.what()) + " / " + error.hint();
    }
    return "no error";
}

TEST(ReadSetUp, ReadsAllOfIt) {
    const auto set_up = read(kWhole);
    EXPECT_EQ(set_up.service.listen, "127.0.0.1:9000");
    EXPECT_EQ(set_up.service.journal_days, 30U);
    EXPECT_EQ(set_up.service.inbox_bytes, 2U << 20U);
    ASSERT_EQ(set_up.destinations.size(), 1U);
    EXPECT_EQ(set_up.destinations[0].url, "postgres://u:secret@localhost/calls");
    ASSERT_EQ(set_up.sources.size(), 1U);
    const SourceSetUp& source = set_up.sources[0];
    EXPECT_EQ(source.name, "shop");
    EXPECT_EQ(source.secret, "0123456789abcdef");
    EXPECT_EQ(source.destination, "reports");
    EXPECT_EQ(source.settings, R"({"filters":{"callkeeper_calls_facts":"status_code = 200"},)"
                               R"("overlap_days":3,"zone":"Europe/Moscow"})");
    ASSERT_EQ(set_up.jobs.size(), 1U);
    EXPECT_EQ(set_up.jobs[0].source, "shop");
    EXPECT_EQ(set_up.jobs[0].name, "nightly");
    EXPECT_EQ(set_up.jobs[0].kind, control::JobKind::load);
    EXPECT_EQ(set_up.jobs[0].last_days, 7U);
    EXPECT_FALSE(set_up.jobs[0].enabled);
    EXPECT_EQ(set_up.jobs[0].settings, R"({"deep":[1,"a"]})");
}

TEST(ReadSetUp, NothingIsASetUpToo) { EXPECT_TRUE(read("").sources.empty()); }

TEST(ReadSetUp, ErrorsNameFileLineKeyAndWhatIsAllowed) {
    EXPECT_THAT(error_of("[source.shop\nkind = 1"), HasSubstr("ringtail.toml, line 1"));
    EXPECT_THAT(
        error_of("[sourc.shop]\nkind = \"callkeeper\""),
        AllOf(HasSubstr("line 1: sourc: there is no such key"), HasSubstr("Did you mean source?")));
    EXPECT_THAT(error_of("[service]\n\nlisten_on = \"x\""),
                AllOf(HasSubstr("line 3: service.listen_on"), HasSubstr("journal_days")));
    EXPECT_THAT(error_of("[service]\njournal_days = 0"), HasSubstr("from 1 to 36500"));
    EXPECT_THAT(error_of("[service]\njournal_days = \"many\""), HasSubstr("Give a whole number"));
    EXPECT_THAT(error_of("service = 1"), HasSubstr("line 1: service: this is no table"));
    EXPECT_THAT(error_of("[source]\nshop = 1"), HasSubstr("source.shop is no table"));
    EXPECT_THAT(error_of("[source.shop]\nzone = \"UTC\""), HasSubstr("kind is missing"));
    EXPECT_THAT(error_of("[source.shop]\nkind = \"callkeper\""),
                AllOf(HasSubstr("line 2: source.shop.kind"), HasSubstr("callkeeper, dialfire")));
    EXPECT_THAT(error_of("[source.shop]\nkind = \"dialfire\"\nkey_env = \"OTHER\""),
                HasSubstr("the variable OTHER is not set"));
    EXPECT_THAT(error_of("[source.shop]\nkind = \"dialfire\"\nkey_file = \"empty.txt\""),
                HasSubstr("the file empty.txt is empty"));
    EXPECT_THAT(error_of("[source.shop]\nkind = \"dialfire\"\nkey_file = \"none.txt\""),
                HasSubstr("line 3: source.shop.key_file: none.txt: no such file"));
    EXPECT_THAT(error_of("[source.shop]\nkind = \"dialfire\"\nx = \"wrong\""),
                HasSubstr("line 1: source.shop: that is wrong"));
    EXPECT_THAT(error_of("[source.a]\nkind = \"dialfire\"\n[source.a.job.b]\nschedule = \"wrong\""),
                HasSubstr("line 4: source.a.job.b.schedule: that is wrong"));
    EXPECT_THAT(error_of("[destination.d]\n"), HasSubstr("url is missing"));
    EXPECT_THAT(error_of("[destination.d]\nurl = \"wrong\""), HasSubstr("destination.d.url"));
    EXPECT_THAT(error_of("[destination.d]\nurl = \"a\"\nurl_env = \"B\""),
                HasSubstr("exclude each other"));
}

TEST(ReadSetUp, AKeyInTheFileIsRefusedAndNotRepeated) {
    EXPECT_THAT(error_of("[source.shop]\nkind = \"callkeeper\"\nkey = \"topsecret\""),
                AllOf(HasSubstr("key_file"), Not(HasSubstr("topsecret"))));
}

TEST(CanonicalJson, OrdersNamesAndTakesBlanksOut) {
    EXPECT_EQ(canonical_json(R"( { "b" : [ 1 , { "d":2, "c":3 } ] , "a" : {} , "e":[] } )"),
              R"({"a":{},"b":[1,{"c":3,"d":2}],"e":[]})");
}

}  // namespace
}  // namespace ringtail::config
