#include "control/secrets.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "contract/control/fixture.hpp"
#include "control/key_file.hpp"

namespace ringtail::control {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHexKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kBase64Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kOtherKey = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class SecretsTest : public StoreTest {
  protected:
    ~SecretsTest() override { ::unsetenv("RINGTAIL_SECRET_KEY"); }
    std::string error() {
        reopen();
        return config_error([&] { store().secrets().check(); });
    }
};

TEST_F(SecretsTest, AreNowhereInTheFiles) {
    const auto source = add_source("shop");
    EXPECT_EQ(store().sources().secret(source), "a secret of shop");
    EXPECT_EQ(store().sources().find(source)->last4, "shop");
    const std::string token = store().sources().hook_tokens(source, at(0)).now;
    const std::string key = store().keys().add("k", Scope::read, at(0)).key;
    for (const char* end : {"", "-wal"}) {
        const std::string bytes = content(files().database + end);
        EXPECT_THAT(bytes, Not(HasSubstr("secret of"))) << end;
        EXPECT_THAT(bytes, Not(HasSubstr("sqlite:///a.db"))) << end;
        EXPECT_THAT(bytes, Not(HasSubstr(token))) << end;
        EXPECT_THAT(bytes, Not(HasSubstr(key))) << end;
    }
    store().sources().set_secret(source, "another secret");
    reopen();
    EXPECT_EQ(store().sources().secret(source), "another secret");
}

TEST_F(SecretsTest, TheKeyFileIsTheOwnersAlone) {
    struct stat found {};
    ASSERT_EQ(::stat(files().key.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat(files().database.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
    ::chmod(files().key.c_str(), 0644);
    EXPECT_THAT(error(), AllOf(HasSubstr("may be read by other users (mode 0644)"),
                               HasSubstr("chmod 600 " + files().key)));
}

TEST_F(SecretsTest, AMissingOrWrongKeyIsSaid) {
    std::filesystem::rename(files().key, files().key + ".away");
    EXPECT_THAT(error(), AllOf(HasSubstr("secret.key is missing"), HasSubstr("backup")));
    EXPECT_FALSE(std::filesystem::exists(files().key)) << "no new one is made";
    make_key_file(files().key, parse_key(kOtherKey).value());
    EXPECT_THAT(error(), AllOf(HasSubstr("is not the one"), Not(HasSubstr("AQEC"))));
    EXPECT_THAT(config_error([&] { add_source("new"); }), HasSubstr("is not the one"));
    std::ofstream(files().key) << "nonsense\n";
    EXPECT_THAT(error(), AllOf(HasSubstr("holds no key"), Not(HasSubstr("nonsense"))));
    std::filesystem::rename(files().key + ".away", files().key);
    EXPECT_EQ(error(), "");
    // What needs no secret works without the key.
    std::filesystem::remove(files().key);
    reopen();
    EXPECT_EQ(store().destinations().list().size(), 1U);
}

TEST_F(SecretsTest, TheKeyOfTheEnvironmentGoesFirst) {
    ::setenv("RINGTAIL_SECRET_KEY", kOtherKey, 1);
    EXPECT_THAT(error(), HasSubstr("the key in RINGTAIL_SECRET_KEY is not the one"));
    ::setenv("RINGTAIL_SECRET_KEY", "short", 1);
    EXPECT_THAT(error(),
                AllOf(HasSubstr("RINGTAIL_SECRET_KEY is no key"), Not(HasSubstr("short\n"))));
    const StoreFiles fresh{folder() + "/b.db", folder() + "/b.key"};
    ::setenv("RINGTAIL_SECRET_KEY", kHexKey, 1);
    {
        Store other(fresh);
        other.destinations().add("d", "sqlite:///b.db", "b.db", at(0));
        EXPECT_FALSE(std::filesystem::exists(fresh.key));
    }
    ::setenv("RINGTAIL_SECRET_KEY", kBase64Key, 1);
    Store other(fresh);
    EXPECT_EQ(other.destinations().url(1), "sqlite:///b.db");
}

TEST(KeyFile, TakesHexAndBothBase64) {
    const auto key = parse_key(kHexKey);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->size(), 32U);
    EXPECT_EQ((*key)[31], '\x1f');
    EXPECT_EQ(parse_key(std::string(" ") + kBase64Key + "\n"), key);
    EXPECT_EQ(parse_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"), key);
    for (const char* wrong : {"", "00", "AAECAw==",
                              "zz0102030405060708090a0b0c0d0e0f10111213141516"
                              "1718191a1b1c1d1e1f"})
        EXPECT_FALSE(parse_key(wrong)) << wrong;
}

TEST(KeyFile, IsNeverReplaced) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path() + "/k";
    EXPECT_FALSE(read_key_file(path));
    EXPECT_TRUE(make_key_file(path, parse_key(kHexKey).value()));
    EXPECT_FALSE(make_key_file(path, parse_key(kOtherKey).value()));
    EXPECT_EQ(read_key_file(path), parse_key(kHexKey));
    EXPECT_THAT(config_error([&] { make_key_file(folder.path() + "/no/k", "x"); }),
                HasSubstr("cannot be made"));
}

TEST(Secrets, ManyThreadsThatStartAtOnceAgreeOnOneKey) {
    const test::TemporaryFolder folder;
    const StoreFiles files = StoreFiles::in(folder.path());
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&files, i] {
                Store store(files);
                store.destinations().add("d" + std::to_string(i), "url " + std::to_string(i), "",
                                         at(0));
            });
        }
    }
    Store store(files);
    for (const DestinationRecord& one : store.destinations().list())
        EXPECT_EQ(store.destinations().url(one.number), "url " + one.name.substr(1));
    EXPECT_EQ(store.destinations().list().size(), 4U);
}

TEST(Secrets, AreDamagedWhenAByteIsAnother) {
    const test::TemporaryFolder folder;
    Store store(StoreFiles::in(folder.path()));
    const std::string sealed = store.secrets().seal("text");
    EXPECT_NE(store.secrets().seal("text"), sealed) << "each has a nonce of its own";
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string other = sealed;
        other[i] = static_cast<char>(other[i] ^ 1);
        EXPECT_THAT(config_error([&] { store.secrets().open(other); }), HasSubstr("damaged")) << i;
    }
    EXPECT_THAT(config_error([&] { store.secrets().open(""); }), HasSubstr("damaged"));
}

}  // namespace
}  // namespace ringtail::control
