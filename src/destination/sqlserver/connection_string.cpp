#include "destination/sqlserver/connection_string.hpp"

#include <array>
#include <filesystem>

#include "base/error.hpp"

namespace ringtail::sqlserver {
namespace {

using Encrypt = Url::Encrypt;
using Trust = Url::Trust;

constexpr int kUsualPort = 1433;

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

// key={value};
void add(std::string& text, std::string_view key, const std::string& value) {
    text += key;
    text += "={";
    for (const char c : value) {
        text += c;
        if (c == '}') text += c;
    }
    text += "};";
}

Error cannot(const std::string& what, const std::string& hint) {
    return Error(Fault::config, "SQL Server, FreeTDS driver: " + what).with_hint(hint);
}

// A value without braces ends at the first ";". Inside braces FreeTDS 1.3 takes }} for two, later
// versions for one.
void add_freetds(std::string& text, std::string_view key, const std::string& value) {
    text += key;
    text += '=';
    if (value.find(';') == std::string::npos && !value.starts_with('{')) {
        text += value + ";";
        return;
    }
    if (value.find('}') != std::string::npos) {
        throw cannot("it cannot be given a " + std::string(key == "PWD" ? "password" : "value") +
                         " that holds a } with a ; or with a { in front",
                     "Choose another, or use Microsoft's driver: "
                     "?driver=ODBC%20Driver%2018%20for%20SQL%20Server.");
    }
    text += "{" + value + "};";
}

std::string_view freetds_encryption(Encrypt encrypt) {
    switch (encrypt) {
        case Encrypt::on:
            return "require";
        case Encrypt::login:
            return "request";
        case Encrypt::disabled:
            return "off";
        case Encrypt::strict:
            break;
    }
    throw cannot("it cannot do encrypt=strict (TDS 8)",
                 "Use encrypt=true, or Microsoft's driver: "
                 "?driver=ODBC%20Driver%2018%20for%20SQL%20Server.");
}

std::string freetds(const Url& url, const std::string& section) {
    std::string text;
    add_freetds(text, "DRIVER", driver_of(url));
    if (!section.empty()) {
        add_freetds(text, "Servername", section);
    } else {
        const bool browse = !url.instance.empty() && !url.port;
        add_freetds(text, "Server", browse ? url.host + "\\" + url.instance : url.host);
        if (!browse) add_freetds(text, "Port", std::to_string(url.port.value_or(kUsualPort)));
        add_freetds(text, "TDS_Version", "7.4");
        add_freetds(text, "ClientCharset", "UTF-8");
        add_freetds(text, "Encryption", std::string(freetds_encryption(url.encrypt)));
    }
    if (!url.database.empty()) add_freetds(text, "Database", url.database);
    add_freetds(text, "UID", url.user);
    add_freetds(text, "PWD", url.password);
    add_freetds(text, "APP", "ringtail");
    return text;
}

std::string microsoft(const Url& url) {
    std::string text;
    add(text, "DRIVER", driver_of(url));
    std::string server = "tcp:" + url.host;
    if (url.port || url.instance.empty())
        server += "," + std::to_string(url.port.value_or(kUsualPort));
    else
        server += "\\" + url.instance;
    add(text, "Server", server);
    if (!url.database.empty()) add(text, "Database", url.database);
    add(text, "UID", url.user);
    add(text, "PWD", url.password);
    add(text, "APP", "ringtail");
    std::string_view encrypt = "yes";
    if (url.encrypt == Encrypt::strict) encrypt = "strict";
    if (url.encrypt == Encrypt::login || url.encrypt == Encrypt::disabled) encrypt = "no";
    text += "Encrypt=" + std::string(encrypt) + ";";
    if (encrypt != "no")
        text +=
            std::string("TrustServerCertificate=") + (url.trust == Trust::any ? "yes" : "no") + ";";
    if (!url.certificate.empty()) add(text, "ServerCertificate", url.certificate);
    return text;
}

}  // namespace

Driver kind_of_driver(const std::string& name) {
    return lower(name).find("tds") == std::string::npos ? Driver::microsoft : Driver::freetds;
}

std::string driver_of(const Url& url) {
    if (!url.driver.empty()) return url.driver;
    constexpr std::array<const char*, 3> kPaths{"/usr/lib/x86_64-linux-gnu/odbc/libtdsodbc.so",
                                                "/usr/lib/aarch64-linux-gnu/odbc/libtdsodbc.so",
                                                "/usr/lib64/libtdsodbc.so.0"};
    for (const char* path : kPaths) {
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) return path;
    }
    return "FreeTDS";
}

std::optional<std::string> freetds_section(const Url& url) {
    if (kind_of_driver(driver_of(url)) != Driver::freetds || url.trust != Trust::checked)
        return std::nullopt;
    std::string text = "\thost = " + url.host + "\n";
    if (url.port || url.instance.empty())
        text += "\tport = " + std::to_string(url.port.value_or(kUsualPort)) + "\n";
    else
        text += "\tinstance = " + url.instance + "\n";
    text += "\ttds version = 7.4\n\tclient charset = UTF-8\n\tencryption = ";
    text += freetds_encryption(url.encrypt);
    text += "\n\tca file = " + (url.certificate.empty() ? "system" : url.certificate);
    return text + "\n\tcheck certificate hostname = yes\n";
}

std::string connection_string(const Url& url, const std::string& section) {
    return kind_of_driver(driver_of(url)) == Driver::freetds ? freetds(url, section)
                                                             : microsoft(url);
}

}  // namespace ringtail::sqlserver
