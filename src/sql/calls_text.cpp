#include "sql/calls_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/md5.hpp"

namespace ringtail::sql {
namespace {

constexpr std::string_view kParts = "ringtail_calls_";
constexpr std::array<std::string_view, 15> kPartColumns{
    "service", "source",       "call_id",      "called_at",      "called_local",
    "zone",    "direction",    "agent",        "client_phone",   "state",
    "result",  "talk_seconds", "wait_seconds", "traffic_source", "recording_url"};

class Writer {
  public:
    explicit Writer(const CallWords& words) : words_(words) {}

    std::string columns(std::span<const std::string_view> names) const {
        std::string text;
        for (const std::string_view name : names)
            text += (text.empty() ? "" : ", ") + words_.quote(name);
        return text;
    }

    CallsView finish(std::string name, std::span<const std::string_view> names,
                     const std::string& body) const {
        const std::string mark = "ringtail_" + md5_hex({body}).substr(0, 16);
        return {std::move(name), words_.marked(columns(names), body, mark), mark};
    }

  protected:
    std::string word(std::string_view name) const { return words_.quote(name); }
    const CallWords& words_;
};

// SELECT … of one kind of rows of a part.
class RowsWriter : public Writer {
  public:
    RowsWriter(const CallWords& words, const CallsPart& part, const CallRows& rows)
        : Writer(words), part_(part), rows_(rows) {}

    std::string select(const std::string& from) const {
        const auto& w = words_;
        const std::string at = first(rows_.at);
        const std::array<std::string, kPartColumns.size()> values{
            w.text(w.literal(part_.service)),
            w.text(w.literal(part_.source)),
            w.text(word(rows_.id)),
            w.utc(at),
            w.local(at, part_.zone),
            w.text(w.literal(part_.zone)),
            w.text(w.literal(rows_.direction)),
            text(rows_.agent),
            text(rows_.client),
            state(),
            text(rows_.result),
            talk(),
            wait(at),
            text(rows_.traffic),
            text(rows_.recording.empty() ? CallRows::Columns{}
                                         : CallRows::Columns{rows_.recording})};
        std::string list;
        for (std::size_t i = 0; i < values.size(); ++i) {
            list +=
                fmt::format("{}{} AS {}", i == 0 ? "" : ",\n  ", values[i], word(kPartColumns[i]));
        }
        std::string text = fmt::format("SELECT {}\nFROM {}", list, from);
        std::vector<std::string> conditions;
        for (const auto& only : rows_.only) conditions.push_back(equal(only));
        if (!rows_.without.empty()) conditions.push_back(word(rows_.without) + " IS NULL");
        if (!conditions.empty())
            text += "\nWHERE " + fmt::format("{}", fmt::join(conditions, " AND "));
        return text;
    }

  private:
    std::string first(const CallRows::Columns& columns) const {
        if (columns.size() == 1) return word(columns.front());
        std::string text;
        for (const std::string& column : columns) text += (text.empty() ? "" : ", ") + word(column);
        return fmt::format("COALESCE({})", text);
    }
    std::string text(const CallRows::Columns& columns) const {
        return words_.text(columns.empty() ? "NULL" : first(columns));
    }
    std::string equal(const CallRows::Equal& equal) const {
        const auto* number = std::get_if<std::int64_t>(&equal.value);
        return fmt::format("{} = {}", word(equal.column),
                           number != nullptr ? std::to_string(*number)
                                             : words_.literal(std::get<std::string>(equal.value)));
    }
    std::string all(const std::vector<CallRows::Equal>& conditions) const {
        std::string text;
        for (const auto& condition : conditions)
            text += (text.empty() ? "" : " AND ") + equal(condition);
        return text;
    }
    bool by_times() const { return !rows_.connected.empty(); }

