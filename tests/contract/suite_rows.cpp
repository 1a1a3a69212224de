#include <atomic>
#include <thread>

#include "contract/fixture.hpp"

// load(): rows by key, counts, $changed, erasing, references.
namespace ringtail::contract {

TEST_P(DestinationSuite, InsertsUpdatesAndLeavesUnchangedRowsAlone) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (const char* id : {"c1", "c2", "c3"})
        put(batches[0], {{"$id", text(id)}, {"name", text("Jana")}});
    auto stats = load(batches, kFirst);
    ASSERT_EQ(stats.size(), 1U);
    EXPECT_EQ(stats[0].table, "df_contacts");
    EXPECT_EQ(stats[0].read, 3U);
    EXPECT_EQ(stats[0].inserted, 3U);

    std::vector<Batch> next;
    next.emplace_back(contacts);
    put(next[0], {{"$id", text("c1")}, {"name", text("Jana")}});
    put(next[0], {{"$id", text("c2")}, {"name", text("Jana Müller")}});
    put(next[0], {{"$id", text("c3")}});
    put(next[0], {{"$id", text("c4")}, {"name", text("Neu")}});
    stats = load(next, kSecond);
    EXPECT_EQ(stats[0].read, 4U);
    EXPECT_EQ(stats[0].inserted, 1U);
    EXPECT_EQ(stats[0].updated, 2U);
    EXPECT_EQ(stats[0].unchanged, 1U);
    EXPECT_EQ(stats[0].rejected, 0U);

    EXPECT_EQ(keys(contacts), (std::vector<std::string>{"c1", "c2", "c3", "c4"}));
    EXPECT_EQ(value(contacts, "c2", "name"), "Jana Müller");
    EXPECT_EQ(value(contacts, "c3", "name"), std::nullopt);
    EXPECT_EQ(value(contacts, "c1", "$changed"), format_time(kFirst));
    EXPECT_EQ(value(contacts, "c2", "$changed"), format_time(kSecond));
    EXPECT_EQ(value(contacts, "c3", "$changed"), format_time(kSecond));
    EXPECT_EQ(value(contacts, "c4", "$changed"), format_time(kSecond));
}

TEST_P(DestinationSuite, TheSameLoadTwiceLeavesTheSameTables) {
    const Table contacts = contacts_table();
    const Table calls = calls_table();
    start({contacts, calls});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    put(batches[0], {{"$id", text("c1")},
                     {"$md5", text("m1")},
                     {"amount", number("12345678901234567890.123")},
                     {"count", number("-7")},
                     {"active", boolean(true)},
                     {"seen", text("2024-03-05T10:03:27.481Z")},
                     {"data", json(R"({"b":1e5,"a":[1.50,null]})")}});
    put(batches[0],
        {{"$id", text("c2")}, {"amount", number("0.1")}, {"count", number("9223372036854775807")}});
    put(batches[1], {{"id", text("k1")}, {"contact_id", text("c1")}});
    load(batches, kFirst);
    const Dump first_contacts = dump(contacts);
    const Dump first_calls = dump(calls);
    const auto stats = load(batches, kSecond);
    EXPECT_EQ(dump(contacts), first_contacts);
    EXPECT_EQ(dump(calls), first_calls);
    EXPECT_EQ(stats[0].unchanged, 2U);
    EXPECT_EQ(stats[1].unchanged, 1U);
}

TEST_P(DestinationSuite, OfEqualKeysInABatchTheLastCounts) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    put(batches[0], {{"$id", text("c1")}, {"name", text("old")}, {"count", number("1")}});
    put(batches[0], {{"$id", text("c2")}, {"name", text("other")}});
    put(batches[0], {{"$id", text("c1")}, {"name", text("new")}});
    const auto stats = load(batches);
    EXPECT_EQ(stats[0].read, 3U);
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[0].updated + stats[0].unchanged, 0U) << "the first one is never written";
    EXPECT_EQ(value(contacts, "c1", "name"), "new");
    EXPECT_EQ(value(contacts, "c1", "count"), std::nullopt);
}

TEST_P(DestinationSuite, KeysAreToldApartByCaseAndTrailingBlanks) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (const char* id : {"abc", "ABC", "abc ", "äbc"}) put(batches[0], {{"$id", text(id)}});
    const auto stats = load(batches);
    // Where no collation tells a blank at the end, that row is a reject.
    const bool all = std::ranges::count(subject_->cannot_hold(), kKeyWithBlank) == 0;
    EXPECT_EQ(stats[0].inserted, all ? 4U : 3U);
    EXPECT_EQ(stats[0].rejected, all ? 0U : 1U);
    EXPECT_EQ(dump(contacts).rows.size(), all ? 4U : 3U);
    EXPECT_TRUE(all || rejected("df_contacts", "abc ", "", R"({"$id":"abc "})"));
}

