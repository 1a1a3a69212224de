#pragma once
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "source/dialfire/options.hpp"
#include "source/dialfire/report_rows.hpp"
#include "source/report_reader.hpp"

namespace ringtail::dialfire {

// The campaign's transactions of a day, or their connections, in the order in which the
// transactions were fired. A day is read as its transaction events and then the contacts that these
// name. Of the options' filters none counts; days are those of its zone, without one of UTC.
std::unique_ptr<ReportReader> make_report_reader(Options options, ReportOf of, Clock& clock,
                                                 Logger& log);

}  // namespace ringtail::dialfire
