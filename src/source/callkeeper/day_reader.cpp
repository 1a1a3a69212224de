#include "source/callkeeper/day_reader.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "source/callkeeper/answer.hpp"
#include "source/callkeeper/source.hpp"

namespace ringtail::callkeeper {
namespace {

constexpr std::size_t kAskedAtOnce = 500;

Options checked(Options options) {
    check_options(options);
    return options;
}

void measure(const CallView& view, ToldCall& call) {
    call.settled = view.is_settled();
    for (std::size_t i = 0; i < kMeasures.size(); ++i)
        call.measures[i] = measure_of(view, kMeasures[i].field);
}

// The calls of a page from that time as the rows that decode() makes of them.
void note_page(const std::string& body, Instant from, Instant until, std::vector<ToldCall>& calls) {
    const JsonDocument page(body);
    for (const JsonValue element : page.root().elements()) {
        const JsonValue stored = element.find("s");
        if (!stored.exists()) continue;
        const PageCall one = read_page_call(element);
        ToldCall call{one.id, one.row, one.calls, one.facts, false, {}};
        const CallFields api(stored.find("api")), hook(stored.find("hook"));
        const CallView view(api, hook, read_meta(stored).over);
        const auto date = date_of(view);
        if (!date || *date < from || *date >= until) continue;
        measure(view, call);
        calls.push_back(call);
    }
}

}  // namespace

DayReader::DayReader(Options options, Clock& clock, Logger& log)
    : options_(checked(std::move(options))),
      zone_(options_.zone),
      filters_(options_, zone_),
      clock_(clock),
      api_(options_, clock, log) {}

void DayReader::open(std::span<const Table> tables, const std::optional<Checkpoint>& loaded,
                     Stored& stored, std::vector<Day> days, unsigned in_flight) {
    tables_ = tables;
    stored_ = &stored;
    rows_ = {options_.account_id, options_.prefix, options_.phone_region,
             TablePlaces(tables, options_)};
    pace_ = Pace(loaded ? read_position(*loaded).calls_per_hour : 0);
    ahead_ = in_flight > 1;
    walk_.emplace(zone_, api_, clock_, pace_,
                  WindowWalk::Settings{options_.calls_per_window, in_flight}, std::move(days));
}

std::optional<ToldDay> DayReader::next(const std::stop_token& stop) {
    answers_.clear();
    ToldDay told;
    while (true) {
        auto answer = walk_->next(stop);
        if (!answer) return std::nullopt;
        const Window& window = answer->window;
        told.day = day_ = window.day;
        told.is_over = window.to <= answer->answer.at;
        answers_.push_back({std::move(answer->answer.body), answer->answer.at});
        ++spare_;
        const std::size_t before = told.calls.size();
        note(answers_.back(), told);
        pace_.note(window, told.calls.size() - before);
        if (ahead_) walk_->start_some();
        if (window.ends_day) break;
    }
    // A call may be in two answers: the later one counts.
    std::unordered_map<std::int64_t, std::size_t> last;
    for (std::size_t i = 0; i < told.calls.size(); ++i) last[told.calls[i].id] = i;
    std::size_t at = 0;
    std::erase_if(told.calls, [&](const ToldCall& call) { return last[call.id] != at++; });
    return told;
}

void DayReader::note(const Answer& answer, ToldDay& day) const {
    const JsonDocument document(answer.body);
    const Instant from = zone_.start(day.day), until = zone_.start(day.day + std::chrono::days(1));
    const CallFields nothing;
    for (const JsonValue object : calls_of(document)) {
        if (!object.is(JsonValue::Kind::object)) continue;
        const CallFields fields(object);
        const CallView view(fields, nothing, false);
        const auto date = date_of(view);
        if (!date || *date < from || *date >= until) continue;
        ToldCall call;
        call.id = whole_number(fields[Field::id]).value_or(0);
        if (call.id <= 0) continue;
        call.row = call_surrogate(options_.account_id, call.id);
        const auto wanted = filters_.judge(view);
        call.calls = wanted.calls && (!options_.floor || *date >= *options_.floor);
        call.facts = call.calls && wanted.facts && rows_.places.has(TableId::facts);
        measure(view, call);
        day.calls.push_back(call);
    }
}

std::vector<std::int64_t> DayReader::ask(std::span<const std::int64_t> ids, Arrivals& into,
                                         const std::stop_token& stop) {
    std::vector<std::int64_t> absent;
    while (!ids.empty()) {
        const auto some = ids.first(std::min(kAskedAtOnce, ids.size()));
        ids = ids.subspan(some.size());
        std::vector<Pending> pending;
        for (const std::int64_t id : some) pending.push_back(api_.call(id));
        for (std::size_t i = 0; i < some.size(); ++i) {
            auto answer = pending[i].wait(stop);
            if (!answer || into.add_answer(std::move(answer->body), answer->at) == 0)
                absent.push_back(some[i]);
        }
    }
    return absent;
}

DayReader::WrittenAgain DayReader::write_again(std::span<const std::int64_t> ids,
                                               std::span<const std::int64_t> doubted, Decoded& into,
                                               const std::stop_token& stop) {
    Intake intake(options_, filters_, tables_, rows_.places, *stored_, Intake::Writes::all);
    const std::unordered_set<std::int64_t> wanted(ids.begin(), ids.end());
    std::unordered_set<std::int64_t> told;
    WrittenAgain written;
    std::vector<ToldCall>& calls = written.calls;
    std::vector<Incoming> incoming;
    const auto write_some = [&] {
        const std::span<const Incoming> all(incoming);
        for (std::size_t at = 0; at < all.size(); at += options_.calls_per_page)
            write(all.subspan(at, std::min(options_.calls_per_page, all.size() - at)), intake, into,
                  calls);
        incoming.clear();
    };
    for (const Answer& answer : answers_) {
        const JsonDocument document(answer.body);
        for (const JsonValue object : calls_of(document)) {
            if (!object.is(JsonValue::Kind::object)) continue;
            const auto id = whole_number(CallFields(object)[Field::id]).value_or(0);
            if (!wanted.contains(id)) continue;
            told.insert(id);
            incoming.push_back({Incoming::Feed::api, object, answer.at, 0});
        }
        write_some();
    }
    std::vector<std::int64_t> others;
    for (const std::int64_t id : ids)
        if (!told.contains(id)) others.push_back(id);
    const auto dates = intake.dates_of(others);
    std::vector<std::int64_t> to_ask;
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (dates[i] && zone_.day(*dates[i]) != day_)
            incoming.push_back({Incoming::Feed::unknown_to_api, {}, clock_.now(), others[i]});
        else
            to_ask.push_back(others[i]);
    }
    write_some();
    const std::unordered_set<std::int64_t> in_doubt(doubted.begin(), doubted.end());
    const auto is_sure = [&](std::int64_t id) { return !in_doubt.contains(id); };
    const auto sure = static_cast<std::size_t>(std::ranges::count_if(to_ask, is_sure));
    if (sure > spare_)
        std::erase_if(to_ask, is_sure);
    else
        spare_ -= sure;
    Arrivals arrivals;
    written.absent = ask(to_ask, arrivals, stop);
    incoming = arrivals.all();
    write_some();
    // What came in two answers was written twice, the second time as it is to be.
    std::unordered_map<std::int64_t, std::size_t> last;
    for (std::size_t i = 0; i < calls.size(); ++i) last[calls[i].id] = i;
    std::size_t at = 0;
    std::erase_if(calls, [&](const ToldCall& call) { return last[call.id] != at++; });
    return written;
}

void DayReader::write(std::span<const Incoming> incoming, Intake& intake, Decoded& into,
                      std::vector<ToldCall>& calls) const {
    Page page;
    page.kind = kCallsPage;
    page.body = intake.take(incoming, clock_.now()).body;
    if (page.body == "[]") return;
    decode_page(page, rows_, into);
    note_page(page.body, zone_.start(day_), zone_.start(day_ + std::chrono::days(1)), calls);
}

}  // namespace ringtail::callkeeper
