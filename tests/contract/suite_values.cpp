#include "contract/fixture.hpp"
#include "sql/value.hpp"

// Every odd value ends in its column exactly, or as NULL with a reject that has its raw text.
// Nothing in between.
namespace ringtail::contract {

struct OddValue {
    std::string what;
    std::string column;  // of contacts_table()
    Cell::Kind kind;
    std::string text;
    std::string stored;  // as plain() shows it
    bool may_be_rejected = false;
};

inline std::vector<OddValue> odd_values() {
    using enum Cell::Kind;
    using namespace std::string_literals;
    std::string long_text, wide_text, controls;
    while (long_text.size() < 10'000) long_text += "0123456789";
    while (wide_text.size() < 4 * 2'500) wide_text += "😀";
    for (char c = 1; c < 32; ++c) controls += c;
    controls += "\x7f\xc2\x85\xe2\x80\xa8";  // DEL, NEL, U+2028
    const std::string huge(300, '7');
    return {
        {"10,000 characters", "name", text, long_text, long_text},
        {"4-byte characters", "name", text, wide_text, wide_text},
        {"control characters", "name", text, controls, controls},
        {"quotes and backslashes", "name", text, R"('"\'' \\ \n \. \N %s $1 {} ;--)",
         R"('"\'' \\ \n \. \N %s $1 {} ;--)"},
        {"tabs and line ends", "name", text, "a\tb\r\nc\n", "a\tb\r\nc\n"},
        {"only blanks", "name", text, "  ", "  "},
        {"the word null", "name", text, "NULL", "NULL"},
        {"backslash N, COPY's NULL", "name", text, "\\N", "\\N"},
        {"backslash dot, COPY's end", "name", text, "\\.", "\\."},
        {"U+0000 inside", "name", text, "a\0b"s, "a\0b"s, true},
        {"U+0000 at the end", "name", text, "a\0"s, "a\0"s, true},
        {"lone surrogate", "name", broken_text, R"("a\ud800b")", R"("a\ud800b")", true},
        {"number in a text column", "name", number, "12345678901234567890.500",
         "12345678901234567890.500"},
        {"exponent in a text column", "name", number, "1E+05", "1E+05"},
        {"object in a text column", "name", json, R"({"a":[1,2.50]})", R"({"a":[1,2.50]})"},

        {"big integer", "amount", number, "123456789012345678901234567890",
         "12345678901234567890123456789e1"},
        {"300 digits", "amount", number, huge, huge + "e0"},
        {"many decimals", "amount", number, "-0.1234567890123456789", "-1234567890123456789e-19"},
        {"16 significant digits", "amount", number, "9007199254740.993", "9007199254740993e-3"},
        {"above 2^53", "amount", number, "9007199254740993", "9007199254740993e0"},
        {"the largest int64", "amount", number, "9223372036854775807", "9223372036854775807e0"},
        {"one more", "amount", number, "9223372036854775808", "9223372036854775808e0"},
        {"the smallest int64", "amount", number, "-9223372036854775808", "-9223372036854775808e0"},
        {"exponent", "amount", number, "1e5", "1e5"},
        {"negative exponent", "amount", number, "125E-2", "125e-2"},
        {"12.50", "amount", number, "12.50", "125e-1"},
        {"a tenth", "amount", number, "0.1", "1e-1"},
        {"number as text", "amount", text, "12.50", "125e-1"},
        {"decimal comma", "amount", text, "12,5", "12,5", true},
        {"no number", "amount", text, "zwölf", "zwölf", true},
        {"a number with a unit", "amount", text, "12 EUR", "12 EUR", true},
        {"boolean as number", "amount", boolean, "true", "true", true},
        {"lone surrogate as number", "amount", broken_text, R"("\udc00")", R"("\udc00")", true},

        {"largest int64", "count", number, "9223372036854775807", "9223372036854775807e0"},
        {"smallest int64", "count", number, "-9223372036854775808", "-9223372036854775808e0"},
        {"above int64", "count", number, "9223372036854775808", "9223372036854775808e0", true},
        {"fraction", "count", number, "7.5", "75e-1", true},
        {"whole with exponent", "count", number, "1e5", "1e5"},
        {"whole number as text", "count", text, "42", "42e0"},
        {"words", "count", text, "many", "many", true},
        {"object in a number column", "count", json, R"({"n":1})", R"({"n":1})", true},

        {"true", "active", boolean, "true", "true"},
        {"false", "active", boolean, "false", "false"},
        {"1", "active", number, "1", "true"},
        {"text 0", "active", text, "0", "false"},
        {"text TRUE", "active", text, "TRUE", "true"},
        {"2 is no boolean", "active", number, "2", "2", true},
        {"maybe", "active", text, "maybe", "maybe", true},

        {"milliseconds", "seen", text, "2024-03-05T10:03:27.481Z", "2024-03-05T10:03:27.481Z"},
        {"microseconds", "seen", text, "2024-03-05T10:03:27.481516Z",
         "2024-03-05T10:03:27.481516Z"},
        {"with offset", "seen", text, "2024-03-05T10:03:27+01:00", "2024-03-05T09:03:27.000Z"},
        {"epoch ms", "seen", number, "1709632800123", "2024-03-05T10:00:00.123Z"},
        {"a day", "seen", text, "2024-02-29", "2024-02-29T00:00:00.000Z"},
        {"last day", "seen", text, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
        {"no such day", "seen", text, "2023-02-29", "2023-02-29", true},
        {"zero date", "seen", text, "0000-00-00 00:00:00", "0000-00-00 00:00:00", true},
        {"German date", "seen", text, "05.03.2024", "05.03.2024", true},
        {"small number", "seen", number, "7", "7", true},
        {"infinity", "seen", text, "infinity", "infinity", true},

        {"nested json", "data", json, R"({"b":{"c":[1e5,1.50,"\u0001",{}]},"a":null,"b":2})",
         R"({"b":{"c":[1e5,1.50,"\u0001",{}]},"a":null,"b":2})"},
        {"json with big numbers", "data", json, "[12345678901234567890.10,1E400]",
         "[12345678901234567890.10,1E400]"},
        {"json with an escaped NUL", "data", json, R"(["a\u0000b"])", R"(["a\u0000b"])", true},
        {"json with a lone surrogate", "data", json, R"(["\ud800"])", R"(["\ud800"])", true},
        {"empty object", "data", json, "{}", "{}"},
    };
}

TEST_P(DestinationSuite, OddValuesAreExactOrRejected) {
    const Table contacts = contacts_table();
    const auto prepared = start({contacts});
    const auto values = odd_values();
    const auto id_of = [](std::size_t i) { return "row" + std::to_string(i); };
    std::vector<Batch> batches;
    batches.emplace_back(prepared[0]);
    for (std::size_t i = 0; i < values.size(); ++i) {
        put(batches[0],
            {{"$id", text(id_of(i))}, {values[i].column, {values[i].kind, values[i].text}}});
    }
    const auto stats = load(batches, kFirst);
    std::uint64_t rejects_expected = 0;
    const auto cannot_hold = subject_->cannot_hold();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const OddValue& odd = values[i];
        SCOPED_TRACE(odd.column + ": " + odd.what);
        const auto stored = value(contacts, id_of(i), odd.column);
        if (stored == odd.stored) continue;
        EXPECT_EQ(stored, std::nullopt) << "neither exact nor NULL";
        EXPECT_TRUE(odd.may_be_rejected || std::ranges::count(cannot_hold, odd.what) != 0)
            << "should have been stored";
        EXPECT_TRUE(
            rejected("df_contacts", id_of(i), odd.column, sql::raw_json({odd.kind, odd.text})))
            << "no reject with the raw text " << sql::raw_json({odd.kind, odd.text});
        ++rejects_expected;
    }
    EXPECT_EQ(stats[0].inserted, values.size());
    EXPECT_EQ(stats[0].rejected, rejects_expected);
    EXPECT_EQ(rejects().size(), rejects_expected);

    // Again: nothing changes, and no reject is doubled.
    const Dump before = dump(contacts);
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, values.size());
    EXPECT_EQ(dump(contacts), before);
    EXPECT_EQ(rejects().size(), rejects_expected);
}

TEST_P(DestinationSuite, AnEmptyTextIsNullInEveryColumn) {
    const Table contacts = contacts_table();
    start({contacts});
    load(one(contacts, {{"$id", text("c1")},
                        {"name", text("")},
                        {"amount", text("")},
                        {"count", text("")},
                        {"active", text("")},
                        {"seen", text("")},
                        {"data", text("")}}));
    for (const char* column : {"name", "amount", "count", "active", "seen", "data"}) {
        EXPECT_EQ(value(contacts, "c1", column), std::nullopt) << column;
    }
    EXPECT_TRUE(rejects().empty());
}

TEST_P(DestinationSuite, RejectsOfTheSourceAreKeptRawAndNotDoubled) {
    const Table contacts = contacts_table();
    start({contacts});
    const std::vector<Reject> given{
        {"df_contacts", "c1", "", R"({"no":"id 'quoted' \u0000"})", "no id"},
        {"df_contacts", "", "", "[]", "not an object"},
        {"df_contacts", "", "", "[1]", "not an object"}};
    load({}, kFirst, "one", given);
    load({}, kSecond, "two", given);
    EXPECT_EQ(rejects().size(), 3U);
    EXPECT_TRUE(rejected("df_contacts", "c1", "", given[0].raw));
    EXPECT_TRUE(rejected("df_contacts", "", "", "[]"));
    EXPECT_TRUE(rejected("df_contacts", "", "", "[1]"));
}

}  // namespace ringtail::contract
