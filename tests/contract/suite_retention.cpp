#include "contract/dated_calls.hpp"

namespace ringtail::contract {

TEST_P(DestinationSuite, OldRowsAreCountedAndFound) {
    const Table contacts = contacts_table();
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    put(batches[0], {{"$id", text("old")}, {"seen", text("2024-03-04T22:59:59.999Z")}});
    put(batches[0], {{"$id", text("older")}, {"seen", text("2019-12-31T00:00:00.000Z")}});
    put(batches[0], {{"$id", text("young")}, {"seen", text("2024-03-04T23:00:00.000Z")}});
    put(batches[0], {{"$id", text("of no age")}});
    start({contacts});
    load(batches);

    Retention* const retention = destination_->retention();
    ASSERT_NE(retention, nullptr);
    OldRows old{contacts, "seen", at("2024-03-04T23:00:00.000Z")};
    EXPECT_EQ(retention->count(old), 2U);
    EXPECT_EQ(sorted(retention->keys(old, 10)), (std::vector<std::string>{"old", "older"}));
    EXPECT_EQ(retention->keys(old, 1).size(), 1U);
    old.before = at("2019-12-31T00:00:00.000Z");
    EXPECT_EQ(retention->count(old), 0U);
    EXPECT_TRUE(retention->keys(old, 10).empty());
}

TEST_P(DestinationSuite, OldRowsOfATableThatIsNotThereAreNone) {
    start({calls_table()});
    Retention* const retention = destination_->retention();
    const OldRows old{dated_calls(), "at", kFirst};
    EXPECT_EQ(retention->count(old), 0U);
    EXPECT_TRUE(retention->keys(old, 10).empty());
    EXPECT_TRUE(retention->children({facts_of_calls(), "calls_id"}, {{"1"}}).empty());
}

TEST_P(DestinationSuite, OldRowsOfOneOwnerGoWithWhatPointsAtThem) {
    const std::vector<Table> tables{dated_calls(), facts_of_calls()};
    std::vector<Batch> batches;
    for (const Table& table : tables) batches.emplace_back(table);
    for (const auto& [id, account, time] : {std::tuple("-11", "1", "2024-01-01T00:00:00.000Z"),
                                            {"12", "1", "2024-03-01T00:00:00.000Z"},
                                            {"21", "2", "2024-01-01T00:00:00.000Z"}}) {
        put(batches[0], {{"id", number(id)}, {"account_id", number(account)}, {"at", text(time)}});
    }
    for (const auto& [id, call] : {std::pair("1", "-11"), {"2", "-11"}, {"3", "12"}, {"4", "21"}})
        put(batches[1], {{"id", number(id)}, {"calls_id", number(call)}});
    const auto prepared = start(tables);
    const std::vector<Reject> rejects{{"calls", "-11", "at", "x", "no time"},
                                      {"calls", "12", "at", "x", "no time"}};
    load(batches, kFirst, "one", rejects);

    Retention* const retention = destination_->retention();
    const OldRows old{tables[0], "at", at("2024-02-01T00:00:00.000Z"), "account_id", 1};
    EXPECT_EQ(retention->count(old), 1U);
    const auto keys = retention->keys(old, 10);
    ASSERT_EQ(keys, std::vector<std::string>{"-11"});
    const auto children = retention->children({tables[1], "calls_id"}, keys);
    EXPECT_EQ(sorted(children), (std::vector<std::string>{"1", "2"}));

    // As retention does it: what points at the rows first, each in a load of its own.
    for (std::size_t i : {1U, 0U}) {
        std::vector<Batch> erase;
        erase.emplace_back(prepared[i]);
        for (const std::string& key : i == 1 ? children : keys) erase.back().erase(key);
        EXPECT_EQ(load(erase).at(0).erased, i == 1 ? 2U : 1U);
    }
    retention->forget_rejects("calls", keys);
    EXPECT_EQ(retention->count(old), 0U);
    EXPECT_TRUE(retention->keys(old, 10).empty());
    EXPECT_EQ(this->keys(tables[0]), (std::vector<std::string>{"12", "21"}));
    EXPECT_EQ(this->keys(tables[1]), (std::vector<std::string>{"3", "4"}));
    EXPECT_TRUE(rejected("calls", "12", "at", "x"));

    // Giving room back takes nothing more away.
    retention->give_back({&old, 1}, [] { return true; }, {});
    EXPECT_EQ(this->keys(tables[0]), (std::vector<std::string>{"12", "21"}));
    EXPECT_EQ(this->keys(tables[1]), (std::vector<std::string>{"3", "4"}));
}

TEST_P(DestinationSuite, WhatPointsAtManyRowsIsFoundAndTheirRejectsAreDropped) {
    const std::vector<Table> tables{dated_calls(), facts_of_calls()};
    std::vector<Batch> batches;
    for (const Table& table : tables) batches.emplace_back(table);
    std::vector<std::string> parents, wanted;
    std::vector<Reject> rejects;
    for (int i = 0; i < 2'500; ++i) {
        const std::string call = std::to_string(9'007'199'254'740'993 + 2 * i);
        const std::string fact = std::to_string(1'000'000 + i);
        put(batches[0], {{"id", number(call)}});
        put(batches[1], {{"id", number(fact)}, {"calls_id", number(call)}});
        if (i % 5 == 0) continue;
        parents.push_back(call);
        wanted.push_back(fact);
        if (i % 500 == 1) rejects.push_back({"calls", call, "at", "x", "no time"});
    }
    rejects.push_back({"calls", "9007199254740993", "at", "x", "no time"});
    start(tables);
    load(batches, kFirst, "one", rejects);
    EXPECT_EQ(sorted(destination_->retention()->children({tables[1], "calls_id"}, parents)),
              wanted);
    EXPECT_TRUE(destination_->retention()->children({tables[1], "calls_id"}, {}).empty());
    destination_->retention()->forget_rejects("calls", parents);
    EXPECT_TRUE(rejected("calls", "9007199254740993", "at", "x"));
    // ClickHouse drops them in the background.
    const auto is_there = [&] { return rejected("calls", rejects[0].key, "at", "x"); };
    for (int tries = 0; tries < 2'000 && is_there(); ++tries) {
    }
    EXPECT_FALSE(is_there());
}

TEST_P(DestinationSuite, WhatWasRejectedBeforeIsReplacedInOneLoad) {
    const Table contacts = contacts_table();
    start({contacts});
    const std::vector<Reject> before{{"df_contacts", "a day", "seen", "x", "no time"},
                                     {"df_contacts", "a day", "seen", "y", "no time"},
                                     {"df_contacts", "another", "seen", "x", "no time"},
                                     {"df_calls", "a day", "note", "x", "no text"}};
    load(one(contacts, {{"$id", text("a")}}), kFirst, "one", before);
    const std::vector<std::string> keys{"a day", "no such day"};
    const std::vector<Forgotten> forgotten{{"df_contacts", keys}};
    const std::vector<Reject> after{{"df_contacts", "a day", "seen", "x", "no time"},
                                    {"df_contacts", "a day", "seen", "z", "no time"}};
    const auto batches = one(contacts, {{"$id", text("b")}});
    const auto replace = [&](std::stop_token stop) {
        destination_->load({.batches = batches,
                            .rejects = after,
                            .rechecks = {},
                            .stream = kStream,
                            .holder = holder_,
                            .now = kFirst,
                            .forgotten = forgotten},
                           std::move(stop));
    };
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(error_of([&] { replace(stopped.get_token()); }).fault(), Fault::stopped);
    EXPECT_TRUE(rejected("df_contacts", "a day", "seen", "y"));

    replace({});
    EXPECT_TRUE(rejected("df_contacts", "a day", "seen", "x"));
    EXPECT_TRUE(rejected("df_contacts", "a day", "seen", "z"));
    // ClickHouse drops them in the background.
    const auto is_there = [&] { return rejected("df_contacts", "a day", "seen", "y"); };
    for (int tries = 0; tries < 2'000 && is_there(); ++tries) {
    }
    EXPECT_FALSE(is_there());
    EXPECT_TRUE(rejected("df_contacts", "a day", "seen", "x")) << "it came again";
    EXPECT_TRUE(rejected("df_contacts", "another", "seen", "x"));
    EXPECT_TRUE(rejected("df_calls", "a day", "note", "x"));
}

TEST_P(DestinationSuite, OldRowsThatSomethingPointsAtAreLeftOut) {
    const Table contacts = contacts_table(), calls = calls_table();
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(calls);
    for (const char* id : {"called", "left"})
        put(batches[0], {{"$id", text(id)}, {"seen", text("2020-01-01T00:00:00.000Z")}});
    put(batches[1], {{"id", text("a")}, {"contact_id", text("called")}});
    put(batches[1], {{"id", text("of nobody")}});
    start({contacts, calls});
    load(batches);

    const OldRows old{contacts, "seen", kFirst, "", 0, {{calls, "contact_id"}}};
    EXPECT_EQ(destination_->retention()->count(old), 1U);
    EXPECT_EQ(destination_->retention()->keys(old, 10), std::vector<std::string>{"left"});
    destination_->retention()->give_back({&old, 1}, [] { return true; }, {});
    EXPECT_EQ(keys(contacts), (std::vector<std::string>{"called", "left"}));
}

}  // namespace ringtail::contract
