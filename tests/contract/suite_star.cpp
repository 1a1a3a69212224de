#include <future>

#include "base/md5.hpp"
#include "contract/star.hpp"

namespace ringtail::contract {

TEST_P(DestinationSuite, StarIsStoredAndStoredAgainUnchanged) {
    const auto tables = start(star());
    auto stats = load(small_star(tables));
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[1].inserted, 1U);
    EXPECT_EQ(stats[2].inserted, 2U);
    EXPECT_EQ(value(tables[2], "4611686018427387904", "dates_id"), plain(Type::int64, kDate));
    EXPECT_EQ(value(tables[2], "4611686018427387904", "_raw"), kRaw);
    EXPECT_EQ(value(tables[2], "-5", "dates_id"), std::nullopt);
    EXPECT_TRUE(rejects().empty());

    const Dump before = dump(tables[2]);
    stats = load(small_star(tables), kSecond);
    for (const TableStats& table : stats) {
        EXPECT_EQ(table.unchanged, table.read) << table.table;
    }
    EXPECT_EQ(dump(tables[2]), before);

    auto batches = star_batches(tables);
    put_fact(batches[2], "4611686018427387904", "a", "62");
    stats = load(batches, kSecond);
    EXPECT_EQ(stats[2].updated, 1U);
    EXPECT_EQ(value(tables[2], "4611686018427387904", "seconds"), "62e0");
    EXPECT_EQ(keys(tables[2]).size(), 2U);
}

TEST_P(DestinationSuite, StarsRowsAreFoundByTheirNumbers) {
    const auto tables = start(star());
    load(small_star(tables));
    const std::vector<std::string> asked{"-5", "4611686018427387904", "4611686018427387905", "x",
                                         "04611686018427387904"};
    EXPECT_EQ(destination_->fingerprints(tables[2], asked),
              (std::vector<std::optional<std::string>>{"", kRaw, std::nullopt, std::nullopt,
                                                       std::nullopt}));
    EXPECT_EQ(destination_->fingerprints(tables[0], std::vector<std::string>{"1", kAccount, "77"}),
              (std::vector<std::optional<std::string>>{"hash of it", "hash of it", std::nullopt}));
    EXPECT_EQ(destination_->fingerprints(tables[1], std::vector<std::string>{"2", kDate}),
              (std::vector<std::optional<std::string>>{std::nullopt, ""}))
        << "a table without a fingerprint tells which rows are there";
}

TEST_P(DestinationSuite, StarsRowsAreErasedByTheirNumbers) {
    const auto tables = start(star());
    load(small_star(tables));
    auto batches = star_batches(tables);
    // The nearest numbers of 53 bits are those of other rows.
    for (const char* other : {"4611686018427387905", "4611686018427387903", "5", "x"})
        batches[2].erase(other);
    batches[2].erase("-5");
    put_fact(batches[2], "4611686018427387904", "a", "61");
    const auto stats = load(batches, kSecond);
    EXPECT_EQ(stats[2].erased, 1U);
    EXPECT_EQ(stats[2].unchanged, 1U);
    EXPECT_EQ(keys(tables[2]), std::vector<std::string>{"4611686018427387904"});
}

TEST_P(DestinationSuite, StarsFactsGoWithWhatTheyPointAt) {
    if (!subject_->has_foreign_keys()) return;
    const auto tables = start(star());
    load(small_star(tables));
    auto batches = star_batches(tables);
    batches[1].erase(kDate);
    EXPECT_EQ(load(batches, kSecond)[1].erased, 1U);
    EXPECT_EQ(keys(tables[2]), std::vector<std::string>{"-5"});
}

TEST_P(DestinationSuite, StarsFactsThatPointAtNothingAreRejects) {
    if (!subject_->has_foreign_keys()) return;
    const auto tables = start(star());
    load(small_star(tables));
    auto batches = star_batches(tables);
    put_fact(batches[2], "10", "c", "1");
    put(batches[2],
        {{"id", number("11")}, {"accounts_id", number("12345")}, {"call_id", text("d")}});
    const auto stats = load(batches, kSecond);
    EXPECT_EQ(stats[2].inserted, 1U);
    EXPECT_EQ(stats[2].rejected, 1U);
    EXPECT_EQ(keys(tables[2]).size(), 3U);
    ASSERT_EQ(rejects().size(), 1U);
    EXPECT_EQ(rejects()[0]["row_key"], "11");
}

TEST_P(DestinationSuite, StarsKeysAreWholeNumbersOrTheRowIsAReject) {
    const auto tables = start(star());
    load(small_star(tables));
    auto batches = star_batches(tables);
    put(batches[2], {{"id", text("abc")}, {"call_id", text("1")}});
    put(batches[2], {{"id", number("7.0")}, {"call_id", text("2")}});
    put(batches[2], {{"id", text("007")}, {"call_id", text("3")}});
    put(batches[2], {{"id", number("9223372036854775808")}, {"call_id", text("4")}});
    put(batches[2], {{"call_id", text("5")}});
    put(batches[2], {{"id", boolean(true)}, {"call_id", text("6")}});
    put(batches[2], {{"id", text("-9223372036854775808")}, {"call_id", text("7")}});
    const auto stats = load(batches, kSecond);
    EXPECT_EQ(stats[2].rejected, 6U);
    EXPECT_EQ(stats[2].inserted, 1U);
    EXPECT_EQ(keys(tables[2]),
              (std::vector<std::string>{"-5", "-9223372036854775808", "4611686018427387904"}));
    EXPECT_EQ(rejects().size(), 6U);
    // The column is what it was: the next load needs it.
    EXPECT_EQ(load(small_star(tables), kSecond)[2].unchanged, 2U);
}

