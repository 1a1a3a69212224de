#include "destination/sqlserver/connection_string.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::sqlserver {
namespace {

using testing::HasSubstr;
using testing::Not;

Url url_of(const std::string& rest) { return read_url("sqlserver://u:pw@" + rest); }

std::string freetds(const std::string& rest) {
    return connection_string(
        url_of(rest + (rest.find('?') == rest.npos ? "?" : "&") + "driver=FreeTDS"));
}

std::string microsoft(const std::string& rest) {
    return connection_string(url_of(rest + (rest.find('?') == rest.npos ? "?" : "&") +
                                    "driver=ODBC%20Driver%2018%20for%20SQL%20Server"));
}

TEST(ConnectionString, FreeTds) {
    EXPECT_EQ(freetds("h:1444/db"),
              "DRIVER=FreeTDS;Server=h;Port=1444;TDS_Version=7.4;ClientCharset=UTF-8;"
              "Encryption=require;Database=db;UID=u;PWD=pw;APP=ringtail;");
    EXPECT_THAT(freetds("h/db"), HasSubstr("Server=h;Port=1433;"));
    EXPECT_THAT(freetds("h/inst/db"), HasSubstr("Server=h\\inst;TDS_Version"));
    EXPECT_THAT(freetds("h:1444/inst/db"), HasSubstr("Server=h;Port=1444;"));
    EXPECT_THAT(freetds("h/db?encrypt=false"), HasSubstr("Encryption=request;"));
    EXPECT_THAT(freetds("h/db?encrypt=disable"), HasSubstr("Encryption=off;"));
    EXPECT_THROW(freetds("h/db?encrypt=strict"), Error);
    // Words it ignores, which would be plain text in silence.
    EXPECT_THAT(freetds("h/db"), Not(HasSubstr("Encrypt=")));
}

TEST(ConnectionString, Microsoft) {
    EXPECT_EQ(microsoft("h:1444/db"),
              "DRIVER={ODBC Driver 18 for SQL Server};Server={tcp:h,1444};Database={db};UID={u};"
              "PWD={pw};APP={ringtail};Encrypt=yes;TrustServerCertificate=no;");
    EXPECT_THAT(microsoft("h/inst/db"), HasSubstr("Server={tcp:h\\inst};"));
    EXPECT_THAT(microsoft("h/db?trustServerCertificate=true"),
                HasSubstr("Encrypt=yes;TrustServerCertificate=yes;"));
    EXPECT_THAT(microsoft("h/db?encrypt=strict"), HasSubstr("Encrypt=strict;"));
    EXPECT_THAT(microsoft("h/db?encrypt=disable"), HasSubstr("Encrypt=no;"));
}

TEST(ConnectionString, ValuesCannotAddWords) {
    const auto with_password = [](const std::string& encoded, const std::string& driver) {
        return connection_string(read_url("sqlserver://u:" + encoded + "@h/db?driver=" + driver));
    };
    EXPECT_THAT(with_password("a%3BEncryption=off", "FreeTDS"),
                HasSubstr("PWD={a;Encryption=off};"));
    EXPECT_THAT(with_password("%7Bx", "FreeTDS"), HasSubstr("PWD={{x};"));
    EXPECT_THAT(with_password("a%7Db", "FreeTDS"), HasSubstr("PWD=a}b;"));
    EXPECT_THROW(with_password("a%7D%3Bb", "FreeTDS"), Error);
    EXPECT_THROW(with_password("a%3Bb%7D", "FreeTDS"), Error);
    EXPECT_THAT(with_password("a%7D%3Bb", "msodbcsql"), HasSubstr("PWD={a}};b};"));
}

TEST(ConnectionString, CheckedCertificatesGoThroughAFileWithFreeTds) {
    EXPECT_EQ(freetds_section(url_of("h/db")), std::nullopt);
    EXPECT_EQ(freetds_section(url_of("h/db?trustServerCertificate=true")), std::nullopt);
    EXPECT_EQ(freetds_section(url_of("h:1/db?certificate=/x.pem&driver=FreeTDS")),
              "\thost = h\n\tport = 1\n\ttds version = 7.4\n\tclient charset = UTF-8\n"
              "\tencryption = require\n\tca file = /x.pem\n\tcheck certificate hostname = yes\n");
    EXPECT_THAT(
        *freetds_section(url_of("h/i/db?trustServerCertificate=false&driver=libtdsodbc.so")),
        testing::AllOf(HasSubstr("instance = i\n"), HasSubstr("ca file = system\n")));
    EXPECT_THAT(connection_string(url_of("h/db?certificate=/x.pem&driver=FreeTDS"), "section1"),
                testing::AllOf(HasSubstr("Servername=section1;"), Not(HasSubstr("Server=h"))));
    EXPECT_EQ(freetds_section(url_of("h/db?certificate=/x.pem&driver=msodbcsql")), std::nullopt);
}

TEST(ConnectionString, TheDriverIsToldByItsName) {
    EXPECT_EQ(kind_of_driver("FreeTDS"), Driver::freetds);
    EXPECT_EQ(kind_of_driver("/usr/lib/odbc/libtdsodbc.so"), Driver::freetds);
    EXPECT_EQ(kind_of_driver("ODBC Driver 18 for SQL Server"), Driver::microsoft);
    EXPECT_EQ(kind_of_driver("libmsodbcsql-18.3.so.2.1"), Driver::microsoft);
    EXPECT_EQ(kind_of_driver(driver_of(url_of("h/db"))), Driver::freetds);
}

}  // namespace
}  // namespace ringtail::sqlserver
