#include "destination/mysql/url.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::mysql {
namespace {

TEST(Url, IsTakenApartAsTheOldClientsDocumentsHaveIt) {
    const Url url = read_url("mysql://ann:s3cret@db.example.com:3307/calls?useSSL=false");
    EXPECT_EQ(url.user, "ann");
    EXPECT_EQ(url.password, "s3cret");
    EXPECT_EQ(url.host, "db.example.com");
    EXPECT_EQ(url.port, 3307U);
    EXPECT_EQ(url.database, "calls");
    EXPECT_EQ(url.tls, Tls::off);
    EXPECT_EQ(url.shown, "database calls at db.example.com:3307");
    EXPECT_EQ(read_url("mariadb://h/d").port, 3306U);
    EXPECT_EQ(read_url("mariadb://h/d").tls, Tls::preferred);
    EXPECT_EQ(read_url("mysql://[::1]:3306/d").host, "::1");
}

TEST(Url, PasswordsMayHoldEveryCharacter) {
    EXPECT_EQ(read_url("mysql://u:p%40ss%2F%3a%25@h/d").password, "p@ss/:%");
    EXPECT_EQ(read_url("mysql://u:p@ss@h/d").password, "p@ss");
    EXPECT_EQ(read_url("mysql://u:a:b@h/d").password, "a:b");
    EXPECT_EQ(read_url("mysql://u:50%off%2@h/d").password, "50%off%2");
    EXPECT_EQ(read_url("mysql://u%40x@h/d%20e").user, "u@x");
    EXPECT_EQ(read_url("mysql://u%40x@h/d%20e").database, "d e");
}

TEST(Url, Parameters) {
    EXPECT_EQ(read_url("mysql://h/d?useSSL=true").tls, Tls::required);
    EXPECT_EQ(read_url("mysql://h/d?ssl-mode=DISABLED").tls, Tls::off);
    EXPECT_EQ(read_url("mysql://h/d?ssl_mode=verify_identity&ssl-ca=/etc/ca.pem").tls,
              Tls::verified);
    EXPECT_EQ(read_url("mysql://h/d?ssl-mode=VERIFY_CA&ssl-ca=/etc/ca%20b.pem").ca_file,
              "/etc/ca b.pem");
    EXPECT_EQ(read_url("mysql://h/d?ssl-ca=/ca.pem").tls, Tls::verified);
    EXPECT_EQ(read_url("mysql://h/d?useSSL=false&ssl-ca=/ca.pem").tls, Tls::off);
    const Url socket = read_url("mysql://u:p@/calls?socket=/run/mysqld/mysqld.sock");
    EXPECT_EQ(socket.socket, "/run/mysqld/mysqld.sock");
    EXPECT_EQ(socket.shown, "database calls at /run/mysqld/mysqld.sock");
    EXPECT_EQ(read_url("mysql://h/d?connect_timeout=7&").connect_timeout_s, 7U);
    EXPECT_EQ(read_url("mysql://h/d?lock_wait=5").lock_wait_s, 5U);
    EXPECT_EQ(read_url("mysql://h/d").lock_wait_s, 60U);
}

TEST(Url, ThatIsMisreadIsRefusedWithoutAWordOfIt) {
    for (const char* text :
         {"mysql://ann:canary/7@host/calls", "mysql://ann:12/canary@host/calls",
          "mysql://ann:canary@host", "mysql://ann:canary@host/", "mysql://ann:canary@host:0/d",
          "mysql://ann:canary@host:x/d", "mysql://ann:canary@host:70000/d",
          "mysql://ann:canary@host/d?useSSL=perhaps", "mysql://ann:canary@host/d?ssl-mode=on",
          "mysql://ann:canary@host/d?sslmode=require", "mysql://ann:canary@[::1/d",
          "postgres://ann:canary@host/calls", "canary"}) {
        try {
            read_url(text);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::config);
            EXPECT_EQ(std::string(error.what()).find("canary"), std::string::npos) << error.what();
            EXPECT_EQ(error.hint().find("canary"), std::string::npos) << text;
            EXPECT_NE(error.hint().find("mysql://USER:PASSWORD@HOST"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace ringtail::mysql