// Indexes take texts of some length only; what is longer must not end all loads.
TEST_P(DestinationSuite, StarsLongTextInAnIndexIsStoredOrAReject) {
    const auto tables = start(star());
    load(small_star(tables));
    std::string noise;  // that no server packs
    for (int i = 0; i < 200; ++i) noise += md5_hex({std::to_string(i)});
    auto batches = star_batches(tables);
    put_fact(batches[2], "10", noise, "1");
    const auto stats = load(batches, kSecond);
    EXPECT_EQ(stats[2].inserted, 1U);
    if (stats[2].rejected == 0) {
        EXPECT_EQ(value(tables[2], "10", "call_id"), noise);
    } else {
        EXPECT_EQ(value(tables[2], "10", "call_id"), std::nullopt);
        EXPECT_TRUE(rejected("ck_facts", "10", "call_id", '"' + noise + '"'));
    }
    EXPECT_EQ(load(small_star(tables), kSecond)[2].unchanged, 2U);
}

TEST_P(DestinationSuite, StarsSecondRowOfASecondaryKeyStopsTheLoad) {
    if (!subject_->has_unique_keys()) return;
    const auto tables = start(star());
    load(small_star(tables));
    const Dump before = dump(tables[2]);
    auto of_a_stored_row = star_batches(tables);
    put_fact(of_a_stored_row[2], "10", "c", "1");
    put_fact(of_a_stored_row[2], "11", "a", "2");
    auto of_its_own_load = star_batches(tables);
    put_fact(of_its_own_load[2], "10", "c", "1");
    put_fact(of_its_own_load[2], "11", "c", "2");
    for (const auto* batches : {&of_a_stored_row, &of_its_own_load}) {
        const Error error = error_of([&] { load(*batches, kSecond, "two"); });
        EXPECT_EQ(error.fault(), Fault::data) << error.what();
        EXPECT_NE(std::string(error.what()).find("ck_facts"), std::string::npos) << error.what();
        EXPECT_NE(error.hint(), "");
        EXPECT_EQ(dump(tables[2]), before);
        EXPECT_EQ(destination_->streams().checkpoint(kStream)->text, "one");
    }
    // Two nulls are not the same.
    auto fine = star_batches(tables);
    put(fine[2], {{"id", number("20")}, {"accounts_id", number("1")}});
    put(fine[2], {{"id", number("21")}, {"accounts_id", number("1")}});
    EXPECT_EQ(load(fine, kSecond)[2].inserted, 2U);
}

TEST_P(DestinationSuite, StarsSecondaryKeyIsGivenToATableThatLacksIt) {
    if (!subject_->has_unique_keys()) return;
    auto tables = star();
    tables[2].unique.clear();
    tables[2].indexes.clear();
    start(tables);
    load(small_star(tables));
    destination_->prepare(star());
    destination_->prepare(star());  // there is nothing left to do
    destination_->streams().hold(kStream, holder_);
    auto batches = star_batches(tables);
    put_fact(batches[2], "11", "a", "2");
    EXPECT_EQ(error_of([&] { load(batches); }).fault(), Fault::data);
}

TEST_P(DestinationSuite, StarsSecondaryKeyThatRowsBreakAlreadyIsLeftOut) {
    auto tables = star();
    tables[2].unique.clear();
    start(tables);
    auto batches = small_star(tables);
    put_fact(batches[2], "11", "a", "2");
    load(batches);
    destination_->prepare(star());
    destination_->streams().hold(kStream, holder_);
    EXPECT_EQ(load(batches)[2].unchanged, 3U);
}

// Streams of two accounts share tables: both bring the same rows at the same time.
TEST_P(DestinationSuite, StarsSharedRowsComeFromTwoLoadsAtOnce) {
    constexpr int kRounds = 5, kRows = 200;
    const auto tables = start(star());
    const auto bring = [&](int stream) {
        const auto handle = open();
        const std::string name = kStream + std::to_string(stream);
        handle->prepare(tables);
        handle->streams().hold(name, holder_);
        for (int round = 0; round < kRounds; ++round) {
            auto batches = star_batches(tables);
            for (int i = 0; i < kRows; ++i) {
                const int row = round * kRows + (stream == 0 ? i : kRows - 1 - i);
                const std::string id = std::to_string(row + 2);
                put_account(batches[0], id, id);
            }
            const Checkpoint after{std::to_string(round)};
            load_patiently(*handle, {batches, {}, {}, name, holder_, &after, kFirst});
        }
    };
    auto first = std::async(std::launch::async, bring, 0);
    auto second = std::async(std::launch::async, bring, 1);
    first.get();
    second.get();
    EXPECT_EQ(keys(tables[0]).size(), static_cast<std::size_t>(kRounds * kRows));
}

}  // namespace ringtail::contract
