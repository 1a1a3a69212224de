#include <set>
#include <tuple>

#include "contract/dated_calls.hpp"
#include "contract/fixture.hpp"

// Rows are read back in one form, whatever the database.
namespace ringtail::contract {

using Values = std::vector<std::optional<std::string>>;

inline std::vector<Values> read(Destination& destination, const RowQuery& query) {
    std::vector<Values> rows;
    destination.rows()->read(
        query,
        [&](std::span<const std::optional<std::string_view>> values) {
            Values& row = rows.emplace_back();
            for (const auto& value : values)
                row.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
        },
        {});
    std::sort(rows.begin(), rows.end());
    return rows;
}

// The first values of the rows.
inline std::vector<std::string> firsts(Destination& destination, const RowQuery& query) {
    std::vector<std::string> firsts;
    for (const Values& row : read(destination, query)) firsts.push_back(row.at(0).value_or("NULL"));
    EXPECT_EQ(destination.rows()->count(query), firsts.size());
    return firsts;
}

struct FormOf {
    std::string column;  // of contacts_table()
    Cell::Kind kind;
    std::string text;
    std::optional<std::string> read;
    // What the databases disagree about; it is NULL then.
    bool may_be_rejected = false;
};

inline std::vector<FormOf> forms() {
    using enum Cell::Kind;
    const std::string odd = "a\tb\r\nc\\N\\. '\"`$1 ? %s \xF0\x9F\x98\x80 \xC3\xA4\xE2\x80\xA8";
    const std::string document = R"({"b":[1e5,1.50,"\u0001","\\"],"a":null,"b":"ü😀"})";
    return {
        {"name", text, odd, odd},
        {"name", text, "  ", "  "},
        {"name", text, "NULL", "NULL"},
        {"name", text, "", std::nullopt},
        {"name", null, "", std::nullopt},
        {"name", text, "12.50", "12.50"},
        {"amount", number, "12.50", "12.5"},
        {"amount", number, "-0.10", "-0.1"},
        {"amount", number, "0.00", "0"},
        {"amount", number, "100", "100"},
        {"amount", number, "1e5", "100000"},
        {"amount", number, "9007199254740993", "9007199254740993"},
        {"amount", number, "0.1234567891234567", "0.1234567891234567"},
        {"amount", null, "", std::nullopt},
        {"count", number, "9223372036854775807", "9223372036854775807"},
        {"count", number, "-9223372036854775808", "-9223372036854775808"},
        {"count", number, "0", "0"},
        {"count", null, "", std::nullopt},
        {"active", boolean, "true", "true"},
        {"active", boolean, "false", "false"},
        {"active", null, "", std::nullopt},
        {"seen", text, "2024-03-05T10:03:27.481Z", "2024-03-05T10:03:27.481Z"},
        {"seen", text, "2024-03-05T10:03:27Z", "2024-03-05T10:03:27.000Z"},
        {"seen", text, "2024-03-05T10:03:27.481516Z", "2024-03-05T10:03:27.481516Z"},
        {"seen", text, "2024-02-29", "2024-02-29T00:00:00.000Z"},
        {"seen", null, "", std::nullopt},
        {"data", json, document, document},
        {"data", json, "{}", "{}"},
        {"data", null, "", std::nullopt},
    };
}

TEST_P(DestinationSuite, RowsAreReadInOneForm) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    const auto all = forms();
    for (std::size_t i = 0; i < all.size(); ++i) {
        put(batches[0], {{"$id", text("row" + std::to_string(100 + i))},
                         {all[i].column, {all[i].kind, all[i].text}}});
    }
    ASSERT_EQ(load(batches).at(0).rejected, 0U);
    RowQuery query{.table = contacts, .columns = {"$id"}};
    for (const FormOf& form : all) {
        if (query.columns.back() != form.column) query.columns.push_back(form.column);
    }
    const auto rows = read(*destination_, query);
    ASSERT_EQ(rows.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(rows[i].at(0), "row" + std::to_string(100 + i));
        for (std::size_t column = 1; column < query.columns.size(); ++column) {
            EXPECT_EQ(rows[i].at(column),
                      query.columns[column] == all[i].column ? all[i].read : std::nullopt)
                << query.columns[column] << " of " << all[i].column << ": " << all[i].text;
        }
    }
    EXPECT_EQ(destination_->rows()->count(query), all.size());
}

