#include "contract/star.hpp"
#include "sql/utf8.hpp"

// create_views() over the small star.
namespace ringtail::contract {

// 90 letters of two bytes: longer than a name may be in most databases.
inline const std::string kLongCaption = [] {
    std::string caption;
    for (int i = 0; i < 15; ++i) caption += "Звонок";
    return caption;
}();

inline View wide_view() {
    return {.name = "ck_wide",
            .base = "ck_facts",
            .joins = {{"gen_accounts", "accounts_id"}, {"gen_dates", "dates_id"}},
            .columns = {{"ck_facts", "id", "id"},
                        {"ck_facts", "seconds", "Länge in \"Sekunden\" [`s`]"},
                        {"gen_dates", "label", "День недели"},
                        {"gen_accounts", "caption", "Кабинет"},
                        {"gen_dates", "id", "dates_id"},
                        {"ck_facts", "call_id", kLongCaption + "1"},
                        {"ck_facts", "accounts_id", kLongCaption + "2"}}};
}

inline std::vector<std::vector<std::optional<std::string>>> sorted_rows(Dump dump) {
    std::sort(dump.rows.begin(), dump.rows.end());
    return std::move(dump.rows);
}

TEST_P(DestinationSuite, ViewShowsFactsWithWhatTheyPointAt) {
    const auto tables = start(star());
    const std::vector views{wide_view()};
    destination_->create_views(views);
    load(small_star(tables));
    const Dump dump = subject_->dump_view("ck_wide");
    ASSERT_EQ(dump.columns.size(), 7U);
    EXPECT_EQ(dump.columns[1], "Länge in \"Sekunden\" [`s`]");
    EXPECT_EQ(dump.columns[2], "День недели");
    EXPECT_NE(dump.columns[5], dump.columns[6]);
    for (const std::size_t place : {5U, 6U}) {
        EXPECT_TRUE(dump.columns[place].starts_with("ЗвонокЗвонок")) << dump.columns[place];
        EXPECT_EQ(sql::storable(dump.columns[place]), dump.columns[place]) << "cut in a character";
    }
    EXPECT_EQ(sorted_rows(dump),
              (std::vector<std::vector<std::optional<std::string>>>{
                  {"-5", "0", std::nullopt, "Кабинет №1", std::nullopt, "b", "1"},
                  {"4611686018427387904", "61", "вторник", "Кабинет №1", kDate, "a", kAccount}}));
}

TEST_P(DestinationSuite, ViewsAreReplacedWhenTheyChange) {
    const auto tables = start(star());
    load(small_star(tables));
    std::vector views{wide_view()};
    destination_->create_views(views);
    const Dump before = subject_->dump_view("ck_wide");
    const std::size_t made = subject_->log().count("view ");
    destination_->create_views(views);
    EXPECT_EQ(subject_->log().count("view "), made) << "one that is as it should be is left alone";
    EXPECT_EQ(subject_->dump_view("ck_wide").columns, before.columns);

    views[0].columns.erase(views[0].columns.begin() + 1);
    views[0].columns.push_back({"gen_accounts", "account_id", "Номер"});
    const auto other = open();
    other->prepare(star());
    other->create_views(views);
    const Dump after = subject_->dump_view("ck_wide");
    ASSERT_EQ(after.columns.size(), 7U);
    EXPECT_EQ(after.columns[1], "День недели");
    EXPECT_EQ(after.columns.back(), "Номер");
    EXPECT_EQ(sorted_rows(after)[1].back(), "77");
}

// Neither new columns nor wider ones are held up by a view.
TEST_P(DestinationSuite, ViewsDoNotHinderTheTables) {
    auto tables = star();
    start(tables);
    destination_->create_views(std::vector{wide_view()});
    tables[2].columns.push_back({"more"});
    const auto prepared = destination_->prepare(tables);
    destination_->create_views(std::vector{wide_view()});
    destination_->streams().hold(kStream, holder_);
    auto batches = star_batches(prepared);
    put(batches[0], {{"id", number(kAccount)}, {"account_id", number("1")}});
    put(batches[1], {{"id", number(kDate)}});
    put_fact(batches[2], "1", "a", "61.5");
    const auto stats = load(batches);
    EXPECT_EQ(stats[2].inserted, 1U);
    EXPECT_EQ(value(prepared[2], "1", "seconds"), plain(Type::int64, "61.5"));
    EXPECT_EQ(subject_->dump_view("ck_wide").rows.size(), 1U);
}

TEST_P(DestinationSuite, ViewWithTheNameOfATableIsRefused) {
    auto tables = star();
    tables.push_back(contacts_table());
    tables.back().name = "ck_wide";
    start(tables);
    const Error error = error_of([&] { destination_->create_views(std::vector{wide_view()}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_NE(std::string(error.what()).find("ck_wide"), std::string::npos) << error.what();
    EXPECT_NE(error.hint(), "");
    EXPECT_FALSE(dump(tables.back()).columns.empty());
}

}  // namespace ringtail::contract
