// How fast an answer with contacts becomes rows. The body is made of the shapes of a real campaign:
// 40 fields, three transactions, a call with a recording, every 20th value with umlauts.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "json/document.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/decode_layout.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::dialfire;

constexpr int kFields = 40;

std::string transaction(int contact, int number) {
    const std::string second = fmt::format("{:02}", number);
    std::string text = fmt::format(
        R"({{"type":"update","task_id":"M4T9K7F2CW8XZ3QA","task":"fc_anruf","status":"success",)"
        R"("status_detail":"Termin_vereinbart","fired":"2024-03-05T10:03:{}.481Z","actor":"user",)"
        R"("trigger":"dialer","user":"5f3a9c0e7b1d4e2f8a6b5c4d3e2f1a0b","user_loginName":"jana.m",)"
        R"("user_branch":"","user_tenantAlias":"acme","isHI":true,"revoked":false,)"
        R"("pause_time_sec":4,"edit_time_sec":163,"wrapup_time_sec":7.5,"sequence_nr":{})",
        second, number);
    if (number != 1) return text + "}";
    return text +
           fmt::format(
               R"(,"connections":[{{"id":"{0:032x}","call_uuid":"9b2f6c34-1d7e-4a55-8f0b-6c1d2e3f4a5b",)"
               R"("fired":"2024-03-05T10:03:20.004Z","started":"2024-03-05T10:00:31.512Z",)"
               R"("connected":"2024-03-05T10:00:44.018Z","disconnected":"2024-03-05T10:03:19.977Z",)"
               R"("duration":155959,"remote_number":"+493012345678","line_number":"+49309876543",)"
               R"("technology":"sip","result":"connected","code":200,"hangup_party":"remote",)"
               R"("recordings":[{{"callnumber":1,"started":"2024-03-05T10:00:44.100Z",)"
               R"("stopped":"2024-03-05T10:03:19.900Z","filename":"fc_anruf_20240305_100044.mp3",)"
               R"("location":"https://storage.example.com/recordings/2024/03/05/{0:032x}.mp3"}}]}}]}})",
               contact);
}

std::string contact(int number) {
    std::string text = fmt::format(
        R"({{"$id":"7QK2M9XW{0:08}","$md5":"{0:032x}","$ref":"CRM-{0}","$version":"P7ZC4XKD2YVN8LQS",)"
        R"("$campaign_id":"ZX5CAMP9W2K7RTLB","$task_id":"Q9T2K5QC7WXN8ZLB","$task":"fc_anruf",)"
        R"("$status":"open","$status_detail":"$none","$created_date":"2024-02-27T08:15:00.000Z",)"
        R"("$entry_date":"2024-03-05T10:04:02.006Z","$owner":"","$follow_up_date":"","$phone":)"
        R"("+493012345678","$timezone":"Europe/Berlin","$caller_id":"","$call_order":"",)"
        R"("$source":"import","$comment":"Bitte nach 14 Uhr\nanrufen","$error":"","$recording":"",)"
        R"("$recording_url":"","$trigger":"other")",
        number);
    for (int i = 0; i < kFields; ++i) {
        text +=
            fmt::format(R"(,"Feld_{}":"{}")", i, i % 20 == 0 ? "Grün & Söhne" : "Musterwert 42");
    }
    text += R"(,"$task_log":[{"task_name":"fc_anruf","status":"success","transactions":[)";
    for (int i = 0; i < 3; ++i) text += (i > 0 ? "," : "") + transaction(number, i);
    return text + "]}]}";
}

std::string answer(int contacts) {
    std::string body = "[";
    for (int i = 0; i < contacts; ++i) body += (i > 0 ? "," : "") + contact(i);
    return body + "]";
}

std::vector<Field> fields() {
    std::vector<Field> result;
    for (int i = 0; i < kFields; ++i) result.push_back({fmt::format("Feld_{}", i), "text"});
    return result;
}

void count(benchmark::State& state, const std::string& body) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void contacts_to_rows(benchmark::State& state) {
    const std::string body = answer(static_cast<int>(state.range(0)));
    const std::vector<Table> tables = make_tables(fields(), {});
    const Layouts layouts(tables);
    for (auto _ : state) {
        Decoded into;
        for (const Table& table : tables) into.batches.emplace_back(table);
        decode_contacts(body, {{}, tables, {}, &layouts}, into);
        benchmark::DoNotOptimize(into.batches.data());
    }
    count(state, body);
}
BENCHMARK(contacts_to_rows)->Arg(20)->Arg(200);

void structure_only(benchmark::State& state) {
    const std::string body = answer(20);
    for (auto _ : state) require_whole(body, '[');
    count(state, body);
}
BENCHMARK(structure_only);

// What a parser that keeps no raw values needs for the same, as a measure.
void simdjson_dom(benchmark::State& state) {
    const std::string body = answer(20);
    simdjson::dom::parser parser;
    for (auto _ : state) {
        simdjson::dom::element root;
        if (parser.parse(body).get(root) != simdjson::SUCCESS) state.SkipWithError("no JSON");
        benchmark::DoNotOptimize(root);
    }
    count(state, body);
}
BENCHMARK(simdjson_dom);

void make_layouts(benchmark::State& state) {
    const std::vector<Table> tables = make_tables(fields(), {});
    for (auto _ : state) benchmark::DoNotOptimize(Layouts(tables));
}
BENCHMARK(make_layouts);

}  // namespace

BENCHMARK_MAIN();
