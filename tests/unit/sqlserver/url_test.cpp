#include "destination/sqlserver/url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::sqlserver {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SqlServerUrl, TheFormsOfTheOldClient) {
    const Url plain = read_url("sqlserver://user:pw@host:1433/calls");
    EXPECT_EQ(plain.host, "host");
    EXPECT_EQ(plain.port, 1433);
    EXPECT_EQ(plain.instance, "");
    EXPECT_EQ(plain.database, "calls");
    EXPECT_EQ(plain.user, "user");
    EXPECT_EQ(plain.password, "pw");
    EXPECT_EQ(plain.encrypt, Url::Encrypt::on);
    EXPECT_EQ(plain.trust, Url::Trust::as_driver);
    EXPECT_EQ(plain.shown(), "database calls at host:1433");

    const Url named = read_url("sqlserver://user:pw@host/SQLEXPRESS/calls");
    EXPECT_EQ(named.instance, "SQLEXPRESS");
    EXPECT_EQ(named.database, "calls");
    EXPECT_EQ(named.port, std::nullopt);
    EXPECT_EQ(named.shown(), "database calls at host\\SQLEXPRESS");

    const Url both = read_url("sqlserver://u:p@host/SQLEXPRESS?database=calls");
    EXPECT_EQ(both.instance, "SQLEXPRESS");
    EXPECT_EQ(both.database, "calls");
    EXPECT_EQ(read_url("sqlserver://u:p@h/").database, "");
    EXPECT_EQ(read_url("sqlserver://u:p@h").database, "");
    EXPECT_EQ(read_url("sqlserver://u:p@h/a%20b%2Fc/").database, "a b/c");
    EXPECT_EQ(read_url("sqlserver://u:p@h/i/d?database=d").database, "d");
}

TEST(SqlServerUrl, PasswordsWithOddCharacters) {
    EXPECT_EQ(read_url("sqlserver://u:a@b:c@h/db").password, "a@b:c");
    EXPECT_EQ(read_url("sqlserver://u:%40%2F%3F%25%7D%3B@h/db").password, "@/?%};");
}

TEST(SqlServerUrl, Parameters) {
    const auto encrypt = [](const std::string& value) {
        return read_url("sqlserver://u:p@h/db?encrypt=" + value).encrypt;
    };
    for (const char* on : {"true", "TRUE", "yes", "1", "mandatory"})
        EXPECT_EQ(encrypt(on), Url::Encrypt::on) << on;
    for (const char* login : {"false", "no", "optional"})
        EXPECT_EQ(encrypt(login), Url::Encrypt::login) << login;
    EXPECT_EQ(encrypt("disable"), Url::Encrypt::disabled);
    EXPECT_EQ(encrypt("strict"), Url::Encrypt::strict);
    const auto trust = [](const std::string& parameters) {
        return read_url("sqlserver://u:p@h/db?" + parameters).trust;
    };
    EXPECT_EQ(trust("TrustServerCertificate=true"), Url::Trust::any);
    EXPECT_EQ(trust("trustservercertificate=false"), Url::Trust::checked);
    EXPECT_EQ(trust("certificate=/etc/ca.pem"), Url::Trust::checked);
    const Url url = read_url(
        "sqlserver://u:p@h/db?driver=ODBC%20Driver%2018%20for%20SQL%20Server&connectTimeout=5");
    EXPECT_EQ(url.driver, "ODBC Driver 18 for SQL Server");
    EXPECT_EQ(url.connect_timeout_s, 5);
}

TEST(SqlServerUrl, WrongOnesSayWhatIsAllowedAndKeepTheSecret) {
    for (const char* url : {
             "sqlserver://u:SECRET@h/a/b/c",
             "sqlserver://u:SECRET@h//db",
             "sqlserver://u:SECRET@h/i/db?database=other",
             "sqlserver://u:SECRET@h/db?encrypt=maybe",
             "sqlserver://u:SECRET@h/db?trustServerCertificate=perhaps",
             "sqlserver://u:SECRET@h/db?connectTimeout=0",
             "sqlserver://u:SECRET@h/db?connectTimeout=5s",
             "sqlserver://u:SECRET@h/db?sslmode=require",
             "sqlserver://u:SECRET@h/db?encrypt=disable&trustServerCertificate=false",
             "sqlserver://u:SECRET@h/db?certificate=x&trustServerCertificate=true",
             "sqlserver://:SECRET@h/db",
             "sqlserver://u:SECRET@h:99999/db",
             "postgres://u:SECRET@h/db",
         }) {
        try {
            read_url(url);
            ADD_FAILURE() << url << " was taken";
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::config) << url;
            EXPECT_THAT(std::string(error.what()) + error.hint(), Not(HasSubstr("SECRET"))) << url;
        }
    }
}

TEST(SqlServerUrl, RedactsThePassword) {
    const Url url = read_url("sqlserver://u:SECRET@h/db");
    EXPECT_EQ(url.redact("login with SECRET and SECRET failed"), "login with *** and *** failed");
}

}  // namespace
}  // namespace ringtail::sqlserver
