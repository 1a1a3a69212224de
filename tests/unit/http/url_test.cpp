#include "http/url.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"

namespace ringtail::http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Query = std::vector<std::pair<std::string, std::string>>;

Error error_of(std::string_view text) {
    try {
        parse_url(text);
    } catch (const Error& error) {
        return error;
    }
    return {Fault::bug, "no error at all"};
}

TEST(Url, AllParts) {
    const Url url = parse_url(
        "PostGres://us%65r:p%40ss@db.example:5432/my%20db?sslmode=disable&a=b%26c&flag&x=");
    EXPECT_EQ(url.scheme, "postgres");
    EXPECT_EQ(url.user, "user");
    EXPECT_EQ(url.password, "p@ss");
    EXPECT_EQ(url.host, "db.example");
    EXPECT_EQ(url.port, 5432);
    EXPECT_EQ(url.path, "/my%20db");
    EXPECT_EQ(url.query, (Query{{"sslmode", "disable"}, {"a", "b&c"}, {"flag", ""}, {"x", ""}}));
}

TEST(Url, FewParts) {
    const Url url = parse_url("postgres:///db");
    EXPECT_EQ(url.user, std::nullopt);
    EXPECT_EQ(url.password, std::nullopt);
    EXPECT_EQ(url.host, "");
    EXPECT_EQ(url.port, std::nullopt);
    EXPECT_EQ(url.path, "/db");
    EXPECT_TRUE(url.query.empty());
    EXPECT_EQ(parse_url("postgres://").path, "");
    EXPECT_EQ(parse_url("mysql://u@h").user, "u");
    EXPECT_EQ(parse_url("mysql://u@h").password, std::nullopt);
    EXPECT_EQ(parse_url("mysql://u:@h").password, "");
    EXPECT_EQ(parse_url("mysql://:p@h").user, "");
    EXPECT_EQ(parse_url("postgres://%2Fvar%2Frun/db").host, "/var/run");
    EXPECT_EQ(parse_url("sqlserver://u:p@h:1433/instance/db").path, "/instance/db");
    EXPECT_EQ(parse_url("https://api.example/?q=a@b:c").query, (Query{{"q", "a@b:c"}}));
    EXPECT_EQ(parse_url("https://api.example/@me/x").path, "/@me/x");
}

TEST(Url, IPv6) {
    const Url url = parse_url("postgres://user:p%40ss@[::1]:5432/db?sslmode=disable");
    EXPECT_EQ(url.host, "::1");
    EXPECT_EQ(url.port, 5432);
    EXPECT_EQ(parse_url("http://[fe80::1%25eth0]/").host, "fe80::1%eth0");
    EXPECT_EQ(parse_url("http://[::1]").port, std::nullopt);
}

TEST(Url, SqliteIsAFile) {
    EXPECT_EQ(parse_url("sqlite:///abs/path.db").path, "/abs/path.db");
    const Url relative = parse_url("sqlite://rel.db?mode=ro");
    EXPECT_EQ(relative.path, "rel.db");
    EXPECT_EQ(relative.host, "");
    EXPECT_EQ(relative.query, (Query{{"mode", "ro"}}));
    EXPECT_EQ(parse_url("sqlite://dir:1/a@b#1.db").path, "dir:1/a@b#1.db");
}

TEST(Url, UnescapedPasswords) {
    EXPECT_EQ(parse_url("postgres://u:p@ss@w@h/db").password, "p@ss@w");
    EXPECT_EQ(parse_url("postgres://u:p:s:@h:1/db").password, "p:s:");
    EXPECT_EQ(parse_url("postgres://u:p#s&=[]@h/db").password, "p#s&=[]");
    EXPECT_EQ(parse_url("postgres://u:p\xc3\xa4 +@h/db").password, "p\xc3\xa4 +");
}

