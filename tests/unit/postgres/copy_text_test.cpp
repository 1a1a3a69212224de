#include "destination/postgres/copy_text.hpp"

#include <gtest/gtest.h>

namespace ringtail::postgres {
namespace {

std::string field(std::string_view value) {
    std::string out = "before|";
    append_field(value, out);
    return out.substr(7);
}

TEST(CopyText, EscapesWhatCopyWouldTakeForSomethingElse) {
    EXPECT_EQ(field("a\tb\nc\rd\\e\bf\fg\vh"), "a\\tb\\nc\\rd\\\\e\\bf\\fg\\vh");
    EXPECT_EQ(field("\\N"), "\\\\N");
    EXPECT_EQ(field("\\."), "\\\\.");
    EXPECT_EQ(field("äöü \x01\x1f\x7f 😀"), "äöü \x01\x1f\x7f 😀");
    EXPECT_EQ(field(""), "");
}

TEST(CopyText, FindsTheOneOddByteWhereverItStands) {
    for (std::size_t size = 1; size < 40; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (const char odd : {'\t', '\n', '\\'}) {
                std::string value(size, 'x');
                value[place] = odd;
                std::string expected = value;
                expected.replace(place, 1, odd == '\t' ? "\\t" : odd == '\n' ? "\\n" : "\\\\");
                EXPECT_EQ(field(value), expected) << size << " " << place;
                value[place] = static_cast<char>(0x80 + odd);  // part of a longer code point
                EXPECT_EQ(field(value), value);
            }
        }
    }
}

}  // namespace
}  // namespace ringtail::postgres
