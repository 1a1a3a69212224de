// How fast an answer of CallKeeper's API becomes rows, in its two halves: what next() does (parse,
// merge, ids of what is pointed at) and decode() (columns). Into new tables, as a history load.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "source/callkeeper/answer.hpp"
#include "source/callkeeper/intake.hpp"
#include "source/callkeeper/rows.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::callkeeper;

constexpr int kCalls = 1'000;

std::string call(int number) {
    const int visitor = number / 2;
    return fmt::format(
        R"~({{"id":{0},"visit_info":{{"current":{{"typ":"utm","src":"yandex","mdm":"cpc",)~"
        R"~("cmp":"brand_\u043c\u043e\u0441\u043a\u0432\u0430_{3}","cnt":"banner_{4}",)~"
        R"~("trm":"\u043e\u043a\u043d\u0430"}},"current_add":{{"fd":"2024-01-01 10:11:12",)~"
        R"~("ep":"https://shop{3}.example.ru/catalog/","rf":"(none)"}},)~"
        R"~("first":{{"typ":"organic","src":"google","mdm":"organic","cmp":"(none)",)~"
        R"~("cnt":"(none)","trm":"(none)"}},"first_add":{{"fd":"2024-01-01 10:11:12",)~"
        R"~("ep":"https://shop{3}.example.ru/first","rf":"(none)"}},)~"
        R"~("session":{{"pgs":{4},"cpg":"https://shop{3}.example.ru/catalog/okna?step={4}"}},)~"
        R"~("udata":{{"vst":2,"uip":"10.1.2.3","uag":"Mozilla/5.0 (Windows NT 10.0; Win64; )~"
        R"~(x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"}}}},)~"
        R"~("status_code":"200","status_reason":"OK","status2_code":"200",)~"
        R"~("status2_reason":"OK","ip":"10.1.{4}.3","country":"RU",)~"
        R"~("city":"\u041c\u043e\u0441\u043a\u0432\u0430",)~"
        R"~("region":"\u041c\u043e\u0441\u043a\u0432\u0430","district":"-",)~"
        R"~("site":"shop{3}.example.ru","ga_clientid":"{1}.1577836800",)~"
        R"~("phone1":"7495123{5:04}(101)","phone2":"79{2:09}",)~"
        R"~("widget_hash":"0123456789abcdef0123456789abcdef","date":"2024-05-01 {6:02}:{7:02}:15",)~"
        R"~("duration_sec":40,"duration_min":"1","duration2_sec":31,"duration2_min":"1",)~"
        R"~("record_url":"https://records.example.ru/0123456789abcdef/{0}.mp3","attempt":1,)~"
        R"~("a_type":4,"playback_tick":2,"tags":" ","asr_attempts":1}})~",
        number + 1, 100'000'000 + visitor, visitor * 7919 % 1'000'000'000, visitor % 20,
        visitor % 50, visitor % 40, number / 60 % 24, number % 60);
}

std::string answer(int first) {
    std::string body = "{\"result\":[";
    for (int i = 0; i < kCalls; ++i) body += (i > 0 ? "," : "") + call(first + i);
    return body + "]}";
}

class Nothing final : public Stored {
  public:
    std::vector<std::optional<std::string>> fingerprints(
        const Table& /*table*/, std::span<const std::string> keys) override {
        return std::vector<std::optional<std::string>>(keys.size());
    }
    std::vector<Recheck> rechecks(Instant /*until*/, std::size_t /*limit*/) override { return {}; }
};

struct Account {
    Account() {
        for (Table& table : tables) table.created = true;
        rows = {1, "", "RU", TablePlaces(tables, options)};
        intake.emplace(options, filters, tables, rows.places, stored);
    }
    Options options;
    Zone zone{"Europe/Moscow"};
    RowFilters filters{options, zone};
    std::vector<Table> tables = make_tables(options);
    RowOptions rows;
    Nothing stored;
    std::optional<Intake> intake;

    std::string take(const std::string& body) {
        const JsonDocument document(body);
        std::vector<Incoming> incoming;
        for (const JsonValue one : calls_of(document))
            incoming.push_back({Incoming::Feed::api, one, Instant(), 0});
        return intake->take(incoming, Instant()).body;
    }
};

void count(benchmark::State& state, std::size_t bytes) {
    state.counters["calls/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * kCalls,
                                                   benchmark::Counter::kIsRate);
    state.counters["bytes/call"] = static_cast<double>(bytes) / kCalls;
}

void take(benchmark::State& state) {
    std::vector<std::string> bodies;
    for (int i = 0; i < 20; ++i) bodies.push_back(answer(i * kCalls));
    std::size_t at = 0;
    Account account;
    for (auto _ : state) benchmark::DoNotOptimize(account.take(bodies[at++ % bodies.size()]));
    count(state, bodies[0].size());
}
BENCHMARK(take);

void decode(benchmark::State& state) {
    Account account;
    Page page;
    page.kind = kCallsPage;
    page.body = account.take(answer(0));
    for (auto _ : state) {
        Decoded decoded;
        for (const Table& table : account.tables) decoded.batches.emplace_back(table);
        decode_page(page, account.rows, decoded);
        benchmark::DoNotOptimize(decoded.tally);
    }
    count(state, page.body.size());
}
BENCHMARK(decode);

}  // namespace

BENCHMARK_MAIN();