TEST_P(DestinationSuite, RowsAreReadByTime) {
    const Table contacts = contacts_table();
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (const auto& [id, seen] : {std::pair("before", "2024-03-04T22:59:59.999Z"),
                                   {"first", "2024-03-04T23:00:00.000Z"},
                                   {"fine", "2024-03-04T23:00:00.000001Z"},
                                   {"last", "2024-03-05T22:59:59.999Z"},
                                   {"next", "2024-03-05T23:00:00.000Z"}}) {
        put(batches[0], {{"$id", text(id)}, {"seen", text(seen)}});
    }
    put(batches[0], {{"$id", text("of no time")}});
    start({contacts});
    load(batches);
    RowQuery query{.table = contacts, .columns = {"$id"}};
    query.times = {"seen", at("2024-03-04T23:00:00.000Z"), at("2024-03-05T23:00:00.000Z")};
    EXPECT_EQ(firsts(*destination_, query), (std::vector<std::string>{"fine", "first", "last"}));
    query.times = {"seen", at("0001-01-01"), at("2024-03-04T23:00:00.000Z")};
    EXPECT_EQ(firsts(*destination_, query), (std::vector<std::string>{"before"}));
    query.times = {"seen", at("2024-03-05T22:59:59.999Z"), at("9999-12-31")};
    EXPECT_EQ(firsts(*destination_, query), (std::vector<std::string>{"last", "next"}));
    query.times = {"seen", at("2024-03-06"), at("2024-03-07")};
    EXPECT_EQ(firsts(*destination_, query), std::vector<std::string>{});
    // By their keys, whatever their time.
    query.times.reset();
    for (int i = 0; i < 200; ++i) query.keys.push_back("none " + std::to_string(i));
    EXPECT_EQ(firsts(*destination_, query), std::vector<std::string>{});
    query.keys.insert(query.keys.end(), {"of no time", "FIRST", "next"});
    EXPECT_EQ(firsts(*destination_, query), (std::vector<std::string>{"next", "of no time"}));
}

// Not by the order of any language, nor as UTF-16 has it.
TEST_P(DestinationSuite, RowsAreReadByTextsInTheOrderOfTheirBytes) {
    const Table contacts = contacts_table();
    const std::vector<std::string> names{"A", "B", "Z", "a", "a ", "b", "ä", "\xEF\xBF\xBD", "😀"};
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (std::size_t i = 0; i < names.size(); ++i)
        put(batches[0], {{"$id", text("c" + std::to_string(i))}, {"name", text(names[i])}});
    put(batches[0], {{"$id", text("of no name")}});
    start({contacts});
    load(batches);
    RowQuery query{.table = contacts, .columns = {"name", "$id"}};
    const auto between = [&](const std::string& from, const std::string& to) {
        query.texts = {"name", from, to};
        return firsts(*destination_, query);
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(between("a", "b"), (Names{"a", "a ", "b"}));
    EXPECT_EQ(between("A", "Z"), (Names{"A", "B", "Z"}));
    EXPECT_EQ(between("a ", "a "), Names{"a "});
    EXPECT_EQ(between("a!", "😀"), (Names{"b", "ä", "\xEF\xBF\xBD", "😀"}));
    EXPECT_EQ(between("\xEF\xBF\xBD", "\xEF\xBF\xBD"), Names{"\xEF\xBF\xBD"});
    EXPECT_EQ(between("😀", "😀"), Names{"😀"});
    EXPECT_EQ(between("c", "d"), Names{});

    query = {.table = contacts, .columns = {"$id"}};
    query.texts = {"$id", "c1", "c3"};
    EXPECT_EQ(firsts(*destination_, query), (Names{"c1", "c2", "c3"}));
}

TEST_P(DestinationSuite, RowsAreReadByWhatTheyEqual) {
    const Table calls = dated_calls();
    const Table contacts = contacts_table();
    std::vector<Batch> batches;
    batches.emplace_back(calls);
    for (const auto& [id, account] : {std::pair("-9223372036854775808", "9007199254740993"),
                                      {"7", "9007199254740992"},
                                      {"8", "9007199254740993"}}) {
        put(batches[0], {{"id", number(id)},
                         {"account_id", number(account)},
                         {"at", text("2024-03-05T10:00:00.000Z")}});
    }
    put(batches[0], {{"id", number("9")}});
    batches.emplace_back(contacts);
    put(batches[1], {{"$id", text("c1")}, {"name", text("Ada")}, {"count", number("1")}});
    put(batches[1], {{"$id", text("c2")}, {"name", text("ada")}, {"count", number("1")}});
    put(batches[1], {{"$id", text("c3")}, {"name", text("Ada ")}, {"count", number("2")}});
    start({calls, contacts});
    load(batches);

    using Keys = std::vector<std::string>;
    RowQuery query{.table = calls, .columns = {"id"}};
    query.equal = {{"account_id", "9007199254740993"}};
    EXPECT_EQ(firsts(*destination_, query), (Keys{"-9223372036854775808", "8"}));
    query.equal.push_back({"id", "8"});
    EXPECT_EQ(firsts(*destination_, query), Keys{"8"});
    query.times = {"at", at("2024-03-05"), at("2024-03-06")};
    EXPECT_EQ(firsts(*destination_, query), Keys{"8"});
    query.times->until = at("2024-03-05T10:00:00.000Z");
    EXPECT_EQ(firsts(*destination_, query), Keys{});
    query = {.table = calls, .columns = {"id"}};
    query.equal = {{"id", "no number"}};
    EXPECT_EQ(firsts(*destination_, query), Keys{});

    query = {.table = contacts, .columns = {"$id"}};
    query.equal = {{"name", "Ada"}};
    EXPECT_EQ(firsts(*destination_, query), Keys{"c1"});
    query.equal = {{"name", "' OR 1 = 1 --"}};
    EXPECT_EQ(firsts(*destination_, query), Keys{});
}

TEST_P(DestinationSuite, RowsAreReadWithThoseBesideThem) {
    Table facts = facts_of_calls();
    facts.columns.push_back({"talked", Type::decimal});
    facts.columns.push_back({"by"});
    const Table calls = dated_calls();
    std::vector<Batch> batches;
    batches.emplace_back(calls);
    for (const char* id : {"1", "2", "3"}) put(batches[0], {{"id", number(id)}});
    batches.emplace_back(facts);
    for (const auto& [id, call, talked, by] : {std::tuple("11", "1", "60.50", "Ada"),
                                               {"31", "3", "1", "Bob"},
                                               {"32", "3", "2", "Cyd"}}) {
        put(batches[1], {{"id", number(id)},
                         {"calls_id", number(call)},
                         {"talked", number(talked)},
                         {"by", text(by)}});
    }
    start({calls, facts});
    load(batches);

    RowQuery query{.table = calls, .columns = {"id"}};
    query.beside = {facts, "calls_id", {"talked", "by", "calls_id"}};
    const auto rows = read(*destination_, query);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0], (Values{"1", "60.5", "Ada", "1"}));
    EXPECT_EQ(rows[1], (Values{"2", std::nullopt, std::nullopt, std::nullopt}));
    EXPECT_EQ(rows[2].at(0), "3");
    EXPECT_TRUE((rows[2].at(1) == "1" && rows[2].at(2) == "Bob") ||
                (rows[2].at(1) == "2" && rows[2].at(2) == "Cyd"))
        << "values of several rows";
    EXPECT_EQ(destination_->rows()->count(query), 3U);
    query.equal = {{"id", "1"}};
    EXPECT_EQ(read(*destination_, query).size(), 1U);
}

