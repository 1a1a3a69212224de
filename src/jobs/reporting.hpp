#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/zone.hpp"
#include "report/plan.hpp"
#include "source/report_reader.hpp"

namespace ringtail::jobs {

// What a report job does. Making it asks nothing of the service.
struct Reporting {
    std::string stream;  // of the source; the job's own is stream_of()
    std::int64_t account_id = 0;
    Zone zone{"UTC"};  // of its days
    report::Catalog catalog;
    report::Plan plan;
    std::string floor;  // the table whose floor (control/floors.hpp) bounds its days; "": none
    std::shared_ptr<ReportReader> reader;
};

}  // namespace ringtail::jobs
