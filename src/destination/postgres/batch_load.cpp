#include "destination/postgres/batch_load.hpp"

#include "base/failpoint.hpp"
#include "destination/postgres/copy_binary.hpp"
#include "destination/postgres/copy_text.hpp"
#include "destination/relational/order.hpp"
#include "destination/relational/rows.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using Outcome = sql::Fitted::Outcome;

// What COPY reads is handed over in pieces of this size: large enough to make system calls rare,
// small enough to stay in the processor's cache and to keep the server busy while the next piece is
// made.
constexpr std::size_t kPieceBytes = 64U << 10U;

using relational::Field;

// COPY's two formats. The time of the change, where rows have it, is the field behind the others.
class TextSink {
  public:
    TextSink(const Plan&, const Param* changed) {
        if (changed != nullptr) end_ = "\t" + changed->value_or(std::string(kNullField));
        end_ += '\n';
    }

    static constexpr std::string_view kStart = "", kEnd = "";
    static void begin_row(std::string&) {}
    static void value(std::string_view text, const Field&, std::string& out) {
        append_field(text, out);
    }
    static void null(std::string& out) { out += kNullField; }
    static void between(std::string& out) { out += '\t'; }
    void end_row(std::string& out) const { out += end_; }

  private:
    std::string end_;
};

class BinarySink {
  public:
    BinarySink(const Plan& plan, const Param* changed) {
        append_field_count(plan.columns().size() + (changed != nullptr ? 1 : 0), begin_);
        if (changed == nullptr) return;
        if (*changed)
            append_binary(**changed, plan.changed->type, end_);
        else
            end_ = kBinaryNull;
    }

    static constexpr std::string_view kStart = kBinaryStart, kEnd = kBinaryEnd;
    void begin_row(std::string& out) const { out += begin_; }
    static void value(std::string_view text, const Field& field, std::string& out) {
        append_binary(text, field.column.type, out);
    }
    static void null(std::string& out) { out += kBinaryNull; }
    static void between(std::string&) {}
    void end_row(std::string& out) const { out += end_; }

  private:
    std::string begin_, end_;
};

}  // namespace

void BatchLoad::run(Assume assume, TableStats& stats) {
    stats.read = batch_.rows();
    if (batch_.rows() == 0) return;
    const std::size_t rejects_before = rejects_.size();
    Param changed_value;
    if (plan_.changed) changed_value = sql::fit_load_time(changed_, plan_.changed->type);

    const std::vector<bool> last = batch_.last_of_key();
    std::vector<std::size_t> existing, fresh;
    if (assume == Assume::nothing) existing = find_existing(last);
    std::size_t next = 0;
    for (std::size_t row = 0; row < batch_.rows(); ++row) {
        if (next < existing.size() && existing[next] == row)
            ++next;
        else if (last[row])
            fresh.push_back(row);
    }

    relational::into_key_order(plan_, batch_, fresh);
    relational::into_key_order(plan_, batch_, existing);
    if (!fresh.empty())
        stats.inserted = copy(fresh, plan_.copy_new, plan_.changed ? &changed_value : nullptr);
    const std::uint64_t staged =
        existing.empty() ? 0 : copy(existing, plan_.copy_to_stage, nullptr);
    failpoint("stage_sent");
    if (staged > 0 && !plan_.update.empty()) {
        std::vector<Param> params;
        if (plan_.changed) params.push_back(changed_value);
        stats.updated = connection_.run(plan_.update, params).affected();
    }
    failpoint("merge_done");
    stats.unchanged = staged - stats.updated;
    stats.rejected = rejects_.size() - rejects_before;
}

// The rows, in ascending order, whose key is in the table.
std::vector<std::size_t> BatchLoad::find_existing(const std::vector<bool>& last) {
    std::vector<std::size_t> asked;
    std::vector<std::vector<std::string>> keys(batch_.key_cells().size());
    std::vector<std::string> parts(keys.size());
    std::string scratch;
    for (std::size_t row = 0; row < batch_.rows(); ++row) {
        bool whole = last[row];
        for (std::size_t part = 0; whole && part < parts.size(); ++part) {
            const std::size_t cell = batch_.key_cells()[part];
            const auto fitted =
                sql::fit(batch_.at(row, cell), plan_.fields[cell].column.type, scratch);
            whole =
                fitted.outcome == Outcome::value;  // others become rejects when they are written
            parts[part] = fitted.text;
        }
        if (!whole) continue;
        asked.push_back(row);
        for (std::size_t part = 0; part < parts.size(); ++part) keys[part].push_back(parts[part]);
    }
    std::vector<Param> params;
    params.reserve(keys.size());
    for (const auto& part : keys) params.emplace_back(sql::postgres::array_literal(part));
    const Rows found = connection_.run(plan_.find_existing, params);
    std::vector<bool> is_there(asked.size(), false);
    for (std::size_t i = 0; i < found.size(); ++i)
        is_there[static_cast<std::size_t>(found.number(i, 0) - 1)] = true;
    std::vector<std::size_t> existing;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (is_there[i]) existing.push_back(asked[i]);
    }
    return existing;
}

std::uint64_t BatchLoad::copy(const std::vector<std::size_t>& rows, const std::string& statement,
                              const Param* changed) {
    if (plan_.is_binary) return copy_by(BinarySink(plan_, changed), rows, statement);
    return copy_by(TextSink(plan_, changed), rows, statement);
}

template <typename Sink>
std::uint64_t BatchLoad::copy_by(Sink sink, const std::vector<std::size_t>& rows,
                                 const std::string& statement) {
    relational::Rejecter rejecter(plan_, batch_, missing_, lost_, rejects_);
    relational::RowWriter writer(plan_, batch_, rejecter, std::move(sink));
    std::string piece;
    piece.reserve(2 * kPieceBytes);
    piece += Sink::kStart;
    connection_.copy_begin(statement);
    for (const std::size_t row : rows) {
        writer.append(row, piece);
        if (piece.size() < kPieceBytes) continue;
        connection_.check_stop();
        connection_.copy_data(piece);
        piece.clear();
    }
    piece += Sink::kEnd;
    connection_.copy_data(piece);
    return connection_.copy_end();
}

}  // namespace ringtail::postgres
