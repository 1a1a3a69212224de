#include "destination/mysql/bulk.hpp"

#include <algorithm>
#include <utility>

#include "destination/mysql/dialect.hpp"
#include "destination/mysql/literal.hpp"
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

std::uint64_t Bulk::write(const SomeRows& rows, const std::string& table,
                          const relational::StoredColumn* changed, const relational::Param& value) {
    const auto columns = rows.plan.columns();
    if (connection_.server().allows_infile)
        return by_infile(rows, load_data(table, columns, changed, as_literal(value)));
    if (!std::exchange(told_, true)) {
        log_.info(
            "LOAD DATA LOCAL is off at the server (local_infile = OFF): rows go by INSERT, which "
            "is slower");
    }
    return by_insert(rows, insert_values(table, columns, changed),
                     changed == nullptr ? "" : "," + as_literal(value));
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
                              const std::string& tail) {
    relational::RowWriter writer(rows.plan, rows.batch, rows.rejecter, ValuesSink{tail});
    const std::size_t most = std::min(kStatementBytes, connection_.server().max_packet_bytes / 2);
    std::string statement = insert, row;
    std::uint64_t sent = 0;
    const auto send = [&] {
        if (statement.size() == insert.size()) return;
        statement.pop_back();  // the last comma
        connection_.run(statement);
        statement.resize(insert.size());
    };
    for (const std::size_t index : rows.rows) {
        row.clear();
        if (!writer.append(index, row)) continue;
        if (statement.size() + row.size() > most) send();
        statement += row;
        ++sent;
    }
    send();
    return sent;
}

}  // namespace ringtail::mysql
