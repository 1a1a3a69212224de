#include "destination/mysql/errors.hpp"

#include <gtest/gtest.h>

namespace ringtail::mysql {
namespace {

SqlError error(unsigned code) {
    return to_error(code, "the server's\nwords", "database d at h:3306", "'u'@'%'", "d");
}

TEST(Errors, SayWhereAndWhat) {
    EXPECT_STREQ(error(1213).what(), "MySQL, database d at h:3306: the server's words [1213]");
    EXPECT_EQ(error(1213).code(), "1213");
}

TEST(Errors, FaultsAndCauses) {
    struct Case {
        unsigned code;
        Fault fault;
        Cause cause;
    };
    const Case cases[] = {
        {1213, Fault::transient, Cause::deadlock},   {1205, Fault::transient, Cause::other},
        {2006, Fault::transient, Cause::other},      {2013, Fault::transient, Cause::other},
        {2002, Fault::transient, Cause::other},      {1040, Fault::transient, Cause::other},
        {1045, Fault::auth, Cause::other},           {1698, Fault::auth, Cause::other},
        {1044, Fault::config, Cause::no_right},      {1142, Fault::config, Cause::no_right},
        {1049, Fault::config, Cause::other},         {1290, Fault::transient, Cause::other},
        {1836, Fault::transient, Cause::other},      {1021, Fault::transient, Cause::other},
        {28, Fault::transient, Cause::other},        {1114, Fault::transient, Cause::other},
        {1153, Fault::config, Cause::other},         {1317, Fault::transient, Cause::other},
        {1062, Fault::data, Cause::duplicate_key},   {1452, Fault::data, Cause::missing_parent},
        {1050, Fault::transient, Cause::stale_plan}, {1060, Fault::transient, Cause::stale_plan},
        {1146, Fault::transient, Cause::stale_plan}, {1054, Fault::transient, Cause::stale_plan},
        {1406, Fault::data, Cause::stale_plan},      {1264, Fault::data, Cause::stale_plan},
        {2026, Fault::config, Cause::other},         {4711, Fault::data, Cause::other},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(error(one.code).fault(), one.fault) << one.code;
        EXPECT_EQ(error(one.code).cause(), one.cause) << one.code;
        const bool stops = one.fault == Fault::config || one.fault == Fault::auth;
        EXPECT_TRUE(!stops || !error(one.code).hint().empty()) << one.code;
    }
}

TEST(Errors, HintsAreStatementsThatMendIt) {
    EXPECT_EQ(error(1049).hint(), "Create it: CREATE DATABASE `d` CHARACTER SET utf8mb4;");
    EXPECT_NE(error(1142).hint().find("ON `d`.* TO 'u'@'%';"), std::string::npos);
    EXPECT_TRUE(forbids_infile(error(4166)));
    EXPECT_TRUE(forbids_infile(error(3948)));
    EXPECT_FALSE(forbids_infile(error(1142)));
    EXPECT_TRUE(is_too_wide(error(1118)));
}

}  // namespace
}  // namespace ringtail::mysql
