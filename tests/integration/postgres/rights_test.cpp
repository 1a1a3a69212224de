#include "integration/postgres/fixture.hpp"

#include <thread>

// What the server refuses, and what the user is told to do about it.
namespace ringtail::test {
namespace {

class PostgresRights : public PostgresTest {
  protected:
    const Table table_ = table_of("t", {{"id"}, {"a"}});
    Table wider() const {
        Table table = table_;
        table.columns.push_back({"b"});
        return table;
    }
    // A statement from a hint must be one that works.
    void obey(const std::string& hint) {
        const auto begin = hint.find("GRANT");
        ASSERT_NE(begin, std::string::npos) << hint;
        sql(hint.substr(begin, hint.find(';', begin) - begin));
    }
};

TEST_F(PostgresRights, ToCreateTables) {
    destination_ = open_as(make_role("nobody"));
    const Error error = error_of([&] { start({table_}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    obey(error.hint());
    start({table_});
    EXPECT_EQ(load(one(table_, {{"id", text("1")}}))[0].inserted, 1U);
}

TEST_F(PostgresRights, ToAddColumns) {
    start({table_});
    const std::string role = make_role("writer");
    sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
    destination_ = open_as(role);
    start({table_});  // nothing to create: no right is needed
    const Error error = error_of([&] { start({wider()}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_NE(error.hint().find(R"(ALTER TABLE "public"."t" ADD COLUMN "b" text;)"),
              std::string::npos)
        << error.hint();
    EXPECT_NE(error.hint().find(R"(ALTER TABLE "public"."t" OWNER TO)"), std::string::npos)
        << error.hint();
}

TEST_F(PostgresRights, ToWriteTables) {
    start({table_});
    const std::string role = make_role("reader");
    sql("GRANT ALL ON ringtail_checkpoints, ringtail_rejects, ringtail_rechecks TO " + role +
        "; GRANT SELECT ON t TO " + role);
    destination_ = open_as(role);
    const auto batches = one(table_, {{"id", text("1")}});
    const Error error = error_of([&] { load(batches); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    obey(error.hint());
    EXPECT_EQ(load(batches)[0].inserted, 1U);
}

TEST_F(PostgresRights, ToMakeTemporaryTables) {
    start({table_});
    load(one(table_, {{"id", text("0")}}));
    const std::string role = make_role("notemp");
    sql("REVOKE TEMPORARY ON DATABASE " + database_ +
        " FROM PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
    destination_ = open_as(role);
    const auto batches = one(table_, {{"id", text("1")}});
    const Error error = error_of([&] { load(batches); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    obey(error.hint());
    EXPECT_EQ(load(batches)[0].inserted, 1U);
}

TEST_F(PostgresRights, ToPassRowSecurity) {
    start({table_});
    const std::string role = make_role("secured");
    sql("ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT ALL ON ALL TABLES IN SCHEMA public TO " +
        role);
    destination_ = open_as(role);
    const auto batches = one(table_, {{"id", text("1")}});
    const Error error = error_of([&] { load(batches); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    sql(error.hint().substr(error.hint().find("ALTER ROLE")));
    EXPECT_EQ(load(batches)[0].inserted, 1U);
}

TEST_F(PostgresRights, ADatabaseThatCannotHoldEveryText) {
    const std::string ascii =
        server_.create_database("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
    const Error error = error_of(
        [&] { make_postgres(server_.url(ascii), {}, log_)->prepare(std::vector{table_}); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_NE(std::string(error.what()).find("SQL_ASCII"), std::string::npos);
    EXPECT_NE(error.hint().find("ENCODING 'UTF8'"), std::string::npos);
}

TEST_F(PostgresRights, NoSchemaInTheSearchPath) {
    const std::string role = make_role("lost");
    sql("ALTER ROLE " + role + " SET search_path = nowhere");
    const Error error = error_of([&] { open_as(role)->prepare(std::vector{table_}); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_NE(error.hint().find("search_path"), std::string::npos) << error.hint();
}

TEST_F(PostgresRights, WrongPasswordDatabaseAndPort) {
    const auto error_for = [&](const std::string& url) {
        const Error error =
            error_of([&] { make_postgres(url, {}, log_)->prepare(std::vector{table_}); });
        for (const std::string& said : {std::string(error.what()), error.hint()}) {
            EXPECT_EQ(said.find(PostgresServer::password()), std::string::npos) << said;
            EXPECT_EQ(said.find("wrong-canary"), std::string::npos) << said;
        }
        return error;
    };
    EXPECT_EQ(error_for(server_.url(database_, "postgres", "wrong-canary")).fault(), Fault::auth);
    EXPECT_EQ(error_for(server_.url(database_, "unknown", "wrong-canary")).fault(), Fault::auth);
    const Error missing = error_for(server_.url("missing"));
    EXPECT_EQ(missing.fault(), Fault::config);
    EXPECT_NE(missing.hint().find("CREATE DATABASE"), std::string::npos);
    EXPECT_EQ(error_for("postgres://postgres:wrong-canary@127.0.0.1:1/x").fault(),
              Fault::transient);
    EXPECT_EQ(error_for(server_.url(database_) + "?sslmode=require").fault(), Fault::config);
    EXPECT_EQ(error_for("postgres://postgres:wrong-canary@7@127.0.0.1/x").fault(), Fault::config);
}

// Ringtail's own statements do not depend on how a server or role is set up.
TEST_F(PostgresRights, SettingsOfTheRoleDoNotMatter) {
    const std::string role = make_role("odd");
    sql("GRANT CREATE ON SCHEMA public TO " + role + "; ALTER ROLE " + role +
        " SET DateStyle = 'German'; ALTER ROLE " + role +
        " SET TimeZone = 'Asia/Tokyo'; ALTER ROLE " + role +
        " SET standard_conforming_strings = off; ALTER ROLE " + role +
        " SET statement_timeout = '500ms'; ALTER ROLE " + role +
        " SET default_transaction_isolation = 'serializable'; ALTER ROLE " + role +
        " SET default_transaction_read_only = on; ALTER ROLE " + role +
        " SET client_encoding = 'LATIN1'");
    destination_ = open_as(role);
    const Table t = table_of("t", {{"id"}, {"at", Type::timestamp}});
    start({t});
    // A load that waits for longer than the role's statements may take.
    const std::jthread blocker([&] { sql("BEGIN; LOCK TABLE t; SELECT pg_sleep(1.5); COMMIT"); });
    while (value("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND mode = "
                 "'AccessExclusiveLock' AND granted") == "0") {
        std::this_thread::yield();
    }
    load(one(t, {{"id", text("ä😀\\'")}, {"at", text("2024-03-05T10:00:00Z")}}));
    EXPECT_EQ(value("SET TimeZone = 'UTC'; SELECT concat_ws('|', id, at) FROM t"),
              "ä😀\\'|2024-03-05 10:00:00+00");
}

}  // namespace
}  // namespace ringtail::test
