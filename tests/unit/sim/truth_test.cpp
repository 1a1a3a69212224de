#include "sim/truth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/fields.hpp"
#include "unit/sim/service.hpp"

// The oracle itself, against the worked examples and the rows of facts/dialfire.md B.7 and F.7.
namespace ringtail::sim {
namespace {

using Kind = Tree::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using Fields = std::vector<std::pair<KeyId, const char*>>;

constexpr const char* kContact = "7QK2M9XWB4TN6RHJ";

Tree::Index add(Tree& tree, Kind kind, Tree::Index parent, const Fields& fields) {
    const auto object = tree.open(kind, parent);
    for (const auto& [key, json] : fields) tree.raw(key, json);
    return object;
}

// The first contact of F.4, as far as rows depend on it.
void sample(Tree& tree) {
    const auto contact = add(tree, Kind::contact, Tree::kNone,
                             {{key::c_id, "\"7QK2M9XWB4TN6RHJ\""}, {key::c_error, "\"\""}});
    const auto first = add(tree, Kind::entry, contact, {});
    add(tree, Kind::transaction, first,
        {{key::type, "\"dial_result\""},
         {key::task, "\"fc_anruf\""},
         {key::fired, "\"2024-03-05T09:58:41.120Z\""}});
    const auto call = add(tree, Kind::transaction, first,
                          {{key::type, "\"update\""},
                           {key::task, "\"fc_anruf\""},
                           {key::status_detail, "\"Termin_vereinbart\""},
                           {key::fired, "\"2024-03-05T10:03:27.481Z\""},
                           {key::user, "\"5f3a9c0e7b1d4e2f8a6b5c4d3e2f1a0b\""},
                           {key::wrapup_sec, "7.50"},
                           {key::id, "\"7QK2M9XWB4TN6RHJ\""}});
    const auto main = add(tree, Kind::connection, call,
                          {{key::id, "\"0c5f5b1e6d0e4c0e9a573b1f5e2d7a11\""},
                           {key::disconnected, "\"2024-03-05T10:03:19.977Z\""}});
    add(tree, Kind::recording, main,
        {{key::started, "\"2024-03-05T10:00:44.100Z\""},
         {key::location,
          "\"https://storage.example.com/recordings/2024/03/05/7QK2M9XWB4TN6RHJ/"
          "0c5f5b1e-6d0e-4c0e-9a57-3b1f5e2d7a11-agent-and-"
          "customer-mixed.mp3\""}});
    add(tree, Kind::recording, main,
        {{key::started, "\"2024-03-05T10:02:10.000Z\""}, {key::stopped, "null"}});
    const auto third = add(tree, Kind::third_party, main,
                           {{key::id, "\"a7d91f0c2b6e4f5899c0d1e2f3a4b5c6\""},
                            {key::is_third_party, "true"},
                            {key::disconnected, "\"2024-03-05T10:03:05.001Z\""}});
    add(tree, Kind::recording, third,
        {{key::location, "\"https://storage.example.com/r/tp.mp3\""}});
    add(tree, Kind::connection, call,
        {{key::id, "\"c0ffee00c0ffee00c0ffee00c0ffee00\""},
         {key::technology, "\"transfer\""},
         {key::disconnected, "\"2024-03-05T10:20:00.500Z\""}});
    const auto open =
        add(tree, Kind::connection, call,
            {{key::id, "\"b1b2b3b4b5b6b7b8b9babbbcbdbebfc0\""}, {key::disconnected, "null"}});
    add(tree, Kind::recording, open, {{key::started, "\"2024-03-05T10:20:02.000Z\""}});
    const auto second = add(tree, Kind::entry, contact, {});
    add(tree, Kind::transaction, second,
        {{key::type, "\"update\""},
         {key::task, "\"qc_pruefung\""},
         {key::status_detail, "\"$assigned\""},
         {key::fired, "\"2024-03-05T10:04:02.006Z\""},
         {key::user, "null"}});
}

std::vector<std::string> rows(const Tree& tree, TruthTable table,
                              const TruthOptions& options = {}) {
    static const Form form(0, false, {});
    const auto columns = form.columns();
    Truth truth(table, options, form.names(), columns);
    std::vector<std::string> rows;
    truth.contact(tree, [&](std::string_view row) { rows.emplace_back(row); });
    return rows;
}

std::vector<std::string> ids(const std::vector<std::string>& rows) {
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.push_back(test::field(row, "id"));
    return ids;
}

TEST(Truth, DerivesIdsAsTheFactsDo) {
    EXPECT_EQ(transaction_id(kContact, "2024-03-05T10:03:27.481Z"),
              "3f468f8d6b84afc96436302bdd6c14fc");
    EXPECT_EQ(
        recording_id("a7d91f0c2b6e4f5899c0d1e2f3a4b5c6", "https://storage.example.com/r/tp.mp3"),
        "4c172763296f18b325e07694ccbb98b8");
    EXPECT_EQ(recording_id("0c5f5b1e6d0e4c0e9a573b1f5e2d7a11", "2024-03-05T10:02:10.000Z"),
              "6d9989646d9ecd0acaa157ef2b38622c");
}

TEST(Truth, WalksTheSampleContact) {
    Tree tree;
    sample(tree);
    const auto contacts = rows(tree, TruthTable::contacts);
    ASSERT_EQ(contacts.size(), 1U);
    EXPECT_THAT(contacts[0], HasSubstr(R"({"$id":"7QK2M9XWB4TN6RHJ","$md5":null,)"));
    EXPECT_THAT(contacts[0], HasSubstr(R"("$error":null)")) << "an empty text is null";

    const auto transactions = rows(tree, TruthTable::transactions);
    EXPECT_THAT(ids(transactions),
                ElementsAre("17f5a6ea17e67fbf1d13e7383c49a32a", "3f468f8d6b84afc96436302bdd6c14fc",
                            "a35afa6184fac02296cafd4b286655dc"));
    EXPECT_THAT(transactions[1], HasSubstr(R"("wrapup_time_sec":7.50,)"))
        << "numbers as they were written";
    EXPECT_THAT(transactions[1], HasSubstr(R"("contact_id":"7QK2M9XWB4TN6RHJ")"));

    const auto connections = rows(tree, TruthTable::connections);
    EXPECT_THAT(ids(connections),
                ElementsAre("a7d91f0c2b6e4f5899c0d1e2f3a4b5c6", "0c5f5b1e6d0e4c0e9a573b1f5e2d7a11",
                            "c0ffee00c0ffee00c0ffee00c0ffee00"));
    EXPECT_THAT(connections[0],
                HasSubstr(R"("parent_connection_id":"0c5f5b1e6d0e4c0e9a573b1f5e2d7a11")"));
    EXPECT_THAT(connections[0], HasSubstr(R"("isThirdPartyConnection":true)"));
    EXPECT_THAT(connections[1], HasSubstr(R"("parent_connection_id":null)"));
    EXPECT_THAT(connections[1], HasSubstr(R"("isThirdPartyConnection":false)"));
    EXPECT_THAT(connections[1],
                HasSubstr(R"("transaction_id":"3f468f8d6b84afc96436302bdd6c14fc")"));
    EXPECT_THAT(connections[2],
                HasSubstr(R"("parent_connection_id":"0c5f5b1e6d0e4c0e9a573b1f5e2d7a11")"));

    const auto recordings = rows(tree, TruthTable::recordings);
    EXPECT_THAT(ids(recordings),
                ElementsAre("4c172763296f18b325e07694ccbb98b8", "454b597f499b8d3dcf0d0ce7fdce037b",
                            "6d9989646d9ecd0acaa157ef2b38622c"));
}

TEST(Truth, FiltersAsTheFactsSay) {
    Tree tree;
    sample(tree);
    TruthOptions updates, human;
    updates.mode = "updates_only";
    human.mode = "hi_updates_only";
    human.stages = "fc_";
    EXPECT_EQ(rows(tree, TruthTable::transactions, updates).size(), 2U);
    EXPECT_EQ(rows(tree, TruthTable::connections, updates).size(), 3U);
    EXPECT_EQ(rows(tree, TruthTable::transactions, human).size(), 1U);
    EXPECT_EQ(rows(tree, TruthTable::recordings, human).size(), 3U);
    EXPECT_EQ(rows(tree, TruthTable::contacts, human).size(), 1U);
    TruthOptions stages;
    stages.stages = "qc_";
    EXPECT_EQ(rows(tree, TruthTable::transactions, stages).size(), 1U);
    EXPECT_EQ(rows(tree, TruthTable::connections, stages).size(), 0U)
        << "connections follow their transaction";
    stages.stages = "qc_,";  // an empty prefix matches everything
    EXPECT_EQ(rows(tree, TruthTable::transactions, stages).size(), 3U);
    stages.stages = "qc_, fc_";  // not trimmed
    EXPECT_EQ(rows(tree, TruthTable::transactions, stages).size(), 1U);
}

TEST(Truth, TheFirstOfTheSameFiredKeepsItsIdWhateverTheFilter) {
    Tree tree;
    const auto contact =
        add(tree, Kind::contact, Tree::kNone, {{key::c_id, "\"7QK2M9XWB4TN6RHJ\""}});
    const auto entry = add(tree, Kind::entry, contact, {});
    add(tree, Kind::transaction, entry,
        {{key::type, "\"dial_result\""},
         {key::fired, "\"2024-03-05T10:03:27.481Z\""},
         {key::sequence_nr, "0"}});
    add(tree, Kind::transaction, entry,
        {{key::type, "\"update\""},
         {key::fired, "\"2024-03-05T10:03:27.481Z\""},
         {key::sequence_nr, "1"}});
    const std::string second = later_transaction_id(kContact, "2024-03-05T10:03:27.481Z", "1");
    EXPECT_THAT(ids(rows(tree, TruthTable::transactions)),
                ElementsAre("3f468f8d6b84afc96436302bdd6c14fc", second));
    TruthOptions updates;
    updates.mode = "updates_only";
    EXPECT_THAT(ids(rows(tree, TruthTable::transactions, updates)), ElementsAre(second));
}

TEST(Truth, WhatCannotBeARowIsAReject) {
    Tree tree;
    const auto contact =
        add(tree, Kind::contact, Tree::kNone, {{key::c_id, "\"7QK2M9XWB4TN6RHJ\""}});
    const auto entry = add(tree, Kind::entry, contact, {});
    add(tree, Kind::transaction, entry, {{key::type, "\"update\""}, {key::fired, "null"}});
    const auto good =
        add(tree, Kind::transaction, entry, {{key::fired, "\"2024-03-05T10:03:27.481Z\""}});
    const auto nameless =
        add(tree, Kind::connection, good, {{key::id, "4711"}, {key::disconnected, "\"x\""}});
    add(tree, Kind::recording, nameless, {{key::started, "\"y\""}});
    TruthOptions rejects;
    rejects.rejects = true;
    EXPECT_THAT(
        rows(tree, TruthTable::transactions, rejects),
        ElementsAre(
            R"({"key":"7QK2M9XWB4TN6RHJ","reason":"a transaction without fired","raw":{"type":"update","fired":null}})"));
    EXPECT_THAT(rows(tree, TruthTable::connections, rejects),
                ElementsAre(HasSubstr(
                    R"("raw":{"id":4711,"disconnected":"x","recordings":[{"started":"y"}]})")));
    EXPECT_TRUE(rows(tree, TruthTable::connections).empty());
    EXPECT_TRUE(rows(tree, TruthTable::recordings).empty()) << "left out with its connection";
}

}  // namespace
}  // namespace ringtail::sim
