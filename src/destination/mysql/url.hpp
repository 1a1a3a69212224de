#pragma once
#include <cstdint>
#include <string>

namespace ringtail::mysql {

enum class Tls : std::uint8_t {
    off,
    preferred,  // where the server offers it
    required,   // not checking whom we talk to
    verified,   // the server's certificate and name are checked
};

// A database URL taken apart.
struct Url {
    std::string user = {}, password = {}, host = {}, database = {};
    unsigned port = 3306;
    std::string socket = {};  // a unix socket instead of host and port
    Tls tls = Tls::preferred;
    std::string ca_file = {};  // to check the certificate with, which is done where one is given
    unsigned connect_timeout_s = 10;
    unsigned lock_wait_s = 60;  // how long a statement waits for another session's lock
    std::string shown = {};     // "database db at host:3306"
};

// mysql://USER:PASSWORD@HOST:PORT/DATABASE?useSSL=…&ssl-mode=…&ssl-ca=…&socket=…&connect_timeout=…
// &lock_wait=…, also mariadb://. User, password and database are percent-decoded; a % that starts
// no such code and an @ in the password stand for themselves. Error(config) never quotes the URL.
Url read_url(const std::string& text);

}  // namespace ringtail::mysql
