#include "sql/calls_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sql/sqlserver_text.hpp"

namespace ringtail::sql {
namespace {

CallsPart part() {
    CallRows rows;
    rows.rows = {.name = "calls",
                 .base = "legs",
                 .joins = {{"clients", "client_id"}},
                 .columns = {{"legs", "id", "r_id"},
                             {"legs", "parent", "r_parent"},
                             {"legs", "started", "r_started"},
                             {"legs", "connected", "r_connected"},
                             {"legs", "ended", "r_ended"},
                             {"clients", "phone", "r_phone"},
                             {"clients", "campaign", "r_campaign"}}};
    rows.direction = "out";
    rows.id = "r_id";
    rows.at = {"r_started", "r_connected"};
    rows.client = {"r_phone"};
    rows.connected = "r_connected";
    rows.ended = "r_ended";
    rows.only = {{"r_campaign", "it's"}};
    rows.without = "r_parent";
    rows.recordings = {"tapes", "leg_id", "url"};
    CallRows lengths = rows;
    lengths.direction = "callback";
    lengths.connected.clear();
    lengths.talk = "r_connected";
    lengths.whole = "r_ended";
    lengths.answered = {{"r_parent", 200}};
    lengths.open = {{{"r_parent", 1}, {"r_phone", 0}}, {{"r_parent", 2}}};
    lengths.recordings.reset();
    lengths.recording = "r_phone";
    return {"x_", "dialfire", "CAMPAIGN", "Europe/Moscow", {rows, lengths}};
}

Table table(const std::string& name, std::vector<Column> columns) {
    return {.name = name,
            .columns = std::move(columns),
            .key = {"id"},
            .references = {},
            .fingerprint = "",
            .changed = "",
            .rest = ""};
}

std::string all_of(const CallWords& words) {
    const std::vector tables{
        table("legs", {{"id"}, {"parent"}, {"client_id"}, {"started"}, {"connected"}, {"ended"}}),
        table("clients", {{"id"}, {"phone"}, {"campaign"}}),
        table("tapes", {{"id"}, {"leg_id"}, {"url"}})};
    const auto shown = [&](const std::string& name) {
        return words.quote("dbo") + "." + words.quote(name);
    };
    const auto find = [&](const Table& of) {
        ViewTable found{.table = &of, .shown = shown(of.name), .columns = {}};
        for (const Column& column : of.columns) found.columns.push_back(column.name);
        return found;
    };
    const auto star = [&](const ViewText& text) {
        return view_select(text, [&](std::string_view name) { return words.quote(name); });
    };
    std::vector<CallsView> views{part_view(part(), tables, find, {.max_bytes = 128}, star, words)};
    const std::vector parts{shown(views.front().name), shown("ringtail_calls_callkeeper_7")};
    for (auto& view : shared_views("x_", parts, shown, words)) views.push_back(std::move(view));
    std::string text;
    for (const CallsView& view : views)
        text += "CREATE VIEW " + shown(view.name) + " AS " + view.select + ";\n\n";
    return text;
}

TEST(CallsText, ForSqlServerIsAsInTheGoldenFile) {
    const auto words =
        sqlserver_words([](std::string_view name) { return sqlserver::quote(name); });
    const std::string text = all_of(*words);
    const std::string file = RINGTAIL_SOURCE_DIR "/tests/golden/sql/sqlserver_calls.sql";
    if (std::getenv("RINGTAIL_WRITE_GOLDEN") != nullptr) std::ofstream(file) << text;
    std::ostringstream golden;
    golden << std::ifstream(file).rdbuf();
    EXPECT_EQ(text, golden.str()) << "RINGTAIL_WRITE_GOLDEN=1 writes it anew";
}

TEST(CallsText, HasAnotherMarkForAnotherZone) {
    const auto words = sqlite_words();
    const auto mark = [&](const std::string& zone) {
        const std::vector tables{table("t", {{"id"}})};
        CallRows rows;
        rows.rows = {.name = "", .base = "t", .joins = {}, .columns = {{"t", "id", "r_id"}}};
        rows.id = rows.talk = rows.whole = "r_id";
        rows.at = {"r_id"};
        rows.answered = {{"r_id", 1}};
        rows.open = {{{"r_id", 2}}};
        const auto view = part_view(
            {"", "s", "1", zone, {rows}}, tables,
            [](const Table& of) {
                return ViewTable{&of, "t", {"id"}};
            },
            {}, [](const ViewText& text) { return view_select(text, quote_identifier); }, *words);
        EXPECT_NE(view.select.find(view.mark), std::string::npos);
        EXPECT_TRUE(is_calls_view(view.select));
        return view.mark;
    };
    EXPECT_EQ(mark("UTC"), mark("UTC"));
    EXPECT_NE(mark("UTC"), mark("Europe/Berlin"));
}

}  // namespace
}  // namespace ringtail::sql
