#include <cstdlib>

#include "integration/clickhouse/fixture.hpp"
#include "support/authority.hpp"

// clickhouses://: HTTPS, whose authority is the system's or in the file that SSL_CERT_FILE names.
namespace ringtail::test {
namespace {

using ::testing::HasSubstr;

class ClickHouseTls : public ::testing::Test {
  protected:
    ~ClickHouseTls() override { ::unsetenv("SSL_CERT_FILE"); }

    void prepare(const std::string& url) {
        const auto log = make_null_logger();
        SystemClock clock;
        make_clickhouse(url, {}, clock, *log)->prepare(std::vector{table_of("t", {{"a"}})});
    }

    TemporaryFolder ours_folder_, others_folder_;
    Authority ours_{ours_folder_.path()}, others_{others_folder_.path()};
};

TEST_F(ClickHouseTls, TheServersCertificateIsChecked) {
    ours_.issue("server");
    const ClickHouseServer server(
        {}, ClickHouseServer::Certificate{ours_.file("server.pem"), ours_.file("server.key")});
    server.query("default", "CREATE DATABASE calls");
    const std::string url = server.https_url("calls");

    ::setenv("SSL_CERT_FILE", ours_.certificate().c_str(), 1);
    EXPECT_NO_THROW(prepare(url));
    EXPECT_EQ(server.value("calls", "SELECT count() FROM t_current"), "0");

    std::string other_name = url;
    other_name.replace(other_name.find("127.0.0.1"), 9, "localhost");
    EXPECT_EQ(error_of([&] { prepare(other_name); }).fault(), Fault::config);

    ::setenv("SSL_CERT_FILE", others_.certificate().c_str(), 1);
    const Error error = error_of([&] { prepare(url); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_THAT(error.hint(), HasSubstr("SSL_CERT_FILE"));
    EXPECT_THAT(std::string(error.what()), ::testing::Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace ringtail::test
