#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/view.hpp"

namespace ringtail {

// Calls among the rows of a table, in the words of the view `calls` that all sources of a
// destination share. Columns are named by their captions in `rows`, each of them `r_…`.
struct CallRows {
    struct Equal {
        std::string column;
        std::variant<std::int64_t, std::string> value;
        friend bool operator==(const Equal&, const Equal&) = default;
    };
    using Columns = std::vector<std::string>;  // the first that is not NULL counts

    View rows;  // is not created as such
    std::string direction;
    std::string id;
    Columns at;  // times
    Columns agent, client, result, traffic;
    // What a call was answered and ended at; the call goes on while there is no end. Empty where
    // the next four tell.
    std::string connected, ended;
    std::string talk, whole;               // lengths in seconds
    std::vector<Equal> answered;           // all of them
    std::vector<std::vector<Equal>> open;  // one of these, all of it
    // Which rows: all of these, and NULL there.
    std::vector<Equal> only;
    std::string without;
    // The recording is in `recording`, or in the rows of `table` whose `on_column` is the id (the
    // least `column` of them).
    std::string recording;
    struct Recordings {
        std::string table, on_column, column;
        friend bool operator==(const Recordings&, const Recordings&) = default;
    };
    std::optional<Recordings> recordings;

    friend bool operator==(const CallRows&, const CallRows&) = default;
};

// What one source has for the shared views. Data only.
struct CallsPart {
    std::string prefix;   // in front of the views' names
    std::string service;  // "dialfire"
    std::string source;   // a campaign, an account: letters and digits
    std::string zone;     // IANA
    std::vector<CallRows> rows;

    friend bool operator==(const CallsPart&, const CallsPart&) = default;
};

}  // namespace ringtail
