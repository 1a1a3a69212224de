#pragma once
#include "report/rule.hpp"

namespace ringtail::report {

// A source as the tests know it.
inline const Catalog& calls() {
    static const Catalog catalog{"calls",
                                 {{"id", Kind::number},
                                  {"status_code", Kind::number},
                                  {"phone1", Kind::text},
                                  {"date", Kind::moment},
                                  {"tags", Kind::list},
                                  {"visit_info.current.src", Kind::text},
                                  {"visit_info.current.cmp", Kind::text},
                                  {"visit_info.session.pgs", Kind::number}},
                                 {"contact"},
                                 "visit_info"};
    return catalog;
}

inline Rule rule_of(std::string_view json) {
    const std::vector<std::string> taken{"callkeeper_calls", "general_dates", "Calls"};
    return read_rule(json, calls(), taken, Zone("Europe/Moscow"));
}

}  // namespace ringtail::report
