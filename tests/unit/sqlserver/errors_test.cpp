#include "destination/sqlserver/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringtail::sqlserver {
namespace {

using relational::Cause;
using testing::HasSubstr;
using testing::Not;

relational::SqlError error_of(const std::vector<Diagnostic>& said) {
    return to_error(said, "database db at h");
}

TEST(SqlServerErrors, NumbersCount) {
    struct Case {
        int number;
        Fault fault;
        Cause cause;
    };
    for (const auto& [number, fault, cause] : {
             Case{1205, Fault::transient, Cause::deadlock},
             Case{1222, Fault::transient, Cause::other},
             Case{2601, Fault::data, Cause::duplicate_key},
             Case{2627, Fault::data, Cause::duplicate_key},
             Case{2714, Fault::transient, Cause::stale_plan},
             Case{2705, Fault::transient, Cause::stale_plan},
             Case{1913, Fault::transient, Cause::stale_plan},
             Case{511, Fault::config, Cause::other},
             Case{1701, Fault::config, Cause::other},
             Case{1702, Fault::config, Cause::other},
             Case{1204, Fault::transient, Cause::other},
             Case{41302, Fault::transient, Cause::deadlock},
             Case{42109, Fault::transient, Cause::other},
             Case{49983, Fault::transient, Cause::other},
             Case{20020, Fault::transient, Cause::other},
             Case{208, Fault::data, Cause::stale_plan},
             Case{207, Fault::data, Cause::stale_plan},
             Case{8152, Fault::data, Cause::stale_plan},
             Case{2628, Fault::data, Cause::stale_plan},
             Case{229, Fault::config, Cause::no_right},
             Case{262, Fault::config, Cause::no_right},
             Case{1088, Fault::config, Cause::no_right},
             Case{18456, Fault::auth, Cause::other},
             Case{4060, Fault::auth, Cause::other},
             Case{911, Fault::config, Cause::other},
             Case{3906, Fault::transient, Cause::other},
             Case{9002, Fault::transient, Cause::other},
             Case{40613, Fault::transient, Cause::other},
             Case{40501, Fault::transient, Cause::other},
             Case{49918, Fault::transient, Cause::other},
             Case{10054, Fault::transient, Cause::other},
             Case{20017, Fault::transient, Cause::other},
             Case{515, Fault::data, Cause::other},
         }) {
        const auto error = error_of({{"42000", number, "[FreeTDS][SQL Server]why"}});
        EXPECT_EQ(error.fault(), fault) << number;
        EXPECT_EQ(error.cause(), cause) << number;
        EXPECT_EQ(error.code(), std::to_string(number));
        EXPECT_EQ(std::string(error.what()),
                  "SQL Server, database db at h: why [" + std::to_string(number) + "]");
        const bool must_act = fault == Fault::auth || fault == Fault::config;
        EXPECT_TRUE(!must_act || !error.hint().empty()) << number;
    }
}

TEST(SqlServerErrors, SqlstatesCountWhereTheNumberSaysNothing) {
    for (const char* state : {"08S01", "08001", "IMC06", "HYT00", "HYT01", "40001"})
        EXPECT_EQ(error_of({{state, 20006, "gone"}}).fault(), Fault::transient) << state;
    EXPECT_EQ(error_of({{"28000", 0, "no"}}).fault(), Fault::auth);
    EXPECT_EQ(error_of({{"42000", 102, "Incorrect syntax"}}).fault(), Fault::data);
    EXPECT_EQ(error_of({}).fault(), Fault::transient);
}

TEST(SqlServerErrors, SideNotesDoNotCount) {
    const auto error = error_of({{"01000", 3621, "The statement has been terminated."},
                                 {"23000", 2627, "Violation of PRIMARY KEY constraint."}});
    EXPECT_EQ(error.cause(), Cause::duplicate_key);
    EXPECT_THAT(error.what(), HasSubstr("Violation"));
    EXPECT_EQ(
        error_of({{"01000", 5701, "Changed database context"}, {"42S02", 208, "Invalid"}}).code(),
        "208");
}

TEST(SqlServerErrors, AForeignKeyIsToldFromACheck) {
    EXPECT_EQ(error_of({{"23000", 547,
                         "The INSERT statement conflicted with the FOREIGN KEY "
                         "constraint \"FK__x\"."}})
                  .cause(),
              Cause::missing_parent);
    EXPECT_EQ(error_of({{"23000", 547,
                         "insert or update on table \"t\" violates foreign key "
                         "constraint"}})
                  .cause(),
              Cause::missing_parent);
    EXPECT_EQ(error_of({{"23000", 547,
                         "The INSERT statement conflicted with the CHECK "
                         "constraint"}})
                  .cause(),
              Cause::other);
}

TEST(SqlServerErrors, BabelfishHasOneNumberAndPostgresTexts) {
    const auto fish = [](const std::string& text) { return error_of({{"42000", 33557097, text}}); };
    EXPECT_EQ(fish("relation \"df_contacts\" does not exist").cause(), Cause::stale_plan);
    EXPECT_EQ(fish("column \"x\" does not exist").cause(), Cause::stale_plan);
    EXPECT_EQ(fish("permission denied for table t").cause(), Cause::no_right);
    EXPECT_EQ(fish("canceling statement due to lock timeout").fault(), Fault::transient);
    EXPECT_EQ(fish("'MERGE' is not currently supported in Babelfish").fault(), Fault::data);
}

TEST(SqlServerErrors, ValuesOfRowsAreLeftOut) {
    const auto duplicate = error_of({{"23000", 2627,
                                      "Violation of PRIMARY KEY constraint 'PK'. Cannot insert "
                                      "duplicate key in object 'dbo.t'. The duplicate key value "
                                      "is (secret)."}});
    EXPECT_THAT(duplicate.what(), testing::AllOf(HasSubstr("dbo.t"), Not(HasSubstr("secret"))));
    const auto cut = error_of({{"22001", 2628,
                                "String or binary data would be truncated in table 't', column "
                                "'c'. Truncated value: 'secret'."}});
    EXPECT_THAT(cut.what(), testing::AllOf(HasSubstr("column 'c'"), Not(HasSubstr("secret"))));
    const auto converted = error_of({{"22018", 245,
                                      "Conversion failed when converting the nvarchar value "
                                      "'it's a 'secret'' to data type int."}});
    EXPECT_THAT(converted.what(), testing::AllOf(HasSubstr("the nvarchar value to data type int"),
                                                 Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace ringtail::sqlserver
