#include "report/stored_type.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace ringtail::report {
namespace {

enum class Holds : std::uint8_t { anything, json, boolean, time, decimal, whole };

// The first word that is found decides: "timestamp" before "text", as SQLite has "TIMESTAMP TEXT".
Holds holds(std::string_view sql_type) {
    std::string type(sql_type);
    std::ranges::transform(type, type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    if (type == "bit" || type == "nullable(bool)") return Holds::boolean;
    constexpr std::array<std::pair<std::string_view, Holds>, 14> kWords{
        {{"json", Holds::json},
         {"bool", Holds::boolean},
         {"tinyint(1)", Holds::boolean},
         {"time", Holds::time},
         {"date", Holds::time},
         {"text", Holds::anything},
         {"char", Holds::anything},
         {"string", Holds::anything},
         {"interval", Holds::anything},
         {"point", Holds::anything},
         {"dec", Holds::decimal},
         {"num", Holds::decimal},
         {"money", Holds::decimal},
         {"int", Holds::whole}}};
    for (const auto& [word, what] : kWords)
        if (type.find(word) != std::string::npos) return what;
    return Holds::anything;
}

}  // namespace

Fit fit_of(Type wanted, std::string_view sql_type) {
    const Holds there = holds(sql_type);
    if (there == Holds::anything) return Fit::all;
    const auto when = [&](std::initializer_list<Holds> fitting) {
        return std::ranges::find(fitting, there) != fitting.end() ? Fit::all : Fit::not_all;
    };
    switch (wanted) {
        case Type::boolean:
            return when({Holds::boolean, Holds::whole});
        case Type::int64:
            return when({Holds::whole, Holds::decimal});
        case Type::decimal:
            return there == Holds::whole ? Fit::widens : when({Holds::decimal});
        case Type::timestamp:
            return when({Holds::time});
        case Type::json:
            return when({Holds::json});
        default:
            return Fit::not_all;  // a text in a column of anything else
    }
}

}  // namespace ringtail::report