TEST_P(DestinationSuite, ErasesBeforeItMerges) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (const char* id : {"c1", "c2", "c3"})
        put(batches[0], {{"$id", text(id)}, {"name", text("old")}});
    load(batches);
    std::vector<Batch> next;
    next.emplace_back(contacts);
    for (const char* id : {"c1", "c2", "unknown", "Robert'); DROP TABLE df_contacts;--"})
        next[0].erase(id);
    put(next[0], {{"$id", text("c2")}, {"count", number("2")}});
    const auto stats = load(next, kSecond);
    EXPECT_EQ(stats[0].erased, 2U);
    EXPECT_EQ(keys(contacts), (std::vector<std::string>{"c2", "c3"}));
    EXPECT_EQ(value(contacts, "c2", "name"), std::nullopt);
    EXPECT_EQ(value(contacts, "c2", "count"), "2e0");
}

TEST_P(DestinationSuite, ForeignKeysTakeChildrenAlong) {
    const Table contacts = contacts_table();
    const Table calls = calls_table();
    start({contacts, calls});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    for (const char* id : {"c1", "c2"}) put(batches[0], {{"$id", text(id)}});
    put(batches[1], {{"id", text("k1")}, {"contact_id", text("c1")}});
    put(batches[1], {{"id", text("k2")}, {"contact_id", text("c2")}});
    put(batches[1], {{"id", text("k3")}});
    load(batches);
    std::vector<Batch> next;
    next.emplace_back(contacts);
    next[0].erase("c1");
    load(next);
    EXPECT_EQ(keys(calls), subject_->has_foreign_keys()
                               ? (std::vector<std::string>{"k2", "k3"})
                               : (std::vector<std::string>{"k1", "k2", "k3"}));
}

TEST_P(DestinationSuite, WithoutForeignKeysChildrenStay) {
    destination_ = open({.foreign_keys = false});
    const Table contacts = contacts_table();
    const Table calls = calls_table();
    start({contacts, calls});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    put(batches[0], {{"$id", text("c1")}});
    put(batches[1], {{"id", text("k1")}, {"contact_id", text("c1")}});
    put(batches[1], {{"id", text("k2")}, {"contact_id", text("nobody")}});
    load(batches);
    std::vector<Batch> next;
    next.emplace_back(contacts);
    next[0].erase("c1");
    load(next);
    EXPECT_EQ(keys(calls), (std::vector<std::string>{"k1", "k2"}));
}

// A row that has no usable key is kept as a reject, with the rows that point at it; the rest of the
// load is stored.
TEST_P(DestinationSuite, ARowWithABadKeyTakesItsChildrenAlongAsRejects) {
    const Table contacts = contacts_table();
    const Table calls = calls_table();
    start({contacts, calls});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    put(batches[0], {{"$id", broken(R"("c\ud800")")}, {"name", text("Jana")}});
    put(batches[0], {{"$id", text("c2")}});
    put(batches[0], {{"name", text("nobody")}});
    put(batches[1],
        {{"id", text("k1")}, {"contact_id", broken(R"("c\ud800")")}, {"note", text("hello")}});
    put(batches[1], {{"id", text("k2")}, {"contact_id", text("c2")}});
    const auto stats = load(batches);
    EXPECT_EQ(keys(contacts), std::vector<std::string>{"c2"});
    EXPECT_EQ(keys(calls), std::vector<std::string>{"k2"});
    EXPECT_EQ(stats[0].rejected, 2U);
    EXPECT_EQ(stats[1].rejected, 1U);
    std::string raw;
    for (auto& reject : rejects()) {
        EXPECT_EQ(reject["column_name"], "");
        raw += reject["table_name"] + reject["raw"];
    }
    EXPECT_EQ(rejects().size(), 3U);
    for (const char* kept : {"Jana", "nobody", "hello", "\\ud800", "k1"}) {
        EXPECT_NE(raw.find(kept), std::string::npos) << kept << " is not in " << raw;
    }
}