    std::string state() const {
        std::string answered, open;
        if (by_times()) {
            answered = word(rows_.connected) + " IS NOT NULL";
            open = word(rows_.ended) + " IS NULL";
        } else {
            answered = all(rows_.answered);
            for (const auto& one : rows_.open)
                open += fmt::format("{}({})", open.empty() ? "" : " OR ", all(one));
        }
        // A call that is going on and was answered is open as well: its talk is not known yet.
        return words_.text(fmt::format("CASE WHEN {} THEN {} WHEN {} THEN {} ELSE {} END", open,
                                       words_.literal("open"), answered, words_.literal("answered"),
                                       words_.literal("unanswered")));
    }
    std::string talk() const {
        return words_.whole(fmt::format(
            "COALESCE({}, 0)", by_times() ? words_.seconds(word(rows_.connected), word(rows_.ended))
                                          : word(rows_.talk)));
    }
    std::string wait(const std::string& at) const {
        if (by_times()) {
            return words_.whole(words_.seconds(
                at, fmt::format("COALESCE({}, {})", word(rows_.connected), word(rows_.ended))));
        }
        return words_.whole(
            fmt::format("{} - COALESCE({}, 0)", word(rows_.whole), word(rows_.talk)));
    }

    const CallsPart& part_;
    const CallRows& rows_;
};

constexpr std::array<std::string_view, 17> kCalls{
    "service",    "source",       "call_id",      "called_at",      "called_local", "local_date",
    "local_hour", "zone",         "direction",    "agent",          "client_phone", "state",
    "result",     "talk_seconds", "wait_seconds", "traffic_source", "recording_url"};
constexpr std::array<std::string_view, 10> kPerHour{
    "service", "source",   "local_date", "local_hour",   "direction",
    "calls",   "answered", "unanswered", "talk_seconds", "wait_seconds"};
constexpr std::array<std::string_view, 9> kAgentDay{"service",      "source",     "local_date",
                                                    "agent",        "calls",      "answered",
                                                    "talk_seconds", "first_call", "last_call"};
constexpr std::array<std::string_view, 6> kMissed{"client_phone",      "calls",
                                                  "first_missed_at",   "last_missed_at",
                                                  "last_missed_local", "wait_seconds"};

class SharedWriter : public Writer {
  public:
    using Writer::Writer;

    std::string calls(std::span<const std::string> parts) const {
        std::string body;
        for (const std::string& part : parts) {
            std::string list;
            for (const std::string_view column : kCalls) {
                std::string value = word(column);
                const std::string local = word("called_local");
                if (column == "local_date") value = words_.text(words_.date(local)) + as(column);
                if (column == "local_hour") value = words_.hour(local) + as(column);
                list += (list.empty() ? "" : ", ") + value;
            }
            body +=
                fmt::format("{}SELECT {} FROM {}", body.empty() ? "" : "\nUNION ALL ", list, part);
        }
        return body;
    }

    std::string per_hour(const std::string& calls) const {
        const std::string keys = columns(std::array<std::string_view, 5>{
            "service", "source", "local_date", "local_hour", "direction"});
        return fmt::format("SELECT {}, {}, {}, {}, {}, {} FROM {} GROUP BY {}", keys,
                           count("calls"), count_state("answered"), count_state("unanswered"),
                           sum("talk_seconds"), sum("wait_seconds"), inner(calls), keys);
    }

    std::string agent_day(const std::string& calls) const {
        const std::string keys =
            columns(std::array<std::string_view, 4>{"service", "source", "local_date", "agent"});
        return fmt::format(
            "SELECT {}, {}, {}, {}, MIN({}){}, MAX({}){} FROM {} WHERE {} IS NOT "
            "NULL GROUP BY {}",
            keys, count("calls"), count_state("answered"), sum("talk_seconds"),
            word("r_called_local"), as("first_call"), word("r_called_local"), as("last_call"),
            inner(calls), word("agent"), keys);
    }

    // Of each client the calls that were not answered, after the last one that was.
    std::string missed(const std::string& calls) const {
        const std::string missed = fmt::format(
            "SELECT {}, {}{}, {}{}, {}{} FROM {} WHERE {} = {} AND {} <> {} AND {} <> {}",
            word("client_phone"), word("called_at"), as("r_called_at"), word("called_local"),
            as("r_called_local"), word("wait_seconds"), as("r_wait_seconds"), calls, word("state"),
            words_.literal("unanswered"), word("direction"), words_.literal("out"),
            word("client_phone"), words_.literal("anonymous"));
        const std::string answered = fmt::format(
            "SELECT {}{}, MAX({}){} FROM {} WHERE {} = {} GROUP BY {}", word("client_phone"),
            as("r_answered_phone"), word("called_at"), as("r_answered_at"), calls, word("state"),
            words_.literal("answered"), word("client_phone"));
        return fmt::format(
            "SELECT {0}, {1}, MIN({2}){3}, MAX({2}){4}, MAX({5}){6}, {7} FROM {8} WHERE {9} IS "
            "NULL OR {2} > {9} GROUP BY {0}",
            word("client_phone"), count("calls"), word("r_called_at"), as("first_missed_at"),
            as("last_missed_at"), word("r_called_local"), as("last_missed_local"),
            sum("wait_seconds"),
            words_.left_join(missed, word("client_phone"), answered, word("r_answered_phone"),
                             word("r_answered_at")),
            word("r_answered_at"));
    }