TEST(Url, PasswordsThatCannotWorkUnescapedSayWhatToDo) {
    for (const char* text :
         {"postgres://u:SECR/ET@h/db", "postgres://u:12/SECRET@h/db", "postgres://u:SECR?ET@h/db",
          "postgres://u:1?SECRET@h", "postgres://u:SE@CR/ET@h:1/db", "postgres://u:SE@CR/E?T@h/db",
          "mysql://u:/SECRET@h/db", "https://u:SECR/ET@h/db", "postgres://u:SECRET%@h/db",
          "postgres://u:%zzSECRET@h/db"}) {
        const Error error = error_of(text);
        EXPECT_EQ(error.fault(), Fault::config) << text;
        EXPECT_THAT(error.hint(), HasSubstr("%25")) << text;
        EXPECT_THAT(error.what(),
                    AllOf(Not(HasSubstr("SECR")), Not(HasSubstr("CR/")), Not(HasSubstr("ET"))))
            << text;
    }
}

TEST(Url, Errors) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "no scheme"},
        {"localhost:5432/db", "no scheme"},
        {"://h", "name of a scheme"},
        {"1a://h", "name of a scheme"},
        {"a b://h", "name of a scheme"},
        {"http://h:0", "from 1 to 65535"},
        {"http://h:65536", "from 1 to 65535"},
        {"http://h:99999999999999999999", "from 1 to 65535"},
        {"http://h:+1", "from 1 to 65535"},
        {"http://h:80x/", "from 1 to 65535"},
        {"http://h:/x", "no port"},
        {"http://::1/x", "more than one :"},
        {"http://[::1/x", "no ]"},
        {"http://[::1]x/", "only a port"},
        {"http:///x", "host is missing"},
        {"https://", "host is missing"},
        {"http://a b/", "blank"},
        {"postgres://u:p@h/db\n", "control character"},
        {"postgres://u:p%00q@h/db", "password holds a zero byte"},
        {"postgres://u%00:p@h/db", "user name holds a zero byte"},
        {"postgres://h%00/db", "host holds a zero byte"},
        {"postgres://h/db?a=%00", "value of a parameter holds a zero byte"},
        {"postgres://h/db?a=%4", "value of a parameter holds a %"},
        {"postgres://h%/db", "host holds a %"},
    };
    for (const auto& [text, message] : cases) {
        const Error error = error_of(text);
        EXPECT_EQ(error.fault(), Fault::config) << text;
        EXPECT_THAT(error.what(), HasSubstr(message)) << text;
    }
    EXPECT_EQ(error_of(std::string_view("http://h\0x/", 11)).fault(), Fault::config);
}

TEST(Url, Redacted) {
    const std::pair<const char*, const char*> cases[] = {
        {"postgres://u:secret@h:5432/db?sslmode=disable",
         "postgres://u:***@h:5432/db?sslmode=disable"},
        {"postgres://u@h:5432/db", "postgres://u@h:5432/db"},
        {"postgres://h:5432/db", "postgres://h:5432/db"},
        {"postgres://[::1]:5432/db", "postgres://[::1]:5432/db"},
        {"postgres://u:secret@[::1]:5432/db", "postgres://u:***@[::1]:5432/db"},
        {"postgres://u:se@cr:et@h/db", "postgres://u:***@h/db"},
        {"postgres://u:se/cr?et@h/db", "postgres://u:***@h/db"},
        {"postgres://u:secret", "postgres://u:***"},
        {"u:secret@h/db", "u:***@h/db"},
        {"postgres://h/db?user=u&password=secret&x=1", "postgres://h/db?user=u&password=***&x=1"},
        {"postgres://h:5432/db?password=sec@ret", "postgres://h:***"},
        {"https://api.example/x?access_token=secret", "https://api.example/x?access_token=***"},
        {"host=h PassWord=secret user=u", "host=h PassWord=*** user=u"},
        {"host=h password='se cr et' user=u", "host=h password=*** user=u"},
        {"sqlite:///a/b.db", "sqlite:///a/b.db"},
        {"line\nbreak", "line break"},
        {"", ""},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(redact_url(text), wanted);
}

TEST(Url, PercentCoding) {
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode("a b/\xc3\xa4%+"), "a%20b%2F%C3%A4%25%2B");
    EXPECT_EQ(percent_encode(std::string_view("\0\xff", 2)), "%00%FF");
    EXPECT_EQ(percent_decode("a%20b%2f%C3%a4+"), "a b/\xc3\xa4+");
    for (const char* text : {"%", "a%", "%1", "%g0", "%0g", "%%41"})
        EXPECT_THROW(percent_decode(text), Error) << text;
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

}  // namespace
}  // namespace ringtail::http
