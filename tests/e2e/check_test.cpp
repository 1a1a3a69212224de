#include <gmock/gmock.h>

#include <filesystem>

#include "e2e/stage.hpp"
#include "sqlite/connection.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Words check_words(const sim::Simulation& campaign, const Words& further = {}) {
    Words words = sync_words(campaign, further);
    words.front() = "check";
    return words;
}

TEST(Check, AllIsWell) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome = stage.run(check_words(campaign), token_of(campaign));
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    for (const auto* line : {"field list", "contact list", "contacts", "events", "inbound calls",
                             "clock", "database", "rights"}) {
        EXPECT_THAT(outcome.out, HasSubstr(line));
    }
    EXPECT_THAT(outcome.out, Not(HasSubstr("FAILED")));
    EXPECT_THAT(stage.list(""), IsEmpty());  // nothing was made
    const auto calls = campaign.stats().requests;
    for (const auto* call : {"fields", "list", "contacts", "transactions", "inbound"}) {
        EXPECT_EQ(calls.at(call), 1U) << call;
    }
}

TEST(Check, AFileThatIsThereStaysAsItIs) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    // Not through sqlite::Connection, which would switch the file to WAL itself: an empty file is a
    // valid database.
    stage.write("ringtail.db", "");
    const auto outcome = stage.run(check_words(campaign), token_of(campaign));
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_EQ(stage.read("ringtail.db"), "");
    EXPECT_THAT(stage.list(""), testing::ElementsAre("ringtail.db"));
}

TEST(Check, AWrongKeyFailsTheCallsAndNothingElse) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome = stage.run(check_words(campaign), {{"RINGTAIL_TOKEN", "other"}});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("FAILED field list"), HasSubstr("403"),
                                   HasSubstr("Connectors"), HasSubstr("ok     database")));
}

TEST(Check, ARightThatIsMissingForOneCall) {
    sim::Simulation campaign(small_campaign(20));
    sim::FaultRule forbidden;
    forbidden.kind = "error";
    forbidden.status = 403;
    forbidden.path = "inbound/calls/";
    campaign.add_fault(forbidden);
    const Stage stage;
    const auto outcome = stage.run(check_words(campaign), token_of(campaign));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("FAILED inbound calls"), HasSubstr("ok     contact list")));
}

TEST(Check, AFolderThatIsNotThere) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome =
        stage.run(check_words(campaign, {"--to", "sqlite:///./none/x.db"}), token_of(campaign));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("FAILED database"), HasSubstr("mkdir -p './none'")));
}

TEST(Check, AFileThatIsNoDatabase) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    stage.write("ringtail.db", std::string(4096, 'x'));
    const auto outcome = stage.run(check_words(campaign), token_of(campaign));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("FAILED database"), HasSubstr("ringtail.db")));
}

TEST(Check, JsonLines) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome =
        stage.run(check_words(campaign, {"--output", "json", "--to", "sqlite:///./none/x.db"}),
                  token_of(campaign));
    EXPECT_THAT(outcome.out,
                HasSubstr(R"({"event":"check","name":"contacts","ok":true,"message":)"));
    EXPECT_THAT(outcome.out,
                HasSubstr(R"({"event":"check","name":"database","ok":false,"message":)"));
}

class CheckPostgres : public testing::Test {
  protected:
    test::Outcome check(const std::string& url) {
        return stage_.run(check_words(campaign_, {"--to", url}), token_of(campaign_));
    }

    test::PostgresServer& server_ = test::PostgresServer::shared();
    std::string database_ = server_.create_database();
    sim::Simulation campaign_{small_campaign(20)};
    Stage stage_;
};

TEST_F(CheckPostgres, AllIsWellAndNothingIsChanged) {
    const auto outcome = check(server_.url(database_));
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("PostgreSQL "), HasSubstr("database " + database_)));
    EXPECT_EQ(server_.value(database_,
                            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = "
                            "c.relnamespace WHERE n.nspname = 'public'"),
              "0");
}

TEST_F(CheckPostgres, TheSqlThatGrantsWhatIsMissing) {
    server_.query(database_, "CREATE ROLE weak LOGIN PASSWORD 'pw'; REVOKE TEMPORARY ON DATABASE " +
                                 database_ + " FROM PUBLIC");
    const std::string url = server_.url(database_, "weak", "pw");
    const auto no_create = check(url);
    EXPECT_EQ(no_create.code, 1);
    const std::string grant = R"(GRANT USAGE, CREATE ON SCHEMA "public" TO "weak";)";
    EXPECT_THAT(no_create.out, AllOf(HasSubstr("FAILED rights"), HasSubstr(grant)));

    server_.query(database_, grant);
    const auto no_temporary = check(url);
    EXPECT_EQ(no_temporary.code, 1);
    const std::string temporary = "GRANT TEMPORARY ON DATABASE \"" + database_ + "\" TO \"weak\";";
    EXPECT_THAT(no_temporary.out, HasSubstr(temporary));

    server_.query(database_, temporary);
    EXPECT_EQ(check(url).code, 0);

    server_.query(database_, R"(CREATE TABLE df_contacts ("$id" text PRIMARY KEY))");
    const auto not_granted = check(url);
    EXPECT_EQ(not_granted.code, 1);
    const std::string rows =
        R"(GRANT SELECT, INSERT, UPDATE, DELETE ON "public"."df_contacts" TO "weak";)";
    EXPECT_THAT(not_granted.out, HasSubstr(rows));

    server_.query(database_, rows);
    const auto not_owner = check(url);
    EXPECT_EQ(not_owner.code, 1);
    const std::string owner = R"(ALTER TABLE "public"."df_contacts" OWNER TO "weak";)";
    EXPECT_THAT(not_owner.out, HasSubstr(owner));

    server_.query(database_, owner);
    EXPECT_EQ(check(url).code, 0);
    server_.query(database_, "DROP OWNED BY weak; DROP ROLE weak");
}

TEST_F(CheckPostgres, OldTablesAreSeen) {
    server_.query(database_,
                  R"(CREATE TABLE contacts ("$id" varchar(50) PRIMARY KEY, "$md5" text))");
    EXPECT_THAT(check(server_.url(database_)).out,
                HasSubstr("the old client's tables (contacts …) are there"));
}

TEST_F(CheckPostgres, AWrongPassword) {
    const auto outcome = check(server_.url(database_, "postgres", "wrong-canary"));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("FAILED database"), Not(HasSubstr("wrong-canary"))));
}

}  // namespace
}  // namespace ringtail::e2e
