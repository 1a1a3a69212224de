#include "destination/clickhouse/own_tables.hpp"

#include <fmt/format.h>

#include <set>

#include "base/time_text.hpp"
#include "destination/clickhouse/check_table.hpp"
#include "destination/clickhouse/existing.hpp"
#include "destination/clickhouse/schema.hpp"
#include "destination/clickhouse/words.hpp"

namespace ringtail::clickhouse {
namespace {

using sql::clickhouse::ColumnText;
using sql::clickhouse::literal;
using Names = std::vector<std::string>;

struct OwnTable {
    std::string name;
    std::vector<ColumnText> columns;
    Names key;
};

const std::string kCheckpoints = "ringtail_checkpoints";
const std::string kLeases = "ringtail_leases";
const std::string kRejects = "ringtail_rejects";
const std::string kRechecks = "ringtail_rechecks";

std::vector<OwnTable> own_tables(const sql::clickhouse::Features& features) {
    const std::string text = "String";
    const std::string time = sql::clickhouse::type_name(Type::timestamp, features);
    return {
        {kCheckpoints, {{"stream", text}, {"checkpoint", text}, {"updated_at", time}}, {"stream"}},
        {kLeases,
         {{"stream", text}, {"holder", text}, {"lease_until", "DateTime('UTC')"}},
         {"stream", "holder"}},
        {kRejects,
         {{"table_name", text},
          {"row_key", text},
          {"column_name", text},
          {"raw", text},
          {"reason", text},
          {"rejected_at", time}},
         {"table_name", "row_key", "column_name", "raw"}},
        {kRechecks,
         {{"stream", text}, {"key", text}, {"step", "Int32"}, {"due", time}},
         {"stream", "key"}}};
}

// A line of TabSeparated, without its end.
std::string line_of(std::initializer_list<std::string_view> fields) {
    std::string line;
    for (const std::string_view field : fields) {
        append_escaped(field, line);
        line += '\t';
    }
    line.pop_back();
    return line;
}

std::string key_of(const Reject& reject) {
    return line_of({reject.table, reject.key, reject.column, reject.raw});
}

// What find_existing() needs of a table that has no batch.
Plan own_plan(const Server& server, const std::string& name, const Names& key) {
    Plan plan;
    plan.name = server.table(name);
    for (const std::string& column : key) {
        plan.key_cells.push_back(plan.targets.size());
        Target target;
        target.column.name = column;
        target.column.type = "String";
        plan.targets.push_back(std::move(target));
    }
    return plan;
}

std::string insert_text(const Server& server, const std::string& table, Names columns) {
    for (const std::string_view name : {sql::clickhouse::kVersion, sql::clickhouse::kDeleted})
        columns.emplace_back(name);
    return sql::clickhouse::insert(server.table(table), columns);
}

// The answer of `ask`, or `none` where there is no such table yet.
template <typename Answer, typename Ask>
Answer unless_missing(Answer none, Ask ask) {
    try {
        return ask();
    } catch (const ServerError& error) {
        if (error.code() != kUnknownTable) throw;
        return none;
    }
}

}  // namespace

void create_own_tables(Server& server) {
    for (const OwnTable& table : own_tables(server.features())) {
        const auto name = server.table(table.name);
        if (read_engine(server, name.view()) == "View") {
            check_table(server, name, table.key);
            continue;
        }
        create_table(server, name, table.columns, table.key, false);
        make_view(server, name);
    }
}

std::string time_field(Instant instant) {
    std::string text = format_time(instant);
    text[10] = ' ';
    text.pop_back();
    text.resize(26, '0');
    return text;
}

std::optional<Checkpoint> read_checkpoint(Server& server, std::string_view stream) {
    return unless_missing(std::optional<Checkpoint>(), [&]() -> std::optional<Checkpoint> {
        TsvRows rows = server.query(fmt::format(
            "SELECT checkpoint FROM {} WHERE stream = {} ORDER BY _version DESC LIMIT 1 FORMAT "
            "TabSeparated",
            server.table(kCheckpoints).quoted(), literal(stream)));
        if (!rows.next()) return std::nullopt;
        return Checkpoint{rows.text(0)};
    });
}

std::vector<Recheck> read_rechecks(Server& server, std::string_view stream, Instant until,
                                   std::size_t limit) {
    return unless_missing(std::vector<Recheck>(), [&] {
        std::vector<Recheck> rechecks;
        TsvRows rows = server.query(fmt::format(
            "SELECT key, step, toString(due) AS at FROM {} FINAL WHERE stream = {} AND _deleted = "
            "0 AND toString(due) <= {} ORDER BY at, key LIMIT {} FORMAT TabSeparated",
            server.table(kRechecks).quoted(), literal(stream), literal(time_field(until)), limit));
        while (rows.next()) {
            rechecks.push_back({rows.text(0), static_cast<int>(rows.number(1)),
                                parse_time(rows.text(2)).value_or(until)});
        }
        return rechecks;
    });
}

void store_checkpoint(const Writer& writer, std::string_view stream, const Checkpoint& checkpoint,
                      Instant now) {
    TsvRows stored = writer.server.query(
        fmt::format("SELECT max(_version) FROM {} WHERE stream = {} FORMAT TabSeparated",
                    writer.server.table(kCheckpoints).quoted(), literal(stream)),
        writer.stop);
    const std::uint64_t version = writer.versions.next(stored.next() ? stored.number(0) : 0);
    Insert insert = writer.server.make_insert(
        insert_text(writer.server, kCheckpoints, {"stream", "checkpoint", "updated_at"}));
    insert.add(line_of({stream, checkpoint.text, time_field(now), std::to_string(version), "0"}));
    insert.add("\n");
    writer.pace.wait(kCheckpoints, writer.stop);
    writer.server.insert(std::move(insert), writer.stop);
}

// They are few: one statement for all, and none where there is nothing.
void drop_rejects(Server& server, std::string_view table, std::span<const std::string> keys) {
    const auto rejects = server.table(kRejects);
    const std::vector<std::string> types{"String"};
    const std::string of = fmt::format("table_name = {}", literal(table));
    TsvRows there = server.query_with_keys(
        fmt::format(
            "SELECT DISTINCT row_key FROM {} WHERE {} AND row_key IN {} FORMAT TabSeparated",
            rejects.quoted(), of, sql::clickhouse::kKeys),
        sql::clickhouse::keys_structure(types), lines_of(keys));
    std::string list;
    while (there.next()) list += (list.empty() ? "" : ", ") + literal(there.text(0));
    if (list.empty()) return;
    server.run(fmt::format("ALTER TABLE {}{} DELETE WHERE {} AND row_key IN ({})",
                           rejects.storage().quoted(), rejects.on_cluster(), of, list));
}

void replace_rejects(const Writer& writer, std::span<const Forgotten> forgotten,
                     std::span<const Reject> rejects, Instant now) {
    std::set<std::pair<std::string_view, std::string_view>> gone;
    for (const Forgotten& some : forgotten) {
        drop_rejects(writer.server, some.table, some.keys);
        for (const std::string& key : some.keys) gone.emplace(some.table, key);
    }
    // The mutation takes what is there at its beginning, whenever it is done. One that comes again
    // seems to be there still, and is stored nevertheless.
    store_rejects(writer, rejects, now, [&](const Reject& reject) {
        return gone.contains({reject.table, reject.key});
    });
}

void store_rejects(const Writer& writer, std::span<const Reject> rejects, Instant now,
                   const std::function<bool(const Reject&)>& is_new) {
    if (rejects.empty()) return;
    std::set<std::string> seen;
    std::string keys;
    for (const Reject& reject : rejects) {
        const auto [key, is_first] = seen.insert(key_of(reject));
        if (is_first) keys += *key + "\n";
    }
    const Plan plan =
        own_plan(writer.server, kRejects, {"table_name", "row_key", "column_name", "raw"});
    const ExistingRows there = find_existing(writer.server, plan, keys, writer.stop);
    const std::string tail =
        "\t" + line_of({time_field(now), std::to_string(writer.versions.next(0)), "0"}) + "\n";
    Insert insert = writer.server.make_insert(
        insert_text(writer.server, kRejects,
                    {"table_name", "row_key", "column_name", "raw", "reason", "rejected_at"}));
    bool any = false;
    for (const Reject& reject : rejects) {
        const std::string key = key_of(reject);
        const bool is_there = there.contains(key) && !(is_new && is_new(reject));
        if (is_there || seen.erase(key) == 0) continue;
        any = true;
        insert.add(key + "\t" + line_of({reject.reason}) + tail);
    }
    if (!any) return;
    writer.pace.wait(kRejects, writer.stop);
    writer.server.insert(std::move(insert), writer.stop);
}

void store_rechecks(const Writer& writer, std::string_view stream,
                    std::span<const Recheck> rechecks) {
    if (rechecks.empty()) return;
    std::string keys;
    for (const Recheck& recheck : rechecks) keys += line_of({stream, recheck.key}) + "\n";
    const Plan plan = own_plan(writer.server, kRechecks, {"stream", "key"});
    std::uint64_t stored = 0;
    for (const auto& [key, row] : find_existing(writer.server, plan, keys, writer.stop))
        stored = std::max(stored, row.version);
    Insert insert = writer.server.make_insert(
        insert_text(writer.server, kRechecks, {"stream", "key", "step", "due"}));
    for (const Recheck& recheck : rechecks) {
        const bool settled = recheck.step < 0;
        stored = writer.versions.next(stored);  // of two for one key the last counts
        insert.add(line_of({stream, recheck.key, std::to_string(settled ? 0 : recheck.step),
                            time_field(recheck.due), std::to_string(stored), settled ? "1" : "0"}) +
                   "\n");
    }
    writer.pace.wait(kRechecks, writer.stop);
    writer.server.insert(std::move(insert), writer.stop);
}

}  // namespace ringtail::clickhouse