// Also where the database does not look: without foreign keys, and over two steps.
TEST_P(DestinationSuite, WhatPointsAtARejectedRowGoesAlongWithoutForeignKeysToo) {
    destination_ = open({.foreign_keys = false});
    const Table contacts = contacts_table();
    const Table calls = calls_table();
    Table notes = calls_table();
    notes.name = "df_notes";
    notes.references[0].parent = "df_calls";
    start({contacts, calls, notes});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    batches.emplace_back(notes);
    put(batches[0], {{"$id", broken(R"("\ud800")")}});
    put(batches[1], {{"id", text("k1")}, {"contact_id", broken(R"("\ud800")")}});
    put(batches[2], {{"id", text("n1")}, {"contact_id", text("k1")}});
    put(batches[2], {{"id", text("n2")}, {"contact_id", text("k2")}});
    load(batches);
    EXPECT_TRUE(keys(contacts).empty());
    EXPECT_TRUE(keys(calls).empty());
    EXPECT_EQ(keys(notes), std::vector<std::string>{"n2"});
    EXPECT_EQ(rejects().size(), 3U);
}

// One row must not stop a stream for ever.
TEST_P(DestinationSuite, AChildWhoseParentIsNotThereIsAReject) {
    const Table contacts = contacts_table();
    const Table calls = calls_table();
    start({contacts, calls});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    put(batches[0], {{"$id", text("c1")}});
    put(batches[1], {{"id", text("k1")}, {"contact_id", text("nobody")}, {"note", text("lost?")}});
    put(batches[1], {{"id", text("k2")}, {"contact_id", text("c1")}});
    const auto stats = load(batches);
    if (!subject_->has_foreign_keys()) {
        EXPECT_EQ(keys(calls), (std::vector<std::string>{"k1", "k2"}));
        EXPECT_TRUE(rejects().empty());
        return;
    }
    EXPECT_EQ(keys(calls), std::vector<std::string>{"k2"});
    EXPECT_EQ(stats[1].rejected, 1U);
    ASSERT_EQ(rejects().size(), 1U);
    EXPECT_EQ(rejects()[0]["row_key"], "k1");
    EXPECT_NE(rejects()[0]["raw"].find("lost?"), std::string::npos);
}

TEST_P(DestinationSuite, EmptyAndWideLoads) {
    Table wide = contacts_table();
    for (int i = 0; i < 400; ++i) wide.columns.push_back({"field " + std::to_string(i)});
    const Table prepared = start({wide})[0];
    EXPECT_EQ(load({}).size(), 0U);
    std::vector<Batch> batches;
    batches.emplace_back(prepared);
    EXPECT_EQ(load(batches)[0].read, 0U);
    // A database that can have no further column leaves the last ones out; what is meant for them
    // goes into the rest, which is there.
    const auto columns = subject_->dump("df_contacts").columns;
    EXPECT_EQ(columns.size(), prepared.columns.size());
    EXPECT_GE(columns.size(), 160U);
    const std::string last = prepared.columns.back().name;
    put(batches[0], {{"$id", text("c1")},
                     {"field 0", text("first")},
                     {last, text("last")},
                     {"_extra", json(R"({"field 500":"none"})")}});
    EXPECT_EQ(load(batches)[0].inserted, 1U);
    EXPECT_EQ(value(prepared, "c1", "field 0"), "first");
    EXPECT_EQ(value(prepared, "c1", last), "last");
    EXPECT_EQ(value(prepared, "c1", "_extra"), R"({"field 500":"none"})");
    EXPECT_EQ(destination_->prepare(std::vector{wide})[0].columns.size(), prepared.columns.size());
    if (columns.size() == wide.columns.size()) return;
    // Rows that fill all of the columns that are there.
    std::vector<Batch> full;
    full.emplace_back(prepared);
    full[0].add_null_row();
    for (std::size_t cell = 0; cell < full[0].width(); ++cell) {
        const Column& column = prepared.columns[full[0].cell_columns()[cell]];
        if (column.type == Type::text)
            full[0].set(cell, text("forty characters in each of its columns!"));
    }
    full[0].end_row();
    EXPECT_EQ(load(full, kSecond)[0].inserted, 1U);
    EXPECT_EQ(load(full, kSecond)[0].unchanged, 1U);
}

TEST_P(DestinationSuite, LargeLoadsKeepEveryRow) {
    const Table contacts = contacts_table();
    start({contacts});
    constexpr int kRows = 5'000;
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (int i = 0; i < kRows; ++i) {
        const std::string id = "c" + std::to_string(i);
        put(batches[0],
            {{"$id", text(id)}, {"$md5", text("m" + std::to_string(i))}, {"name", text(id)}});
    }
    EXPECT_EQ(load(batches)[0].inserted, static_cast<std::uint64_t>(kRows));
    EXPECT_EQ(dump(contacts).rows.size(), static_cast<std::size_t>(kRows));

    std::vector<std::string> asked;
    for (int i = kRows; i-- > 0;) {
        asked.push_back("c" + std::to_string(i));
        if (i % 10 == 0) asked.push_back("unknown" + std::to_string(i));
    }
    const auto found = destination_->fingerprints(contacts, asked);
    ASSERT_EQ(found.size(), asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (asked[i][0] == 'u')
            ASSERT_EQ(found[i], std::nullopt) << asked[i];
        else
            ASSERT_EQ(found[i], "m" + asked[i].substr(1));
    }
}