  private:
    std::string as(std::string_view name) const { return " AS " + word(name); }
    // The calls with names of their own for what is counted and added up: no database takes the
    // column for the sum of the same name.
    std::string inner(const std::string& calls) const {
        std::string list = columns(std::array<std::string_view, 7>{
            "service", "source", "local_date", "local_hour", "direction", "agent", "state"});
        for (const std::string_view name : {"called_local", "talk_seconds", "wait_seconds"})
            list += fmt::format(", {}{}", word(name), as(fmt::format("r_{}", name)));
        return words_.sub(fmt::format("SELECT {} FROM {}", list, calls), "r_calls");
    }
    std::string count(std::string_view name) const { return words_.whole("COUNT(*)") + as(name); }
    std::string count_state(std::string_view state) const {
        return words_.whole(fmt::format("SUM(CASE WHEN {} = {} THEN 1 ELSE 0 END)", word("state"),
                                        words_.literal(state))) +
               as(state);
    }
    std::string sum(std::string_view name) const {
        return words_.whole(fmt::format("SUM({})", word(fmt::format("r_{}", name)))) + as(name);
    }
};

}  // namespace

std::string part_prefix(const CallsPart& part) { return part.prefix + std::string(kParts); }

CallsView part_view(const CallsPart& part, std::span<const Table> tables,
                    const std::function<ViewTable(const Table&)>& find, const NameRules& captions,
                    const std::function<std::string(const ViewText&)>& star,
                    const CallWords& words) {
    std::string body;
    for (const CallRows& given : part.rows) {
        CallRows rows = given;
        std::string select = star(resolve_view(rows.rows, tables, captions, find));
        std::string from = words.sub(select, "r_rows");
        if (rows.recordings) {
            const auto table = std::ranges::find(tables, rows.recordings->table, &Table::name);
            if (table == tables.end())
                throw Error(Fault::bug, "no table of recordings for the view of calls");
            const ViewTable found = find(*table);
            const std::string key = words.quote(found.column(rows.recordings->on_column));
            rows.recording = "r_recording";
            from = words.left_join(
                select, words.quote(rows.id),
                fmt::format("SELECT {} AS {}, MIN({}) AS {} FROM {} GROUP BY {}", key,
                            words.quote("r_of"), words.quote(found.column(rows.recordings->column)),
                            words.quote(rows.recording), found.shown, key),
                words.quote("r_of"), words.quote(rows.recording));
        }
        body += (body.empty() ? "" : "\nUNION ALL ") + RowsWriter(words, part, rows).select(from);
    }
    return Writer(words).finish(part_prefix(part) + part.service + "_" + part.source, kPartColumns,
                                body);
}

std::vector<CallsView> shared_views(const std::string& prefix, std::span<const std::string> parts,
                                    const std::function<std::string(const std::string&)>& shown,
                                    const CallWords& words) {
    const SharedWriter writer(words);
    const std::string calls = shown(prefix + "calls");
    return {writer.finish(prefix + "calls", kCalls, writer.calls(parts)),
            writer.finish(prefix + "calls_per_hour", kPerHour, writer.per_hour(calls)),
            writer.finish(prefix + "agent_day", kAgentDay, writer.agent_day(calls)),
            writer.finish(prefix + "missed_and_not_called_back", kMissed, writer.missed(calls))};
}

void say_no_calls(std::string_view why, Logger& log) {
    log.warning(
        fmt::format("the views over all calls are left as they are; loads go on without "
                    "them reason=\"{}\"",
                    why));
}

bool is_calls_view(std::string_view definition) {
    return definition.find("ringtail_") != std::string_view::npos;
}

}  // namespace ringtail::sql
