#include "destination/postgres/errors.hpp"

#include <gtest/gtest.h>

namespace ringtail::postgres {
namespace {

constexpr const char* kWhere = "database calls at db1:5432";

Fault fault_of(const std::string& sqlstate) {
    return to_error({.sqlstate = sqlstate, .message = "m"}, kWhere).fault();
}

TEST(Errors, FaultsByTheServersCode) {
    for (const char* code : {"08006", "08001", "57P01", "57P02", "57P03", "57014", "40001", "40P01",
                             "53100", "53200", "53300", "55P03", "25006"}) {
        EXPECT_EQ(fault_of(code), Fault::transient) << code;
    }
    for (const char* code : {"28P01", "28000"}) EXPECT_EQ(fault_of(code), Fault::auth) << code;
    for (const char* code : {"3D000", "3F000", "42501"}) {
        EXPECT_EQ(fault_of(code), Fault::config) << code;
        EXPECT_FALSE(to_error({.sqlstate = code, .message = "m"}, kWhere).hint().empty()) << code;
    }
    for (const char* code : {"22P02", "23505", "42P01", "54001", "XX000"})
        EXPECT_EQ(fault_of(code), Fault::data) << code;
    EXPECT_EQ(fault_of(""), Fault::transient);
}

TEST(Errors, NameWhatTheyAreAbout) {
    const SqlError error =
        to_error({.sqlstate = "23505",
                  .message = "duplicate key value violates unique constraint \"one_phone\"",
                  .detail = "Key (phone)=(+49) already exists.",
                  .schema = "public",
                  .table = "df_contacts",
                  .constraint = "one_phone"},
                 kWhere);
    EXPECT_STREQ(error.what(),
                 "PostgreSQL, database calls at db1:5432: duplicate key value violates unique "
                 "constraint \"one_phone\" "
                 "(Key (phone)=(+49) already exists.); table public.df_contacts, constraint "
                 "one_phone [23505]");
    EXPECT_EQ(error.code(), "23505");
}

TEST(Errors, DoNotQuoteWholeRows) {
    const SqlError error = to_error({.sqlstate = "23502",
                                     .message = "null value",
                                     .detail = "Failing row contains (Jana, +4912345)."},
                                    kWhere);
    EXPECT_EQ(std::string(error.what()).find("Jana"), std::string::npos);
}

TEST(ConnectErrors, FindTheCodeInLibpqsMessage) {
    const std::string said =
        "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
        "authentication failed for user "
        "\"ann\"\nLOCATION:  auth_failed, auth.c:326\n";
    const SqlError error = to_connect_error(said, kWhere);
    EXPECT_EQ(error.fault(), Fault::auth);
    EXPECT_EQ(error.code(), "28P01");
    EXPECT_EQ(std::string(error.what()).find("LOCATION"), std::string::npos);
    EXPECT_EQ(
        to_connect_error("x failed: FATAL:  57P03: the database system is starting up\n", kWhere)
            .fault(),
        Fault::transient);
    EXPECT_EQ(
        to_connect_error("x: SCHWERWIEGEND:  3D000: Datenbank »x« existiert nicht", kWhere).fault(),
        Fault::config);
}

TEST(ConnectErrors, WithoutACode) {
    EXPECT_EQ(to_connect_error("connection to server at \"h\" failed: Connection refused", kWhere)
                  .fault(),
              Fault::transient);
    EXPECT_EQ(to_connect_error("could not translate host name \"h\" to address", kWhere).fault(),
              Fault::transient);
    EXPECT_EQ(to_connect_error("fe_sendauth: no password supplied", kWhere).fault(), Fault::auth);
    EXPECT_EQ(to_connect_error("server does not support SSL, but SSL was required", kWhere).fault(),
              Fault::config);
    EXPECT_EQ(to_connect_error("root certificate file \"/x\" does not exist", kWhere).fault(),
              Fault::config);
}

}  // namespace
}  // namespace ringtail::postgres
