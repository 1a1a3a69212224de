#include "filter/filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "base/error.hpp"

namespace ringtail::filter {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<Field> kFields{{"status_code", Type::number},
                                 {"status2_code", Type::number},
                                 {"duration", Type::number},
                                 {"site", Type::text},
                                 {"visit_info.current.src", Type::text},
                                 {"date", Type::moment}};

using Values = std::map<std::string, std::string>;

class Row final : public Record {
  public:
    explicit Row(Values values) : values_(std::move(values)) {}
    std::optional<std::string_view> value(std::size_t field) const override {
        const auto found = values_.find(kFields.at(field).name);
        if (found == values_.end()) return std::nullopt;
        return found->second;
    }

  private:
    Values values_;
};

const Row kCall({{"status_code", "200"},
                 {"status2_code", "487"},
                 {"duration", "12345678901234567890.50"},
                 {"site", "Über uns.example"},
                 {"visit_info.current.src", "it's 100%"},
                 {"date", "2023-05-31 20:59:59"}});

bool takes(std::string_view text, const Record& row = kCall, const Zone* zone = nullptr) {
    return Expression(text, {kFields, zone}).takes(row);
}

std::string error_of(std::string_view text) {
    try {
        const Expression expression(text, {kFields, nullptr});
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        return std::string(error.what()) + " / " + error.hint();
    }
    return "no error";
}

TEST(Filter, NumbersAreComparedByValueToTheLastDigit) {
    EXPECT_TRUE(takes("status_code = 200"));
    EXPECT_TRUE(takes("status_code = 200.0 and status_code == '2e2'"));
    EXPECT_FALSE(takes("status_code != 200"));
    EXPECT_TRUE(takes("status_code <> 201"));
    EXPECT_TRUE(takes("duration > 12345678901234567890.49"));
    EXPECT_TRUE(takes("duration = 12345678901234567890.5"));
    EXPECT_FALSE(takes("duration >= 12345678901234567890.51"));
    EXPECT_TRUE(takes("status_code > -1 and status_code < 1e3 and status_code <= 200"));
    EXPECT_TRUE(takes("status_code in (1, 200, 3)"));
    EXPECT_FALSE(takes("status_code not in (1, 200, 3)"));
    EXPECT_TRUE(takes("duration > -0 and duration > 0.00"));
}

TEST(Filter, TextsAreComparedAsTheyAre) {
    EXPECT_TRUE(takes("site = 'Über uns.example'"));
    EXPECT_FALSE(takes("site = 'über uns.example'"));
    EXPECT_TRUE(takes("\"visit_info.current.src\" = 'it''s 100%'"));
    EXPECT_TRUE(takes("site in ('a', 'Über uns.example')"));
    EXPECT_TRUE(takes("site > 'A' and site < 'ß'"));
}

TEST(Filter, LikeKnowsAnyCharactersOneCharacterAndEscapes) {
    EXPECT_TRUE(takes("site like '%uns%'"));
    EXPECT_TRUE(takes("site like '_ber uns.example'"));
    EXPECT_FALSE(takes("site like '__ber uns.example'"));
    EXPECT_TRUE(takes("visit_info.current.src like '%100\\%'"));
    EXPECT_FALSE(takes("visit_info.current.src like '%99\\%'"));
    EXPECT_TRUE(takes("site not like 'x%'"));
    EXPECT_TRUE(takes("site like '%%%'"));
    EXPECT_FALSE(takes("site like ''"));
    EXPECT_TRUE(takes("site like 'Ü%s%.%e%'"));
}

TEST(Filter, MomentsMeanTheDayMinuteOrSecondThatIsWritten) {
    const Zone moscow("Europe/Moscow");  // 23:59:59 there
    EXPECT_TRUE(takes("date = 2023-05-31", kCall, &moscow));
    EXPECT_TRUE(takes("date = '2023-05-31 23:59'", kCall, &moscow));
    EXPECT_TRUE(takes("date = '2023-05-31T23:59:59'", kCall, &moscow));
    EXPECT_FALSE(takes("date < 2023-05-31", kCall, &moscow));
    EXPECT_TRUE(takes("date <= 2023-05-31", kCall, &moscow));
    EXPECT_FALSE(takes("date > 2023-05-31", kCall, &moscow));
    EXPECT_TRUE(takes("date >= '2023-05-31 23:59:59'", kCall, &moscow));
    EXPECT_TRUE(takes("date > '2023-05-31 23:58'", kCall, &moscow));
    EXPECT_TRUE(takes("date < '2023-06-01'", kCall, &moscow));
    EXPECT_TRUE(takes("date = '2023-05-31 20:59'", kCall, nullptr));
    const Row next(Values{{"date", "2023-05-31 21:00:00"}});
    EXPECT_FALSE(takes("date = 2023-05-31", next, &moscow));
    EXPECT_TRUE(takes("date > 2023-05-31", next, &moscow));
}

TEST(Filter, NothingIsNeitherEqualNorUnequal) {
    const Row row(Values{{"status_code", "-"}});
    EXPECT_FALSE(takes("status_code = 200", row));
    EXPECT_FALSE(takes("not status_code = 200", row));
    EXPECT_FALSE(takes("status2_code != 200", row));
    EXPECT_FALSE(takes("not (site = 'a' and duration = 1)", row));
    EXPECT_TRUE(takes("site is null and status_code is null", row));
    EXPECT_TRUE(takes("site = 'a' or site is null", row));
    EXPECT_FALSE(takes("site is not null", row));
    EXPECT_FALSE(takes("site not in ('a')", row));
    EXPECT_FALSE(takes("site not like 'a%'", row));
}

TEST(Filter, NotBindsTightestThenAndThenOr) {
    EXPECT_TRUE(takes("status_code = 200 or status_code = 1 and status_code = 2"));
    EXPECT_FALSE(takes("(status_code = 200 or status_code = 1) and status_code = 2"));
    EXPECT_TRUE(takes("NOT status_code = 1 AND status_code = 200"));
    EXPECT_TRUE(takes("not not status_code = 200"));
    EXPECT_TRUE(takes(""));
    EXPECT_TRUE(takes(" \n"));
}

TEST(Filter, KnowsItsFields) {
    const Expression expression("date > 2020-01-01 and (status_code = 1 or date is null)",
                                {kFields, nullptr});
    EXPECT_THAT(expression.fields(), ElementsAre(0U, 5U));
    EXPECT_TRUE(Expression().takes_all());
}

TEST(Filter, ErrorsNameThePlaceAndWhatIsAllowed) {
    EXPECT_THAT(error_of("status_cod = 200"),
                AllOf(HasSubstr("character 1"), HasSubstr("Did you mean status_code?"),
                      HasSubstr("visit_info.current.src")));
    EXPECT_THAT(error_of("site = 'ü' and ''"), HasSubstr("character 16: a field's name"));
    EXPECT_THAT(error_of("status_code = "), HasSubstr("not the end"));
    EXPECT_THAT(error_of("status_code 200"), HasSubstr("a comparison"));
    EXPECT_THAT(error_of("status_code = 'many'"), HasSubstr("status_code is a number"));
    EXPECT_THAT(error_of("site = 200"), HasSubstr("Write '200' with quotes"));
    EXPECT_THAT(error_of("date > yesterday"), HasSubstr("a time to compare date with"));
    EXPECT_THAT(error_of("date > 2023-02-30"), HasSubstr("no day and no time"));
    EXPECT_THAT(error_of("date > '2023-02-03T10:00:00Z'"), HasSubstr("no day and no time"));
    EXPECT_THAT(error_of("(status_code = 1"), HasSubstr("character 17"));
    EXPECT_THAT(error_of("status_code = 1)"), HasSubstr("character 16"));
    EXPECT_THAT(error_of("status_code = 1; drop table calls"), HasSubstr("';' means nothing"));
    EXPECT_THAT(error_of("site = 'open"), HasSubstr("is not closed"));
    EXPECT_THAT(error_of("status_code like '2%'"), HasSubstr("\"like\" is for texts"));
    EXPECT_THAT(error_of("status_code in ()"), HasSubstr("a number to compare status_code with"));
    EXPECT_THAT(error_of("status_code in (1 2)"), HasSubstr("\",\" or \")\""));
    EXPECT_THAT(error_of("site is 'a'"), HasSubstr("\"null\" or \"not null\""));
    EXPECT_THAT(error_of("site not = 'a'"), HasSubstr("\"in\" or \"like\""));
    EXPECT_THAT(error_of("and = 1"), HasSubstr("a field's name"));
    EXPECT_THAT(error_of(std::string(1000, '(')), HasSubstr("more than 200 brackets"));
    EXPECT_THAT(error_of(std::string(70'000, ' ')), HasSubstr("64 KiB"));
}

// A long row of `not` and of `and` is read without deep recursion.
TEST(Filter, LongIsNotDeep) {
    std::string text;
    for (int i = 0; i < 2'000; ++i) text += "not not status_code = 200 and ";
    EXPECT_TRUE(takes(text + "status_code = 200"));
}

// Against a straightforward reference: whatever expression of and, or, not over known verdicts.
TEST(Filter, RandomExpressionsAgreeWithKleenesTables) {
    std::mt19937 random(7);
    const Row row(Values{{"status_code", "1"}});
    for (int round = 0; round < 2'000; ++round) {
        struct Made {
            std::string text;
            int verdict;  // 0 false, 1 unknown, 2 true
        };
        const std::function<Made(int)> make = [&](int depth) -> Made {
            const auto pick = random() % (depth > 4 ? 3 : 6);
            if (pick == 0) return {"status_code = 1", 2};
            if (pick == 1) return {"status_code = 2", 0};
            if (pick == 2) return {"site = 'a'", 1};
            const Made left = make(depth + 1);
            if (pick == 3) return {"not (" + left.text + ")", 2 - left.verdict};
            const Made right = make(depth + 1);
            if (pick == 4)
                return {"(" + left.text + ") and (" + right.text + ")",
                        std::min(left.verdict, right.verdict)};
            return {"(" + left.text + ") or (" + right.text + ")",
                    std::max(left.verdict, right.verdict)};
        };
        const Made made = make(0);
        ASSERT_EQ(takes(made.text, row), made.verdict == 2) << made.text;
    }
}

}  // namespace
}  // namespace ringtail::filter
