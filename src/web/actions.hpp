#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/records.hpp"

namespace ringtail::web {

// What the routes need and only the parts that know the kinds of sources can do. Called from
// several threads; calls block. They throw Error; Error(config) says what is wrong with what the
// user gave, and becomes a 400.
class Actions {
  public:
    virtual ~Actions() = default;

    // Checks the settings and stores a new source with the jobs that its kind begins with. Its
    // number. Asks nothing of the source's own service.
    virtual std::int64_t add_source(const control::SourceRecord& source,
                                    const std::string& secret) = 0;
    // Checks and stores changed settings.
    virtual void edit_source(const control::SourceRecord& source) = 0;

    struct Verdict {
        bool good = false;
        std::string message, hint;
    };
    // Asks the source's own service whether it lets us in, and stores what it said as the source's
    // status.
    virtual Verdict check_source(const control::SourceRecord& source) = 0;

    struct Column {
        std::string name, type;
        bool key = false;
    };
    struct TableInfo {
        std::string name;
        bool chosen = false;
        std::string filter;  // as it was written; "" when all rows are taken
        std::vector<Column> columns;
    };
    virtual std::vector<TableInfo> tables(const control::SourceRecord& source) = 0;

    // The job with its kind, settings and schedule checked, and next_due as its schedule says. Does
    // not store it.
    virtual control::JobRecord planned(control::JobRecord job) = 0;

    // What a job does to the tables of a report, compared to its settings before ("": none) and to
    // the tables as they stand: in words, and whether it takes something away.
    struct Change {
        std::vector<std::string> words;
        bool takes_away = false;
    };
    virtual Change change(const std::string& before, const control::JobRecord& job) = 0;

    // The URL as it may be shown (the password as ***), once it is known to be one of a
    // destination.
    virtual std::string shown_url(const std::string& url) = 0;

    // Something may be there to do: a run was queued, a source changed. Returns at once.
    virtual void wake() = 0;
    // Hooks were stored and wait to be loaded. Returns at once.
    virtual void hooks_came() = 0;
};

}  // namespace ringtail::web
