#include "destination/clickhouse/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::clickhouse {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ClickHouseUrl, AllParts) {
    const Url url = read_url(
        "clickhouse://us%40er:p%2Fw%3A%3f@db.example:9123/my%20calls?cluster=c%201&pause=500ms&"
        "compress=no");
    EXPECT_EQ(url.base, "http://db.example:9123");
    EXPECT_EQ(url.user, "us@er");
    EXPECT_EQ(url.password, "p/w:?");
    EXPECT_EQ(url.database, "my calls");
    EXPECT_EQ(url.cluster, "c 1");
    EXPECT_EQ(url.pause, 500ms);
    EXPECT_FALSE(url.compress);
    EXPECT_EQ(url.shown, "database my calls at db.example:9123");
}

TEST(ClickHouseUrl, WhatIsLeftOut) {
    const Url plain = read_url("clickhouse://host");
    EXPECT_EQ(plain.base, "http://host:8123");
    EXPECT_EQ(plain.user, "default");
    EXPECT_EQ(plain.password, "");
    EXPECT_EQ(plain.database, "default");
    EXPECT_EQ(plain.cluster, "");
    EXPECT_EQ(plain.pause, 1s);
    EXPECT_TRUE(plain.compress) << "over a network";
    EXPECT_FALSE(read_url("clickhouse://localhost/db").compress);
    EXPECT_FALSE(read_url("clickhouse://127.0.0.1/db").compress);
    EXPECT_TRUE(read_url("clickhouse://127.0.0.1/db?compress=yes").compress);
    EXPECT_EQ(read_url("clickhouses://host/db").base, "https://host:8443");
    EXPECT_EQ(read_url("clickhouse://[::1]:1/db").base, "http://[::1]:1");
}

TEST(ClickHouseUrl, WrongOnesSayWhatIsWrongButNoPassword) {
    const std::pair<std::string, std::string> wrong[]{
        {"clickhouse://u:SECRET@/db", "host"},
        {"clickhouse://u:SECRET@h/a/b", "/ in the database"},
        {"clickhouse://u:SECRET@h/db?secure=1", "secure"},
        {"clickhouse://u:SECRET@h/db?cluster=", "cluster"},
        {"clickhouse://u:SECRET@h/db?pause=soon", "pause=soon"},
        {"clickhouse://u:SECRET@h/db?pause=5", "pause=5"},
        {"clickhouse://u:SECRET@h/db?pause=-1s", "pause"},
        {"clickhouse://u:SECRET@h/db?pause=9000s", "five minutes"},
        {"clickhouse://u:SECRET@h/db?compress=maybe", "compress=maybe"},
        {"clickhouse://u:SECRET@h:x/db", "port"},
        {"mysql://u:SECRET@h/db", "another word"}};
    for (const auto& [text, part] : wrong) {
        try {
            read_url(text);
            ADD_FAILURE() << text << " is taken";
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::config) << text;
            const std::string all = std::string(error.what()) + error.hint();
            EXPECT_THAT(all, HasSubstr(part)) << text;
            EXPECT_THAT(all, Not(HasSubstr("SECRET"))) << text;
        }
    }
}

TEST(ClickHouseUrl, MessagesLoseThePassword) {
    const Url url = read_url("clickhouse://u:SECRET@h/db");
    EXPECT_EQ(url.redact("SECRET at SECRET"), "*** at ***");
    EXPECT_EQ(read_url("clickhouse://h/db").redact("text"), "text");
}

}  // namespace
}  // namespace ringtail::clickhouse