// Enough of them for destinations that ask for rows in portions.
TEST_P(DestinationSuite, OfManyRowsThoseThatDifferByAHairAreUpdated) {
    const Table contacts = contacts_table();
    start({contacts});
    constexpr int kRows = 1'200;
    std::vector<std::string> names(kRows, "Jana"), amounts(kRows, "1.50"),
        times(kRows, "2024-03-05T10:03:27.100Z"), actives(kRows, "true"), data(kRows, "[1]");
    const auto load_all = [&](Instant now) {
        std::vector<Batch> batches;
        batches.emplace_back(contacts);
        for (std::size_t i = 0; i < kRows; ++i) {
            put(batches[0], {{"$id", text("c" + std::to_string(i))},
                             {"name", text(names[i])},
                             {"amount", number(amounts[i])},
                             {"seen", text(times[i])},
                             {"active", {Cell::Kind::boolean, actives[i]}},
                             {"data", json(data[i])}});
        }
        return load(batches, now);
    };
    EXPECT_EQ(load_all(kFirst)[0].inserted, kRows);
    const auto before = dump(contacts);
    EXPECT_EQ(load_all(kSecond)[0].unchanged, kRows);
    EXPECT_TRUE(dump(contacts) == before);
    names[3] = "jana";
    names[60] = "Jana ";
    names[700] = "";
    amounts[1'100] = "1.51";
    times[1'199] = "2024-03-05T10:03:27.101Z";
    actives[400] = "false";
    data[49] = "[1.0]";
    const auto stats = load_all(kSecond);
    EXPECT_EQ(stats[0].updated, 7U);
    EXPECT_EQ(stats[0].unchanged, kRows - 7U);
    EXPECT_EQ(value(contacts, "c3", "name"), "jana");
    EXPECT_EQ(value(contacts, "c60", "name"), "Jana ");
    EXPECT_EQ(value(contacts, "c700", "name"), std::nullopt);
    EXPECT_EQ(value(contacts, "c1100", "amount"), "151e-2");
    EXPECT_EQ(value(contacts, "c1199", "seen"), "2024-03-05T10:03:27.101Z");
    EXPECT_EQ(value(contacts, "c1199", "$changed"), format_time(kSecond));
    EXPECT_EQ(value(contacts, "c1198", "$changed"), format_time(kFirst));
}

TEST_P(DestinationSuite, FingerprintsOfKnownUnknownAndRepeatedKeys) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    put(batches[0], {{"$id", text("c1")}, {"$md5", text("m1")}});
    put(batches[0], {{"$id", text("c2")}});
    put(batches[0], {{"$id", text("q'\"\\,{}")}, {"$md5", text("m3")}});
    load(batches);
    auto other = open();  // as the pipeline does: a handle of its own, without prepare()
    const std::vector<std::string> asked{"c2", "nobody", "c1", "q'\"\\,{}", "c1", "", "C1"};
    const std::vector<std::optional<std::string>> expected{"",   std::nullopt, "m1",        "m3",
                                                           "m1", std::nullopt, std::nullopt};
    EXPECT_EQ(other->fingerprints(contacts, asked), expected);
    EXPECT_TRUE(other->fingerprints(contacts, {}).empty());
}

// Readers see whole loads only, and are not kept waiting by the writer.
TEST_P(DestinationSuite, AReaderBesideTheWriterSeesWholeLoads) {
    const Table contacts = contacts_table();
    start({contacts});
    const std::vector<std::string> ids{"c1", "c2", "c3", "c4", "c5"};
    const auto load_round = [&](int round) {
        std::vector<Batch> batches;
        batches.emplace_back(contacts);
        for (const auto& id : ids)
            put(batches[0], {{"$id", text(id)}, {"$md5", text(std::to_string(round))}});
        load(batches);
    };
    load_round(0);
    std::atomic<bool> done = false;
    std::string torn;
    std::jthread reader([&] {
        auto other = open();
        do {
            const auto seen = other->fingerprints(contacts, ids);
            if (std::count(seen.begin(), seen.end(), seen[0]) != std::ssize(seen))
                torn = "a load was seen in parts";
        } while (!done);
    });
    for (int round = 1; round <= 30; ++round) load_round(round);
    done = true;
    reader.join();
    EXPECT_EQ(torn, "");
    EXPECT_EQ(open()->fingerprints(contacts, ids),
              std::vector(5, std::optional<std::string>("30")));
}

}  // namespace ringtail::contract
