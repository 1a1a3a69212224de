#include "base/md5.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ringtail {
namespace {

// The worked examples of facts/dialfire.md B.7.
TEST(Md5, DerivedIds) {
    EXPECT_EQ(md5_hex({"7QK2M9XWB4TN6RHJ", "2024-03-05T10:03:27.481Z"}),
              "3f468f8d6b84afc96436302bdd6c14fc");
    EXPECT_EQ(md5_hex({"a7d91f0c2b6e4f5899c0d1e2f3a4b5c6", "https://storage.example.com/r/tp.mp3"}),
              "4c172763296f18b325e07694ccbb98b8");
    EXPECT_EQ(md5_hex({"0c5f5b1e6d0e4c0e9a573b1f5e2d7a11", "2024-03-05T10:02:10.000Z"}),
              "6d9989646d9ecd0acaa157ef2b38622c");
}

// RFC 1321, A.5.
TEST(Md5, KnownTexts) {
    EXPECT_EQ(md5_hex({}), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(md5_hex({""}), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(md5_hex({"message digest"}), "f96b697d7cb7938d525a2f31aaf161d0");
    EXPECT_EQ(md5_hex({"message", "", " ", "digest"}), md5_hex({"message digest"}));
    EXPECT_EQ(md5_hex({std::string_view("\0", 1)}), "93b885adfe0da089cdf634904fd59f71");
}

TEST(Md5, EachThreadHasItsOwn) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int k = 0; k < 1000; ++k)
                ASSERT_EQ(md5_hex({"message digest"}), "f96b697d7cb7938d525a2f31aaf161d0");
        });
    }
}

}  // namespace
}  // namespace ringtail
