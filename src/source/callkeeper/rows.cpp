#include "source/callkeeper/rows.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "json/write.hpp"
#include "source/callkeeper/dimension_rows.hpp"
#include "source/callkeeper/phones.hpp"

namespace ringtail::callkeeper {
namespace {

// Columns that hold a field as it is; what else callkeeper_calls has is worked out.
struct ColumnOf {
    std::string_view column;
    Field field;
};
constexpr std::array kTold{ColumnOf{"call_date", Field::date},
                           ColumnOf{"status_code", Field::status_code},
                           ColumnOf{"status_reason", Field::status_reason},
                           ColumnOf{"status2_code", Field::status2_code},
                           ColumnOf{"status2_reason", Field::status2_reason},
                           ColumnOf{"manager_phone", Field::phone1},
                           ColumnOf{"client_phone", Field::phone2},
                           ColumnOf{"widget_hash", Field::widget_hash},
                           ColumnOf{"widget_name", Field::widget_name},
                           ColumnOf{"event_source", Field::event_source},
                           ColumnOf{"connection_type", Field::a_type},
                           ColumnOf{"record_url", Field::record_url},
                           ColumnOf{"page", Field::cpg},
                           ColumnOf{"ip", Field::ip},
                           ColumnOf{"user_agent", Field::uag},
                           ColumnOf{"tags", Field::tags},
                           ColumnOf{"order_date", Field::order_date},
                           ColumnOf{"ya_clientid", Field::ya_clientid},
                           ColumnOf{"roistat_visit", Field::roistat_visit}};

// Which feed set which columns, and when it last changed.
void append_feeds(JsonValue stored, const CallState& state, const CallView& call,
                  std::string& out) {
    std::string api, hook;
    const auto tell = [&](std::string_view column, Field field) {
        if (!call[field].exists()) return;
        std::string& list = call.of_hook(field) ? hook : api;
        list.append(list.empty() ? "\"" : ",\"").append(column).append("\"");
    };
    for (const auto& [column, field] : kTold) tell(column, field);
    for (const auto& [column, field] : kMeasures) tell(column, field);
    out = "{";
    if (stored.find("api").exists()) {
        out.append("\"api\":{\"at\":\"").append(format_time(state.api.at));
        out.append("\",\"columns\":[").append(api).append("]}");
    }
    if (stored.find("hook").exists()) {
        if (out.size() > 1) out += ',';
        out.append("\"hook\":{\"at\":\"").append(format_time(state.hook.at));
        out.append("\",\"columns\":[").append(hook).append("]}");
    }
    out += '}';
}

class PageDecoder {
  public:
    PageDecoder(const RowOptions& options, Decoded& into) : options_(options), into_(into) {}

    void element(JsonValue element) {
        if (const JsonValue reject = element.find("reject"); reject.exists()) {
            add_reject(reject);
        } else if (const JsonValue stubs = element.find("stubs"); stubs.exists()) {
            add_stubs(static_cast<unsigned>(whole_number(stubs).value_or(0)));
        } else {
            add_call(read_page_call(element), element.find("s"));
        }
    }

  private:
    void add_reject(JsonValue parts) {
        Reject reject;
        std::string* const into[] = {&reject.table, &reject.key, &reject.column, &reject.raw,
                                     &reject.reason};
        std::size_t at = 0;
        std::string scratch;
        for (const JsonValue part : parts.elements()) {
            if (at < std::size(into)) *into[at++] = part.text_or_raw(scratch);
        }
        if (reject.column.empty()) ++into_.tally.rejected;
        into_.rejects.push_back(std::move(reject));
    }

    void add_stubs(unsigned which) {
        for (std::size_t i = 0; i < kDimensions.size(); ++i) {
            if ((which >> i & 1U) == 0 || !options_.places.has(kDimensions[i])) continue;
            make_stub_row(kDimensions[i], row_);
            append(kDimensions[i]);
        }
    }

    void add_call(const PageCall& call, JsonValue stored) {
        if (call.id <= 0) throw Error(Fault::data, "a page holds a call without an id");
        if (call.asking == Asking::again) {
            into_.rechecks.push_back({std::to_string(call.id), call.next.step, call.next.due});
            ++into_.tally.open;
        }
        if (call.asking == Asking::settled)
            into_.rechecks.push_back({std::to_string(call.id), -1, Instant()});
        if (call.unchanged) {
            into_.tally.equal += call.counted ? 1 : 0;
            return;
        }
        into_.tally.loaded += call.counted ? 1 : 0;
        const CallState state = read_meta(stored);
        const CallFields api(stored.find("api")), hook(stored.find("hook"));
        const CallView view(api, hook, state.over);
        for (std::size_t i = 0; i < kDimensions.size(); ++i) {
            if ((call.fresh >> i & 1U) != 0 && options_.places.has(kDimensions[i]))
                add_dimension(kDimensions[i], call.refers[i], view);
        }
        if (call.calls)
            add_calls_row(call, stored, state, view);
        else if (call.known)
            erase(TableId::calls, call.row);
        if (!options_.places.has(TableId::facts)) return;
        if (call.facts)
            add_facts_row(call, view);
        else if (call.known)
            erase(TableId::facts, call.row);
    }

    void add_dimension(TableId table, std::int64_t id, const CallView& view) {
        content_.clear();
        append_content(table, view, content_);
        make_dimension_row(table, id, content_, view, row_);
        append(table);
    }

