#include "source/dialfire/report_rows.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/time_text.hpp"
#include "json/text.hpp"
#include "json/write.hpp"
#include "source/dialfire/json_values.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = JsonValue::Kind;
using Names = std::span<const std::string_view>;

// A row being written.
class Object {
  public:
    void raw(std::string_view name, std::string_view json) {
        if (text_.size() > 1) text_ += ',';
        text_ += json_string(name);
        text_ += ':';
        text_ += json;
    }
    void text(std::string_view name, std::string_view value) {
        raw(name, value.empty() ? "null" : json_string(value));
    }
    // The members of `object` but for those named; of one given twice the last counts.
    void members_of(JsonValue object, Names but_for) {
        std::string scratch;
        for (const auto& [name, value] : object.members()) {
            const std::string key(name.text_or_raw(scratch));
            if (std::ranges::find(but_for, key) != but_for.end()) continue;
            if (object.find(key).exists() && object.find(key).index() != value.index()) continue;
            std::string json;
            append_minified(value.raw(), json);
            raw(key, json);
        }
    }
    std::string done() const { return text_ + "}"; }

  private:
    std::string text_ = "{";
};

std::string without(JsonValue object, Names names) {
    Object copy;
    copy.members_of(object, names);
    return copy.done();
}

class Walk {
  public:
    Walk(JsonValue contact, ReportOf of, Instant from, Instant until, std::vector<ReportRow>& rows)
        : contact_id_(usable_text(contact.find("$id")).value_or("")),
          of_(of),
          from_(from),
          until_(until),
          rows_(rows) {
        TransactionIds ids(contact_id_);
        for (const JsonValue entry : contact.find("$task_log").elements()) {
            for (const JsonValue value : entry.find("transactions").elements())
                transaction(contact, ids, value);
        }
    }

  private:
    void transaction(JsonValue contact, TransactionIds& ids, JsonValue value) {
        const auto fired = usable_text(value.find("fired"));
        if (!fired) return;
        // Of all of them: the order decides who gets which id.
        const std::string id = ids.next(*fired, hashed(value.find("sequence_nr")));
        const auto at = parse_time(*fired);
        if (!at || *at < from_ || *at >= until_) return;
        if (contact_.empty()) {
            constexpr std::string_view kLog = "$task_log";
            contact_ = without(contact, {&kLog, 1});
        }
        fired_ = *fired;
        transaction_id_ = id;
        if (of_ == ReportOf::transactions) {
            Object row;
            constexpr std::string_view kOurs[] = {"id", "contact_id", "contact"};
            row.text("id", id);
            row.text("contact_id", contact_id_);
            row.members_of(value, kOurs);
            row.raw("contact", contact_);
            rows_.push_back({fired_, row.done()});
            return;
        }
        constexpr std::string_view kNested[] = {"connections"};
        transaction_ = without(value, kNested);
        std::string before;
        for (const JsonValue one : value.find("connections").elements()) {
            std::string scratch;
            const JsonValue technology = one.find("technology");
            const bool transferred =
                technology.exists() && technology.text_or_raw(scratch) == "transfer";
            connection(one, transferred ? before : std::string());
            before = usable_text(one.find("id")).value_or("");
        }
    }

    void connection(JsonValue value, const std::string& parent) {
        if (!value.is(Kind::object)) return rows_.push_back({fired_, std::string(value.raw())});
        constexpr std::string_view kOurs[] = {"contact_id",           "transaction_id",
                                              "parent_connection_id", "third_party_connections",
                                              "transaction",          "contact"};
        Object row;
        row.members_of(value, kOurs);
        row.text("contact_id", contact_id_);
        row.text("transaction_id", transaction_id_);
        row.text("parent_connection_id", parent);
        row.raw("transaction", transaction_);
        row.raw("contact", contact_);
        rows_.push_back({fired_, row.done()});
        const std::string id = usable_text(value.find("id")).value_or("");
        for (const JsonValue child : value.find("third_party_connections").elements())
            connection(child, id);
    }

    const std::string contact_id_;
    const ReportOf of_;
    const Instant from_, until_;
    std::vector<ReportRow>& rows_;
    std::string contact_;  // as JSON, once it is needed
    std::string fired_, transaction_id_, transaction_;
};

}  // namespace

void append_report_rows(JsonValue contact, ReportOf of, Instant from, Instant until,
                        std::vector<ReportRow>& rows) {
    if (contact.is_null()) return;  // a contact that is gone
    if (!contact.is(Kind::object)) return rows.push_back({"", std::string(contact.raw())});
    Walk(contact, of, from, until, rows);
}

}  // namespace ringtail::dialfire
