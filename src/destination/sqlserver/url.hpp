#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::sqlserver {

// What a sqlserver:// URL says. Parameters are those of dbsync2's driver, in any case.
struct Url {
    enum class Encrypt : std::uint8_t {
        on,        // default; true, yes, mandatory
        strict,    // TDS 8
        login,     // false, no, optional: the password only, where the server can
        disabled,  // disable: nothing, not even the password
    };
    // Whether the server's certificate is checked.
    enum class Trust : std::uint8_t {
        as_driver,  // default: FreeTDS does not check, Microsoft's driver does
        checked,    // trustServerCertificate=false, or a certificate file is given
        any,        // trustServerCertificate=true
    };
    std::string host;
    std::optional<int> port;  // nothing: 1433, or the instance's
    std::string instance;     // may be empty
    std::string database;     // empty: the login's default
    std::string user, password;
    Encrypt encrypt = Encrypt::on;
    Trust trust = Trust::as_driver;
    std::string certificate;  // file with the authorities that are trusted; empty: the system's
    std::string driver;       // a name of odbcinst.ini or the path of a library; empty: FreeTDS
    int connect_timeout_s = 20;

    // "database db at host:1433"
    std::string shown() const;
    // `message` with the password replaced.
    std::string redact(std::string message) const;
};

// sqlserver://user:password@host:port/instance/database?parameter=value. Of one part in the path it
// is the database's name, unless ?database= names that. Error(config) says what is wrong and what
// is allowed; never repeats the password.
Url read_url(std::string_view text);

}  // namespace ringtail::sqlserver