    void add_calls_row(const PageCall& call, JsonValue stored, const CallState& state,
                       const CallView& view) {
        row_.start(29);
        row_.number(call.row);
        row_.number(options_.account_id);
        row_.number(call.id);
        add_date(call, view);
        for (const Field field :
             {Field::status_code, Field::status_reason, Field::status2_code, Field::status2_reason})
            row_.value(view[field]);
        add_phone(view[Field::phone1]);
        add_phone(view[Field::phone2]);
        for (const Field field : {Field::widget_hash, Field::widget_name, Field::event_source,
                                  Field::a_type, Field::record_url, Field::cpg})
            row_.value(view[field]);
        row_.value(view[Field::ip].exists() ? view[Field::ip] : view[Field::uip]);
        for (const Field field :
             {Field::uag, Field::tags, Field::order_date, Field::ya_clientid, Field::roistat_visit})
            row_.value(view[field]);
        if (state.settled)
            row_.text(format_time(*state.settled));
        else
            row_.null();
        row_.text(state.settled ? "settled" : state.gave_up ? "gave up" : "waiting");
        row_.null();  // the source names it
        append_feeds(stored, state, view, feeds_);
        row_.json(feeds_);
        row_.json(stored.raw());
        append(TableId::calls);
    }

    void add_date(const PageCall& call, const CallView& view) {
        if (const auto date = date_of(view)) return row_.text(format_time(*date));
        row_.null();
        if (view[Field::date].exists())
            reject(TableId::calls, call, "call_date", view[Field::date], "no date and time");
    }

    void add_phone(JsonValue phone) {
        row_.value(phone);
        std::string_view text;
        if (phone.is(JsonValue::Kind::number))
            text = phone.raw();
        else if (!phone.text(text, scratch_))
            return row_.null();
        const auto number = to_e164(text, options_.phone_region);
        if (!number) return row_.null();
        row_.text(*number);
    }

    void add_facts_row(const PageCall& call, const CallView& view) {
        row_.start(13);
        row_.number(call.row);
        row_.number(options_.account_id);
        for (const std::int64_t refers : call.refers) row_.number(refers);
        row_.number(call.row);
        for (const auto& [column, field] : kMeasures) {
            const JsonValue value = view[field];
            row_.number(measure_of(view, field));
            if (value.exists() && !whole_number(value))
                reject(TableId::facts, call, column, value, "no whole number of 64 bits");
        }
        append(TableId::facts);
    }

    void reject(TableId table, const PageCall& call, std::string_view column, JsonValue value,
                std::string_view reason) {
        into_.rejects.push_back({options_.prefix + std::string(name_of(table)),
                                 std::to_string(call.row), std::string(column),
                                 std::string(value.text_or_raw(scratch_)), std::string(reason)});
    }

    void append(TableId table) {
        const auto& place = options_.places[table];
        if (place.table != TablePlaces::kNone)
            row_.append_to(into_.batches.at(place.table), place.columns);
    }
    void erase(TableId table, std::int64_t row) {
        into_.batches.at(options_.places[table].table).erase(std::to_string(row));
    }

    const RowOptions& options_;
    Decoded& into_;
    Row row_;
    std::string content_, feeds_, scratch_;
};

void decode_account(JsonValue account, const RowOptions& options, Decoded& into) {
    const auto& place = options.places[TableId::accounts];
    if (place.table == TablePlaces::kNone) return;
    const auto id = whole_number(account.find("id"));
    if (!id) throw Error(Fault::data, "a page holds an account without an id");
    Row row;
    row.start(8);
    row.number(*id);
    row.number(options.account_id);
    row.value(account.find("caption"));
    row.value(account.find("service"));
    row.boolean(true);
    row.value(account.find("status"));
    row.value(account.find("interval_start"));
    row.value(account.find("interval_end"));
    row.append_to(into.batches.at(place.table), place.columns);
}

}  // namespace

std::int64_t measure_of(const CallView& call, Field field) {
    return whole_number(call[field]).value_or(0);
}

TablePlaces::TablePlaces(std::span<const Table> tables, const Options& options) {
    Options all = options;
    all.tables.clear();
    const std::vector<Table> ours = make_tables(all);
    for (std::size_t i = 0; i < kTables; ++i) {
        const auto found = std::ranges::find(tables, ours[i].name, &Table::name);
        if (found == tables.end()) continue;
        places_[i].table = static_cast<std::size_t>(found - tables.begin());
        const Batch batch(*found);
        for (const std::size_t column : batch.cell_columns()) {
            const auto same =
                std::ranges::find(ours[i].columns, found->columns[column].name, &Column::name);
            places_[i].columns.push_back(
                same == ours[i].columns.end()
                    ? kNone
                    : static_cast<std::size_t>(same - ours[i].columns.begin()));
        }
    }
}

void decode_page(const Page& page, const RowOptions& options, Decoded& into) {
    if (page.kind == kNoRowsPage) return;
    const JsonDocument document(page.body);
    if (page.kind == kAccountPage) return decode_account(document.root(), options, into);
    if (!document.root().is(JsonValue::Kind::array))
        throw Error(Fault::data, "a page of calls is no JSON array");
    PageDecoder decoder(options, into);
    for (const JsonValue element : document.root().elements()) decoder.element(element);
}

}  // namespace ringtail::callkeeper
