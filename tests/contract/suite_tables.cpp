#include "contract/fixture.hpp"

// prepare(): what is created, extended, kept.
namespace ringtail::contract {

TEST_P(DestinationSuite, CreatesTablesInTheGivenColumnOrder) {
    const Table contacts = contacts_table();
    const auto prepared = destination_->prepare(std::vector{contacts, calls_table()});
    ASSERT_EQ(prepared.size(), 2U);
    EXPECT_TRUE(prepared[0].created && prepared[1].created);
    EXPECT_FALSE(destination_->prepare(std::vector{contacts, calls_table()})[0].created);
    EXPECT_EQ(prepared[0].columns.size(), contacts.columns.size());
    const Dump dump = subject_->dump("df_contacts");
    ASSERT_EQ(dump.columns.size(), contacts.columns.size());
    for (std::size_t i = 0; i < dump.columns.size(); ++i) {
        EXPECT_EQ(dump.columns[i], contacts.columns[i].name);
    }
    EXPECT_TRUE(dump.rows.empty());
    EXPECT_EQ(subject_->dump("df_calls").columns.size(), 4U);
}

TEST_P(DestinationSuite, PreparingAgainChangesNothing) {
    const std::vector tables{contacts_table(), calls_table()};
    start(tables);
    load(one(tables[0], {{"$id", text("c1")}, {"name", text("Jana")}}));
    const Dump before = dump(tables[0]);
    destination_->prepare(tables);
    open()->prepare(tables);
    EXPECT_EQ(dump(tables[0]), before);
}

TEST_P(DestinationSuite, AddsNewColumnsWhileRowsExist) {
    Table contacts = contacts_table();
    start({contacts});
    load(one(contacts, {{"$id", text("c1")}, {"name", text("Jana")}}));
    contacts.columns.push_back({"city"});
    contacts.columns.push_back({"score", Type::decimal});
    destination_->prepare(std::vector{contacts});
    load(one(contacts, {{"$id", text("c2")}, {"city", text("Köln")}, {"score", number("12.5")}}));
    EXPECT_EQ(keys(contacts), (std::vector<std::string>{"c1", "c2"}));
    EXPECT_EQ(value(contacts, "c1", "name"), "Jana");
    EXPECT_EQ(value(contacts, "c1", "city"), std::nullopt);
    EXPECT_EQ(value(contacts, "c2", "city"), "Köln");
    EXPECT_EQ(value(contacts, "c2", "score"), "125e-1");
}

TEST_P(DestinationSuite, KeepsColumnsOnlyWhereTheTableHasThem) {
    Table contacts = contacts_table();
    contacts.columns.push_back({"late", Type::text, true});
    contacts.columns.push_back({"never", Type::text, true});
    EXPECT_EQ(start({contacts})[0].columns.size(), contacts.columns.size() - 2);
    subject_->add_text_column("df_contacts", "late");
    const auto prepared = destination_->prepare(std::vector{contacts});
    ASSERT_EQ(prepared[0].columns.size(), contacts.columns.size() - 1);
    EXPECT_EQ(prepared[0].columns.back().name, "late");
    load(one(prepared[0], {{"$id", text("c1")}, {"late", text("now here")}}));
    EXPECT_EQ(value(prepared[0], "c1", "late"), "now here");
}

TEST_P(DestinationSuite, LeavesTheUsersOwnColumnsAlone) {
    const Table contacts = contacts_table();
    start({contacts});
    subject_->add_text_column("df_contacts", "of the user");
    load(one(contacts, {{"$id", text("c1")}, {"name", text("Jana")}}));
    destination_->prepare(std::vector{contacts});
    load(one(contacts, {{"$id", text("c1")}, {"name", text("Jana M")}}), kSecond);
    const Dump dump = subject_->dump("df_contacts");
    EXPECT_EQ(dump.columns.back(), "of the user");
    ASSERT_EQ(dump.rows.size(), 1U);
    EXPECT_EQ(dump.rows[0].back(), std::nullopt);
}

TEST_P(DestinationSuite, TwoHandlesPrepareAndTheSecondLoadsWithoutPreparing) {
    const Table contacts = contacts_table();
    start({contacts});
    auto other = open();
    const auto batches = one(contacts, {{"$id", text("c1")}});
    const Checkpoint after{"x"};
    other->load({batches, {}, {}, kStream, holder_, &after, kFirst}, {});
    EXPECT_EQ(keys(contacts), std::vector<std::string>{"c1"});
}

// A field that got no column so far (its values are in _extra) becomes one: its values move, digit
// for digit.
TEST_P(DestinationSuite, ANewColumnTakesItsValuesOutOfTheRest) {
    Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    put(batches[0],
        {{"$id", text("c1")},
         {"_extra", json(R"({"a":1e5,"big":12345678901234567890.10,"z":[1.50, {"q":"}"}]})")}});
    put(batches[0], {{"$id", text("c2")}, {"_extra", json(R"({"big":"7.25"})")}});
    put(batches[0],
        {{"$id", text("c3")}, {"_extra", json(R"({"words":"\u00fc\"\\n\ud83d\ude00","a":0})")}});
    put(batches[0], {{"$id", text("c4")}, {"_extra", json(R"({"big":"viel","other":{"big":1}})")}});
    put(batches[0], {{"$id", text("c5")}});
    put(batches[0], {{"$id", text("c6")}, {"_extra", json(R"({"big":1,"big":2})")}});
    load(batches);

    contacts.columns.push_back({"big", Type::decimal});
    contacts.columns.push_back({"words"});
    const auto prepared = destination_->prepare(std::vector{contacts});
    EXPECT_EQ(value(contacts, "c1", "big"), plain(Type::decimal, "12345678901234567890.10"));
    EXPECT_EQ(value(contacts, "c1", "_extra"), R"({"a":1e5,"z":[1.50, {"q":"}"}]})");
    EXPECT_EQ(value(contacts, "c2", "big"), plain(Type::decimal, "7.25"));
    EXPECT_EQ(value(contacts, "c2", "_extra"), std::nullopt);
    EXPECT_EQ(value(contacts, "c3", "words"), "ü\"\\n😀");
    EXPECT_EQ(value(contacts, "c3", "_extra"), R"({"a":0})");
    EXPECT_EQ(value(contacts, "c4", "_extra"), R"({"other":{"big":1}})");
    if (value(contacts, "c4", "big") != "viel") {
        EXPECT_EQ(value(contacts, "c4", "big"), std::nullopt);
        EXPECT_TRUE(rejected("df_contacts", "c4", "big", R"("viel")"));
    }
    EXPECT_EQ(value(contacts, "c5", "_extra"), std::nullopt);

    EXPECT_EQ(value(contacts, "c6", "big"), "2e0") << "of two the last counts, as everywhere";
    EXPECT_EQ(value(contacts, "c6", "_extra"), std::nullopt);

    // A load that brings the same values in their new places finds nothing to change.
    std::vector<Batch> again;
    again.emplace_back(prepared[0]);
    put(again[0], {{"$id", text("c2")}, {"big", text("7.25")}});
    EXPECT_EQ(load(again, kSecond)[0].unchanged, 1U);
}

TEST_P(DestinationSuite, ANewColumnTakesItsValuesOutOfManyRows) {
    Table contacts = contacts_table();
    start({contacts});
    constexpr int kRows = 1'300;
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (int i = 0; i < kRows; ++i) {
        const std::string extra =
            i % 3 == 0 ? "{\"other\":1}" : "{\"n\":" + std::to_string(i) + "}";
        put(batches[0], {{"$id", text("c" + std::to_string(i))}, {"_extra", json(extra)}});
    }
    load(batches);
    contacts.columns.push_back({"n", Type::decimal});
    destination_->prepare(std::vector{contacts});
    int moved = 0;
    for (const auto& row : dump(contacts).rows) {
        if (row.at(9)) {
            EXPECT_EQ(row.at(9), "{\"other\":1}");
            EXPECT_EQ(row.at(10), std::nullopt);
        } else {
            ASSERT_EQ(plain(Type::decimal, row.at(10).value_or("lost")),
                      plain(Type::decimal, row.at(0)->substr(1)));
            ++moved;
        }
    }
    EXPECT_EQ(moved, kRows - (kRows + 2) / 3);
}

}  // namespace ringtail::contract
