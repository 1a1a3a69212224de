#include "destination/relational/loose_texts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace ringtail::relational {
namespace {

// Characters around which the orders differ, as UTF-8, and their units of UTF-16.
struct Character {
    std::string utf8;
    std::u16string utf16;
};
const std::vector<Character> kCharacters{{"\t", u"\t"},
                                         {"\x1f", u"\x1f"},
                                         {" ", u" "},
                                         {"!", u"!"},
                                         {"a", u"a"},
                                         {"b", u"b"},
                                         {"\xC3\xA4", u"\u00E4"},
                                         {"\xED\x9F\xBF", u"\uD7FF"},
                                         {"\xEE\x80\x80", u"\uE000"},
                                         {"\xEF\xBF\xBD", u"\uFFFD"},
                                         {"\xF0\x9F\x98\x80", u"\U0001F600"}};

struct Text {
    std::string utf8;
    std::u16string utf16;
};

// -1, 0 or 1, with the shorter one filled up with blanks.
template <typename String>
int compare_padded(String a, String b) {
    const auto size = std::max(a.size(), b.size());
    a.resize(size, ' ');
    b.resize(size, ' ');
    const auto wide = [](const String& text) {
        std::u32string units;
        for (const auto unit : text)
            units += static_cast<char32_t>(
                static_cast<std::make_unsigned_t<typename String::value_type>>(unit));
        return units;
    };
    const int order = wide(a).compare(wide(b));
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::u16string utf16_of(std::string_view utf8) {
    std::u16string text;
    while (!utf8.empty()) {
        const auto found =
            std::find_if(kCharacters.begin(), kCharacters.end(),
                         [&](const Character& c) { return utf8.starts_with(c.utf8); });
        if (found == kCharacters.end()) {
            ADD_FAILURE() << "half a character";
            return text;
        }
        text += found->utf16;
        utf8.remove_prefix(found->utf8.size());
    }
    return text;
}

TEST(LooseTexts, HoldAllTextsOfTheSpanInEveryOrder) {
    constexpr unsigned kSeed = 20240305;
    std::mt19937 random(kSeed);
    const auto text = [&] {
        Text made;
        for (auto n = random() % 4; n > 0; --n) {
            const Character& c = kCharacters[random() % kCharacters.size()];
            made.utf8 += c.utf8;
            made.utf16 += c.utf16;
        }
        return made;
    };
    int narrowed = 0;
    for (int i = 0; i < 300'000; ++i) {
        const std::string from = text().utf8, to = text().utf8;
        const Text stored = text();
        if (stored.utf8 < from || stored.utf8 > to) continue;
        const auto loose = loosened({"id", from, to});
        if (!loose) continue;
        ++narrowed;
        const bool holds_lower =
            loose->from.empty() ||
            (stored.utf8 >= loose->from && compare_padded(stored.utf8, loose->from) >= 0 &&
             compare_padded(stored.utf16, utf16_of(loose->from)) >= 0);
        const bool holds_upper = stored.utf8 <= loose->to &&
                                 compare_padded(stored.utf8, loose->to) <= 0 &&
                                 compare_padded(stored.utf16, utf16_of(loose->to)) <= 0;
        ASSERT_TRUE(holds_lower && holds_upper)
            << "seed " << kSeed << ": '" << stored.utf8 << "' is between '" << from << "' and '"
            << to << "', but not between '" << loose->from << "' and '" << loose->to << "'";
    }
    EXPECT_GT(narrowed, 10'000);
}

TEST(LooseTexts, AreNotMuchLooserWhereIdsAreIds) {
    const auto loose = loosened({"id", "5f1c00", "5f1cff"});
    ASSERT_TRUE(loose);
    EXPECT_EQ(loose->from, "5f1c0");
    EXPECT_EQ(loose->to, "5f1cff!");
}

}  // namespace
}  // namespace ringtail::relational
