#include "destination/postgres/url.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::postgres {
namespace {

TEST(Url, IsShownWithoutUserAndPassword) {
    const Url url = read_url(
        "postgres://ann:s3cret@db.example.com:5433/calls?sslmode=require&connect_timeout=7");
    EXPECT_EQ(url.shown, "database calls at db.example.com:5433");
    EXPECT_EQ(url.password, "s3cret");
    EXPECT_EQ(url.connect_timeout_s, 7);
    EXPECT_EQ(read_url("postgresql:///calls?host=/run/pg").shown, "database calls at /run/pg");
    EXPECT_EQ(read_url("postgres://").shown, "the default database at the local socket");
    EXPECT_EQ(read_url("postgres://u:p%40ss%2F@h/d").password, "p@ss/");
    EXPECT_EQ(read_url("postgres://u@h1:1,h2:2/d?password=geheim").password, "geheim");
}

TEST(Url, ThatIsMisreadIsRefusedWithoutAWordOfIt) {
    for (const char* text :
         {"postgres://ann:canary@7@host/calls", "postgres://ann:canary/7@host/calls",
          "postgres://ann:canary?7@host/calls", "postgres://ann:12/canary@host/calls",
          "postgres://ann:canary%zz@host/calls", "postgres://ann:canary#7@h/d:x/",
          "postgres://ann@host/calls?canary=1", "postgres://ann@host:canary/calls",
          "mysql://ann:canary@host/calls", "host=localhost password=canary", "canary"}) {
        try {
            const Url url = read_url(text);
            // libpq understands a # in the password.
            EXPECT_EQ(url.shown.find("canary"), std::string::npos) << text;
            EXPECT_NE(url.password.find("canary"), std::string::npos) << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::config);
            EXPECT_EQ(std::string(error.what()).find("canary"), std::string::npos) << text;
            EXPECT_EQ(error.hint().find("canary"), std::string::npos) << text;
            EXPECT_NE(error.hint().find("postgres://USER:PASSWORD@HOST"), std::string::npos);
        }
    }
}

TEST(Url, RedactsThePassword) {
    const Url url = read_url("postgres://ann:s3cret@h/d");
    EXPECT_EQ(url.redact("s3cret and s3crets3cret"), "*** and ******");
    EXPECT_EQ(read_url("postgres://ann@h/d").redact("as it is"), "as it is");
}

}  // namespace
}  // namespace ringtail::postgres
