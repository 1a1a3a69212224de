#include "destination/mysql/inspector.hpp"
#include "integration/mysql/fixture.hpp"

// What the server refuses, and what the user is told to do about it.
namespace ringtail::test {
namespace {

class MysqlRights : public MysqlTest {
  protected:
    const Table table_ = table_of("t", {{"id"}, {"a"}});

    // A statement from a hint must be one that works.
    void obey(const std::string& hint) {
        const auto begin = hint.find("GRANT");
        ASSERT_NE(begin, std::string::npos) << hint;
        sql(hint.substr(begin, hint.find(';', begin) - begin));
    }
};

TEST_F(MysqlRights, TheHintsGrantIsAllThatIsNeeded) {
    const std::string user = make_user("nobody");
    sql("GRANT SELECT ON " + database_ + ".* TO " + user);
    destination_ = open_as(user);
    const auto url = server_.url(database_, user, "pw");
    const Error refused = error_of([&] { make_mysql_inspector(url)->try_rights({}); });
    EXPECT_EQ(refused.fault(), Fault::config) << refused.what();
    EXPECT_NE(std::string(refused.what()).find("CREATE TEMPORARY TABLES"), std::string::npos);
    const Error error = error_of([&] { start({table_}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_EQ(error.hint(), refused.hint());
    obey(error.hint());
    make_mysql_inspector(url)->try_rights({});
    destination_ = open_as(user);
    Table child = table_of("child", {{"id"}, {"parent"}});
    child.references = {{"parent", "t"}};
    Table wider = table_;
    wider.columns.push_back({"b"});
    start({table_, child});
    start({wider, child});
    EXPECT_EQ(load(one(wider, {{"id", text("1")}, {"b", text("x")}}))[0].inserted, 1U);
    EXPECT_EQ(load(one(wider, {{"id", text("1")}, {"b", text("y")}}))[0].updated, 1U);
    std::vector<Batch> erasing;
    erasing.emplace_back(wider);
    erasing[0].erase("1");
    EXPECT_EQ(load(erasing)[0].erased, 1U);
    EXPECT_EQ(make_mysql_inspector(url)->describe().substr(0, 14), "MariaDB 10.11.");
}

TEST_F(MysqlRights, RightsThatAreWithdrawnStopTheStreamUntilTheyAreBack) {
    const std::string user = make_user("writer");
    sql("GRANT ALL ON " + database_ + ".* TO " + user);
    destination_ = open_as(user);
    start({table_});
    load(one(table_, {{"id", text("1")}}));
    sql("REVOKE INSERT, UPDATE ON " + database_ + ".* FROM " + user);
    destination_ = open_as(user);
    const auto batches = one(table_, {{"id", text("2")}});
    const Error error = error_of([&] { load(batches); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    obey(error.hint());
    destination_ = open_as(user);
    EXPECT_EQ(load(batches)[0].inserted, 1U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM t"), "2");
}

TEST_F(MysqlRights, LoginsAndDatabasesThatAreWrong) {
    const auto fault_of = [&](const std::string& url) {
        const Error error = error_of([&] { make_mysql(url, {}, log_)->prepare({}); });
        EXPECT_EQ(std::string(error.what()).find("wrong"), std::string::npos) << error.what();
        EXPECT_FALSE(error.hint().empty()) << error.what();
        return error.fault();
    };
    EXPECT_EQ(fault_of(server_.url(database_, "ringtail", "wrong")), Fault::auth);
    EXPECT_EQ(fault_of(server_.url("no_such_database")), Fault::config);
    EXPECT_EQ(fault_of("mysql://u:wrong@127.0.0.1:1/db"), Fault::transient);
    EXPECT_EQ(fault_of(server_.url(database_) + "?useSSL=true"), Fault::config)
        << "the test's server has no TLS, so nothing may be sent";
    EXPECT_EQ(fault_of("mysql://u:wrong@no-such-host.invalid/db"), Fault::transient);
}

TEST_F(MysqlRights, PasswordsWithSpecialCharactersAndSockets) {
    const std::string user = make_user("special");
    sql("ALTER USER " + user + "@'%' IDENTIFIED BY 'p@ss:w%rd';\nGRANT ALL ON " + database_ +
        ".* TO " + user);
    for (const std::string& place :
         {"127.0.0.1:" + std::to_string(server_.port()) + "/" + database_,
          "/" + database_ + "?socket=" + server_.socket()}) {
        for (const char* password : {"p@ss%3Aw%25rd", "p%40ss:w%rd"}) {
            const std::string url = "mariadb://" + user + ":" + password + "@" + place;
            EXPECT_NE(make_mysql_inspector(url)->describe().find(user), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace ringtail::test
