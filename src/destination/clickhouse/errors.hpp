#pragma once
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "destination/clickhouse/url.hpp"

namespace ringtail::clickhouse {

// An error that the server reported.
class ServerError : public Error {
  public:
    ServerError(const Error& error, int code) : Error(error), code_(code) {}
    int code() const { return code_; }  // ClickHouse's own; 0: none

  private:
    int code_;
};

// Codes that the program itself reacts to.
inline constexpr int kNoSuchColumn = 16;
inline constexpr int kColumnThere = 44;  // also: the column cannot be altered
inline constexpr int kUnknownIdentifier = 47;
inline constexpr int kTableThere = 57;
inline constexpr int kUnknownTable = 60;
inline constexpr int kUnknownDatabase = 81;

// Of an answer whose status is not 200. `body` is the server's text: "Code: 60, e.displayText() =
// DB::Exception: Table default.x doesn't exist., e.what() = DB::Exception", newer ones "Code: 60.
// DB::Exception: Table … (UNKNOWN_TABLE) (version …)".
ServerError to_error(int status, std::string_view body, const Url& url);

}  // namespace ringtail::clickhouse
