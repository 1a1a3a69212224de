#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace ringtail {
namespace {

TEST(Utf8, Lengths) {
    EXPECT_EQ(utf8_length("a"), 1U);
    EXPECT_EQ(utf8_length("\u00e4"), 2U);
    EXPECT_EQ(utf8_length("\u20ac"), 3U);
    EXPECT_EQ(utf8_length("\U0001F600"), 4U);
    EXPECT_EQ(utf8_length("\xF4\x8F\xBF\xBF"), 4U);
    for (const char* text :
         {"\x80", "\xC3", "\xC3(", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82",
          "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        EXPECT_EQ(utf8_length(text), 0U) << text;
    }
}

TEST(Utf8, WhatIsAppendedIsOneCharacterOfTheRightLength) {
    for (const std::uint32_t point :
         {0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
        std::string out;
        append_utf8(out, point);
        EXPECT_EQ(utf8_length(out), out.size()) << point;
    }
    std::string out;
    append_utf8(out, 0x1F600);
    EXPECT_EQ(out, "\U0001F600");
}

}  // namespace
}  // namespace ringtail
