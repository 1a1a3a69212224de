#include "destination/mysql/bulk.hpp"

#include <algorithm>
#include <utility>

#include "destination/mysql/dialect.hpp"
#include "destination/mysql/literal.hpp"
#include "destination/mysql/unchanged.hpp"
#include "destination/relational/rows.hpp"

namespace ringtail::mysql {
namespace {

using relational::Field;
using relational::SomeRows;

// Pieces of LOAD DATA: large enough to make calls rare, small enough to stay in the processor's
// cache.
constexpr std::size_t kPieceBytes = 64U << 10U;
// Statements of INSERT: beyond that they do not become faster.
constexpr std::size_t kStatementBytes = 512U << 10U;

// The text of LOAD DATA with FIELDS TERMINATED BY tabulator ESCAPED BY backslash.
struct InfileSink {
    static void begin_row(std::string&) {}
    static void value(std::string_view text, const Field&, std::string& out) {
        while (true) {
            const auto special = std::find_if(text.begin(), text.end(), [](char c) {
                return c == '\t' || c == '\n' || c == '\\' || c == '\0';
            });
            const auto plain = static_cast<std::size_t>(special - text.begin());
            out += text.substr(0, plain);
            if (special == text.end()) return;
            out += '\\';
            out += *special == '\0' ? '0' : *special == '\t' ? 't' : *special == '\n' ? 'n' : '\\';
            text.remove_prefix(plain + 1);
        }
    }
    static void null(std::string& out) { out += "\\N"; }
    static void between(std::string& out) { out += '\t'; }
    static void end_row(std::string& out) { out += '\n'; }
};

// (literal,NULL,…) of an INSERT; `tail` ends each row.
struct ValuesSink {
    const std::string& tail;

    static void begin_row(std::string& out) { out += '('; }
    static void value(std::string_view text, const Field&, std::string& out) {
        append_literal(text, out);
    }
    static void null(std::string& out) { out += "NULL"; }
    static void between(std::string& out) { out += ','; }
    void end_row(std::string& out) const {
        out += tail;
        out += "),";
    }
};

std::string as_literal(const relational::Param& value) { return value ? literal(*value) : "NULL"; }

}  // namespace

std::uint64_t Bulk::to_stage(const SomeRows& rows) {
    return write(rows, quote_name(rows.plan.stage), nullptr, {});
}

std::uint64_t Bulk::to_table(const SomeRows& rows, const relational::Param& changed) {
    const auto* column = rows.plan.changed ? &*rows.plan.changed : nullptr;
    return write(rows, rows.plan.shown_name(), column, changed);
}

// Where LOAD DATA LOCAL is forbidden, and the only key that another row may have is the table's
// own, which must tell texts apart as we do.
std::optional<Bulk::Upserted> Bulk::upsert(const SomeRows& rows, const relational::Param& changed) {
    const auto key = rows.plan.key();
    const bool is_exact =
        std::none_of(key.begin(), key.end(), [](const auto& part) { return part.compare_as_text; });
    if (allows_infile() || rows.plan.stored.unique_keys.size() != 1 || !is_exact)
        return std::nullopt;
    const auto columns = rows.plan.columns();
    const auto* changed_column = rows.plan.changed ? &*rows.plan.changed : nullptr;
    const std::string insert = insert_values(rows.plan.shown_name(), columns, changed_column);
    const std::string update =
        on_duplicate_key(columns, key, changed_column, connection_.server().exact_collation);
    const std::vector<std::size_t> wanted = rows_to_write(connection_, rows);
    Upserted all{.unchanged = rows.rows.size() - wanted.size()};
    bool under_way = false;
    const auto finish = [&] {
        if (!std::exchange(under_way, false)) return;
        const Upserted done = connection_.finish_upsert();
        all.inserted += done.inserted;
        all.updated += done.updated;
        all.unchanged += done.unchanged;
    };
    const auto start = [&](std::string& statement) {
        statement += update;
        finish();
        connection_.start_upsert(statement);
        under_way = true;
    };
    try {
        by_insert({rows.plan, rows.batch, wanted, rows.rejecter}, insert,
                  changed_column == nullptr ? "" : "," + as_literal(changed), start);
        finish();
    } catch (...) {
        if (under_way) connection_.drop();  // with an answer that nobody reads
        throw;
    }
    return all;
}

bool Bulk::allows_infile() {
    const bool allowed = connection_.server().allows_infile;
    if (!allowed && !std::exchange(told_, true)) {
        log_.info(
            "LOAD DATA LOCAL is off at the server (local_infile = OFF): rows go by INSERT, which "
            "is slower");
    }
    return allowed;
}

std::uint64_t Bulk::write(const SomeRows& rows, const std::string& table,
                          const relational::StoredColumn* changed, const relational::Param& value) {
    const auto columns = rows.plan.columns();
    if (allows_infile())
        return by_infile(rows, load_data(table, columns, changed, as_literal(value)));
    return by_insert(rows, insert_values(table, columns, changed),
                     changed == nullptr ? "" : "," + as_literal(value),
                     [&](std::string& statement) { connection_.run(statement); });
}

std::uint64_t Bulk::by_infile(const SomeRows& rows, const std::string& sql) {
    relational::RowWriter writer(rows.plan, rows.batch, rows.rejecter, InfileSink{});
    std::size_t next = 0;
    std::uint64_t sent = 0;
    const std::uint64_t arrived = connection_.load_data(sql, [&](std::string& piece) {
        connection_.check_stop();
        while (next < rows.rows.size() && piece.size() < kPieceBytes)
            sent += writer.append(rows.rows[next++], piece) ? 1 : 0;
        return next < rows.rows.size();
    });
    if (arrived == sent) return sent;
    throw Error(Fault::bug, "MySQL took " + std::to_string(arrived) + " of " +
                                std::to_string(sent) + " rows without a warning");
}

std::uint64_t Bulk::by_insert(const SomeRows& rows, const std::string& insert,
                              const std::string& tail, const Send& send) {
    relational::RowWriter writer(rows.plan, rows.batch, rows.rejecter, ValuesSink{tail});
    const std::size_t most = std::min(kStatementBytes, connection_.server().max_packet_bytes / 2);
    std::string statement = insert, row;
    std::uint64_t sent = 0;
    const auto send_statement = [&] {
        if (statement.size() == insert.size()) return;
        statement.pop_back();  // the last comma
        send(statement);
        statement.resize(insert.size());
    };
    for (const std::size_t index : rows.rows) {
        row.clear();
        if (!writer.append(index, row)) continue;
        if (statement.size() + row.size() > most) send_statement();
        statement += row;
        ++sent;
    }
    send_statement();
    return sent;
}

}  // namespace ringtail::mysql