TEST_P(DestinationSuite, WhatIsNotThereIsReadAsNothing) {
    const Table calls = dated_calls();
    RowQuery query{.table = calls, .columns = {"id"}};
    start({contacts_table()});
    EXPECT_TRUE(read(*destination_, query).empty());
    EXPECT_EQ(destination_->rows()->count(query), 0U);

    start({calls});
    std::vector<Batch> batches;
    batches.emplace_back(calls);
    put(batches[0], {{"id", number("1")}, {"account_id", number("5")}});
    load(batches);
    Table wider = calls;
    wider.columns.insert(wider.columns.begin() + 1, {"later", Type::timestamp});
    query = {.table = wider, .columns = {"later", "id", "account_id"}};
    query.beside = {facts_of_calls(), "calls_id", {"id"}};
    EXPECT_EQ(read(*destination_, query),
              std::vector<Values>({{std::nullopt, "1", "5", std::nullopt}}));
    query.times = {"later", at("0001-01-01"), at("9999-12-31")};
    EXPECT_EQ(firsts(*destination_, query), std::vector<std::string>{});
    query.times.reset();
    query.texts = {"later", "", "z"};
    EXPECT_EQ(firsts(*destination_, query), std::vector<std::string>{});
    query.texts.reset();
    query.equal = {{"later", "x"}};
    EXPECT_EQ(firsts(*destination_, query), std::vector<std::string>{});
}

TEST_P(DestinationSuite, ManyRowsAreReadOnceEach) {
    const Table contacts = contacts_table();
    constexpr int kRows = 3'000;
    const std::string filler(300, 'x');
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (int i = 0; i < kRows; ++i)
        put(batches[0], {{"$id", text("c" + std::to_string(i))}, {"name", text(filler)}});
    put(batches[0], {{"$id", text("erased")}});
    start({contacts});
    load(batches);
    std::vector<Batch> erase;
    erase.emplace_back(contacts);
    erase[0].erase("erased");
    put(erase[0], {{"$id", text("c0")}, {"name", text("again")}});
    load(erase);
    const auto ids = firsts(*destination_, {.table = contacts, .columns = {"$id", "name"}});
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), kRows);
    EXPECT_EQ(ids.size(), kRows);

    // A stop ends it between two rows, and the next call works.
    std::stop_source stop;
    int seen = 0;
    const Error error = error_of([&] {
        destination_->rows()->read(
            {.table = contacts, .columns = {"$id"}},
            [&](std::span<const std::optional<std::string_view>>) {
                if (++seen == 10) stop.request_stop();
            },
            stop.get_token());
    });
    EXPECT_EQ(error.fault(), Fault::stopped) << error.what();
    EXPECT_LT(seen, kRows);
    EXPECT_EQ(destination_->rows()->count({.table = contacts, .columns = {"$id"}}), kRows);

    // So does an exception of the sink.
    const auto fail = [](std::span<const std::optional<std::string_view>>) {
        throw Error(Fault::data, "no more");
    };
    EXPECT_EQ(error_of([&] {
                  destination_->rows()->read({.table = contacts, .columns = {"$id"}}, fail, {});
              }).fault(),
              Fault::data);
    EXPECT_EQ(firsts(*destination_, {.table = contacts, .columns = {"$id"}}).size(), kRows);
}

}  // namespace ringtail::contract
