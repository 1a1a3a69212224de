#include "destination/postgres/url.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "base/error.hpp"
#include "base/redact.hpp"

namespace ringtail::postgres {
namespace {

Error unreadable() {
    return Error(Fault::config, "the PostgreSQL URL cannot be read")
        .with_hint(
            "The form is postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require. In user and "
            "password, percent-encode special characters: @ is %40, : is %3A, / is %2F, ? is %3F, "
            "# is %23, % is %25.");
}

std::map<std::string, std::string> settings(const std::string& url) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(url.c_str(), &message), PQconninfoFree);
    // The message may quote the password.
    const std::unique_ptr<char, void (*)(void*)> freed(message, PQfreemem);
    if (!options) throw unreadable();
    std::map<std::string, std::string> values;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) values[option->keyword] = option->val;
    }
    return values;
}

bool only_digits_and_commas(const std::string& text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || c == ','; });
}

}  // namespace

std::string Url::redact(std::string message) const {
    return ringtail::redact(std::move(message), password);
}

Url read_url(std::string text) {
    if (text.find('\0') != std::string::npos) throw unreadable();
    if (!text.starts_with("postgres://") && !text.starts_with("postgresql://")) throw unreadable();
    auto values = settings(text);
    // An unencoded @, / or : in the password ends up here.
    const bool misread = values["host"].find('@') != std::string::npos ||
                         values["dbname"].find_first_of("@/") != std::string::npos ||
                         !only_digits_and_commas(values["port"]);
    if (misread) throw unreadable();
    Url url{.text = std::move(text), .shown = "", .password = values["password"]};
    const std::string database = values["dbname"].empty() ? values["user"] : values["dbname"];
    const std::string host = values["host"].empty() ? values["hostaddr"] : values["host"];
    url.shown = database.empty() ? "the default database" : "database " + database;
    url.shown += " at " + (host.empty() ? "the local socket" : host);
    if (!values["port"].empty()) url.shown += ":" + values["port"];
    if (const int seconds = std::atoi(values["connect_timeout"].c_str()); seconds > 0) {
        url.connect_timeout_s = seconds;
    }
    return url;
}

}  // namespace ringtail::postgres
