#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "report/day_rows.hpp"

// Any text is a rule or a clear error, and a rule takes any row. A line break parts the two.
namespace {

using namespace ringtail;

const report::Catalog kCalls{"calls",
                             {{"id", report::Kind::number},
                              {"status_code", report::Kind::number},
                              {"date", report::Kind::moment},
                              {"tags", report::Kind::text},
                              {"connections", report::Kind::list},
                              {"visit_info.current.src", report::Kind::text}},
                             {"contact"},
                             "visit_info"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view written = text.substr(0, text.find('\n'));
    report::Plan plan;
    plan.reports_table = "reports";
    plan.identity = report::parse_path("id");
    try {
        static const Zone zone("Europe/Moscow");
        plan.rule = report::read_rule(written, kCalls, {}, zone);
    } catch (const Error& error) {
        if (error.fault() != Fault::config || error.hint().empty()) __builtin_trap();
    }
    const auto tables = report::make_tables(plan);
    report::DayRows rows(plan, tables, {1, 2, "2024-05-01"});
    rows.add(text.substr(written.size()));
    for (std::size_t i = 0; i < tables.size(); ++i) {
        // Nothing is lost without a word.
        if (rows.batches()[i].rows() != rows.rows(i) && rows.same_keys() == 0) __builtin_trap();
    }
    return 0;
}
