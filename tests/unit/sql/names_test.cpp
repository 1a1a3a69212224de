#include "sql/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/md5.hpp"

namespace ringtail::sql {
namespace {

using ::testing::ElementsAre;
using Names = std::vector<std::string>;
using namespace std::string_literals;

constexpr std::array<std::string_view, 2> kReserved{"ctid", "xmin"};
const NameRules kPostgres{.max_bytes = 63, .folds_case = false, .reserved = kReserved};
const NameRules kSqlite{.max_bytes = 0, .folds_case = true};

std::string hash(std::string_view name) { return "_" + md5_hex({name}).substr(0, 8); }

TEST(MapNames, KeepsWhatTheDatabaseTakes) {
    const Names odd{"$id",           "Straße 1",      "select", "a\"b", "x'; drop table y; --",
                    "_492661939677", "$$anrufen_task"};
    EXPECT_EQ(map_names(odd, {}, kPostgres), odd);
    EXPECT_EQ(map_names(odd, {}, kSqlite), odd);
}

TEST(MapNames, NamesEqualButForCase) {
    const Names wanted{"Firma", "firma", "FIRMA"};
    EXPECT_EQ(map_names(wanted, {}, kPostgres), wanted);
    EXPECT_THAT(map_names(wanted, {}, kSqlite),
                ElementsAre("Firma", "firma" + hash("firma"), "FIRMA" + hash("FIRMA")));
}

TEST(MapNames, AColumnKeepsItsNameWhenOthersComeAndGo) {
    const Names first = map_names(Names{"Firma"}, {}, kSqlite);
    const Names both = map_names(Names{"firma", "Firma"}, first, kSqlite);
    EXPECT_THAT(both, ElementsAre("firma" + hash("firma"), "Firma"));
    EXPECT_THAT(map_names(Names{"firma"}, both, kSqlite), ElementsAre("firma" + hash("firma")));
}

TEST(MapNames, OneColumnOfAnotherCaseIsUsed) {
    EXPECT_THAT(map_names(Names{"id", "name"}, Names{"ID", "Name"}, kSqlite),
                ElementsAre("ID", "Name"));
    EXPECT_THAT(map_names(Names{"id"}, Names{"ID"}, kPostgres), ElementsAre("id"));
}

TEST(MapNames, OnlyAsciiLettersFold) {
    EXPECT_THAT(map_names(Names{"Ä", "ä"}, {}, kSqlite), ElementsAre("Ä", "ä"));
}

TEST(MapNames, LongNamesAreShortenedBetweenCodePoints) {
    const std::string fits(63, 'x');
    const std::string longer = "x" + std::string(62, 'y') + "z";
    std::string umlauts;
    for (int i = 0; i < 40; ++i) umlauts += "ä";
    const Names names = map_names(Names{fits, longer, umlauts}, {}, kPostgres);
    EXPECT_EQ(names[0], fits);
    EXPECT_EQ(names[1], longer.substr(0, 54) + hash(longer));
    EXPECT_EQ(names[2], umlauts.substr(0, 54) + hash(umlauts));
    const Names shifted = map_names(Names{"x" + umlauts}, {}, kPostgres);
    EXPECT_EQ(shifted[0], ("x" + umlauts).substr(0, 53) + hash("x" + umlauts));
}

TEST(MapNames, NamesCutByThePreviousProgramAreUsed) {
    const std::string one = std::string(63, 'x') + "1";
    const std::string two = std::string(63, 'x') + "2";
    const Names cut{std::string(63, 'x')};
    EXPECT_EQ(map_names(Names{one}, cut, kPostgres), cut);
    // Nobody knows which of the two the column holds.
    const Names both = map_names(Names{one, two}, cut, kPostgres);
    EXPECT_THAT(both, ElementsAre(hashed_name(one, kPostgres), hashed_name(two, kPostgres)));
    // The form with the hash is ours and beats the cut one.
    EXPECT_THAT(map_names(Names{one}, Names{cut[0], hashed_name(one, kPostgres)}, kPostgres),
                ElementsAre(hashed_name(one, kPostgres)));
    // The cut name is somebody's own name.
    EXPECT_THAT(map_names(Names{one, cut[0]}, cut, kPostgres),
                ElementsAre(hashed_name(one, kPostgres), cut[0]));
}

TEST(MapNames, ReservedEmptyAndNulNames) {
    EXPECT_THAT(
        map_names(Names{"xmin", "XMIN", "", "a\0b"s}, {}, kPostgres),
        ElementsAre("xmin" + hash("xmin"), "XMIN", "column" + hash(""), "a_b" + hash("a\0b"s)));
}

TEST(MapNames, ANameThatIsAnothersHashedNameIsNotTakenTwice) {
    const Names wanted{"", "column" + hash("")};
    const Names names = map_names(wanted, {}, kPostgres);
    EXPECT_EQ(names[1], wanted[1]);
    EXPECT_EQ(names[0], "column_" + md5_hex({""}));
    EXPECT_EQ(map_names(wanted, names, kPostgres), names);
}

TEST(MapNames, ExistingColumnsMakeTheSameMapping) {
    const Names wanted{
        "Firma", "firma", "FIRMA", "", std::string(70, 'x'), std::string(70, 'x') + "y"};
    for (const NameRules& rules : {kPostgres, kSqlite}) {
        const Names names = map_names(wanted, {}, rules);
        EXPECT_EQ(map_names(wanted, names, rules), names);
    }
}

// As MySQL has names.
const NameRules kCharacters{
    .max_chars = 10, .folds_all_case = true, .only_plain_chars = true, .reserved = {}};

TEST(MapNames, LimitsMayCountCharacters) {
    const Names wanted{"ääääääääää", "äääääääääää", "name😀", "blank ", "blank"};
    EXPECT_THAT(map_names(wanted, {}, kCharacters),
                ElementsAre("ääääääääää", "ä" + hash(wanted[1]), "n" + hash("name😀"),
                            "b" + hash("blank "), "blank"));
    EXPECT_THAT(map_names(Names{"ääääääääääx"}, Names{"ääääääääää"}, kCharacters),
                ElementsAre("ääääääääää"))
        << "as an older program let the database cut it";
    EXPECT_EQ(hashed_name("😀", kCharacters), "_" + hash("😀"));
}

TEST(MapNames, CaseMayBeThatOfAllLetters) {
    for (const auto& [small, capital] :
         {std::pair{"äé", "ÄÉ"}, {"œšž", "ŒŠŽ"}, {"łń", "ŁŃ"}, {"αω", "ΑΩ"}, {"жяё", "ЖЯЁ"}}) {
        const Names names = map_names(Names{small, capital}, {}, kCharacters);
        EXPECT_EQ(names[0], small);
        EXPECT_NE(names[1], capital) << "the database holds them for one";
        EXPECT_THAT(map_names(Names{small}, Names{capital}, kCharacters), ElementsAre(capital));
    }
    EXPECT_THAT(map_names(Names{"ß", "SS", "÷", "×"}, {}, kCharacters),
                ElementsAre("ß", "SS", "÷", "×"));
}

TEST(QuoteIdentifier, DoublesQuotes) {
    EXPECT_EQ(quote_identifier("a\"b\"\""), "\"a\"\"b\"\"\"\"\"");
    EXPECT_EQ(quote_identifier("x\"; drop table y; --"), "\"x\"\"; drop table y; --\"");
}

}  // namespace
}  // namespace ringtail::sql
