#include <sys/stat.h>

#include "integration/mysql/fixture.hpp"
#include "support/authority.hpp"

// What the URL says about encryption holds.
namespace ringtail::test {
namespace {

class MysqlTls : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto& files = files_of_suite();
        server_ = std::make_unique<MariadbServer>(
            MariadbServer::Durability::none,
            std::vector<std::string>{"--ssl-ca=" + files.ours.certificate(),
                                     "--ssl-cert=" + files.ours.file("server.pem"),
                                     "--ssl-key=" + files.ours.file("server.key")});
        database_ = server_->create_database();
        server_->query(database_,
                       "CREATE USER safe IDENTIFIED BY 's3cret-canary' REQUIRE SSL;\n"
                       "GRANT ALL ON *.* TO safe");
    }
    static void TearDownTestSuite() { server_.reset(); }

    struct Files {
        Files() {
            for (const std::string& path : {ours_folder.path(), others_folder.path()})
                ::chmod(path.c_str(), 0755);
            ours.issue("server");
            ::chmod(ours.file("server.key").c_str(), 0644);  // the server is another user
        }
        TemporaryFolder ours_folder, others_folder;
        Authority ours{ours_folder.path()}, others{others_folder.path()};
    };
    static Files& files_of_suite() {
        static Files files;
        return files;
    }

    // By a user whom the server does not let in without TLS.
    static void prepare(const std::string& parameters, const std::string& host = "127.0.0.1") {
        std::string url = server_->url(database_, "safe", MariadbServer::password()) + parameters;
        url.replace(url.find("127.0.0.1"), 9, host);
        const auto log = make_null_logger();
        make_mysql(url, {}, *log)->prepare(std::vector{table_of("t", {{"id"}})});
    }
    static Error refusal(const std::string& parameters, const std::string& host = "127.0.0.1") {
        const Error error = error_of([&] { prepare(parameters, host); });
        EXPECT_EQ(std::string(error.what()).find("canary"), std::string::npos) << error.what();
        return error;
    }

    static inline std::unique_ptr<MariadbServer> server_;
    static inline std::string database_;
    Files& files_ = files_of_suite();
};

TEST_F(MysqlTls, IsUsedWhereTheServerOffersItAndTheUrlDoesNotForbidIt) {
    for (const char* parameters :
         {"", "?ssl-mode=PREFERRED", "?ssl-mode=REQUIRED", "?useSSL=true"}) {
        EXPECT_NO_THROW(prepare(parameters)) << parameters;
    }
    EXPECT_EQ(refusal("?useSSL=false").fault(), Fault::auth);
    EXPECT_EQ(refusal("?ssl-mode=DISABLED").fault(), Fault::auth);
}

TEST_F(MysqlTls, TheAuthorityOfTheUrlIsTheOnlyOne) {
    const std::string ours = "ssl-ca=" + files_.ours.certificate();
    const std::string others = "ssl-ca=" + files_.others.certificate();
    for (const char* mode :
         {"", "ssl-mode=REQUIRED&", "ssl-mode=VERIFY_CA&", "ssl-mode=VERIFY_IDENTITY&"}) {
        SCOPED_TRACE(mode);
        EXPECT_NO_THROW(prepare("?" + (mode + ours)));
        const Error error = refusal("?" + (mode + others));
        EXPECT_EQ(error.fault(), Fault::config) << error.what();
        EXPECT_THAT(error.hint(), ::testing::HasSubstr("ssl-ca"));
    }
    EXPECT_EQ(refusal("?ssl-mode=VERIFY_CA").fault(), Fault::config) << "the system knows it not";
    EXPECT_EQ(refusal("?ssl-ca=" + files_.ours.file("missing.pem")).fault(), Fault::config);
}

TEST_F(MysqlTls, ACertificateForAnotherNameIsRefused) {
    EXPECT_EQ(refusal("?ssl-ca=" + files_.ours.certificate(), "localhost").fault(), Fault::config);
}

// The shared server has no certificate.
TEST_F(MysqlTest, EncryptionThatTheServerLacksIsNotGoneWithoutInSilence) {
    const auto prepare = [&](const std::string& parameters) {
        make_mysql(server_.url(database_) + parameters, {}, log_)
            ->prepare(std::vector{table_of("t", {{"id"}})});
    };
    EXPECT_NO_THROW(prepare(""));
    for (const char* parameters : {"?useSSL=true", "?ssl-mode=REQUIRED", "?ssl-mode=VERIFY_CA"}) {
        const Error error = error_of([&] { prepare(parameters); });
        EXPECT_EQ(error.fault(), Fault::config) << error.what();
        EXPECT_THAT(error.hint(), ::testing::HasSubstr("useSSL=false"));
    }
}

}  // namespace
}  // namespace ringtail::test
