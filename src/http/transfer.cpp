#include "http/transfer.hpp"

#include <curl/curl.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace ringtail::http {
namespace {

constexpr std::size_t kReserve = 4U << 20U;  // what a Content-Length may make us set aside at once

template <typename T>
void set(void* easy, CURLoption option, T value) {
    if (const CURLcode code = curl_easy_setopt(easy, option, value); code != CURLE_OK) {
        throw Error(Fault::bug, fmt::format("libcurl refuses option {}: {}",
                                            static_cast<int>(option), curl_easy_strerror(code)));
    }
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string_view authority(std::string_view url) {
    const auto start = url.find("://");
    if (start != std::string_view::npos) url.remove_prefix(start + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

// OpenSSL's words for the alerts with which a server ends the handshake, or, with TLS 1.3, the
// first thing read after it. What servers with TLS 1.2 say (handshake_failure) can mean more.
bool is_refused_certificate(std::string_view text) {
    constexpr std::array<std::string_view, 5> kAlerts{
        "alert certificate required", "alert bad certificate", "alert unknown ca",
        "alert certificate expired", "alert certificate unknown"};
    return std::ranges::any_of(
        kAlerts, [&](std::string_view alert) { return text.find(alert) != text.npos; });
}

bool has_header(const Request& request, std::string_view name) {
    return std::ranges::any_of(request.headers, [&](const std::string& header) {
        return lower(trimmed(std::string_view(header).substr(0, header.find(':')))) == name;
    });
}

}  // namespace

// libcurl calls these; exceptions must not pass through it.
struct Transfer::Callbacks {
    static std::size_t header(char* data, std::size_t, std::size_t size, void* self) noexcept {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.last_byte_ = std::chrono::steady_clock::now();
        const std::string_view line(data, size);
        auto& headers = transfer.response_.headers;
        if (line.starts_with("HTTP/")) headers.clear();  // the final answer after a 100 Continue
        if (const auto colon = line.find(':'); colon != std::string_view::npos)
            headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
        return size;
    }

    static std::size_t body(char* data, std::size_t, std::size_t size, void* self) noexcept {
        auto& transfer = *static_cast<Transfer*>(self);
        std::string& body = transfer.response_.body;
        if (body.size() + size > transfer.options_.max_body_bytes) {
            transfer.too_large_ = true;
            if (transfer.options_.clip_body)
                body.append(data, transfer.options_.max_body_bytes - body.size());
            return 0;
        }
        if (body.empty()) {
            curl_off_t length = 0;
            curl_easy_getinfo(transfer.handle(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
            if (length > 0) body.reserve(std::min(static_cast<std::size_t>(length), kReserve));
        }
        body.append(data, size);
        return size;
    }

    static curl_socket_t open_socket(void* self, curlsocktype /*purpose*/,
                                     curl_sockaddr* address) noexcept {
        auto& transfer = *static_cast<Transfer*>(self);
        if (is_private(address->addr)) {
            transfer.refused_ = address_text(address->addr);
            return CURL_SOCKET_BAD;
        }
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }

    static int progress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
        auto& transfer = *static_cast<Transfer*>(self);
        const auto moved = static_cast<std::uint64_t>(down) + static_cast<std::uint64_t>(up);
        if (moved != transfer.moved_) transfer.last_byte_ = std::chrono::steady_clock::now();
        transfer.moved_ = moved;
        return 0;
    }
};

void Transfer::EasyFree::operator()(void* easy) const { curl_easy_cleanup(easy); }
void Transfer::ListFree::operator()(curl_slist* list) const { curl_slist_free_all(list); }

Transfer::Transfer(const ClientOptions& options)
    : options_(options), easy_(curl_easy_init()), error_text_(new char[CURL_ERROR_SIZE]()) {
    if (!easy_) throw Error(Fault::bug, "libcurl gives no handle");
    CURL* const easy = easy_.get();
    set(easy, CURLOPT_PRIVATE, this);
    set(easy, CURLOPT_ERRORBUFFER, error_text_.get());
    set(easy, CURLOPT_HEADERFUNCTION, &Callbacks::header);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &Callbacks::body);
    set(easy, CURLOPT_WRITEDATA, this);
    set(easy, CURLOPT_XFERINFOFUNCTION, &Callbacks::progress);
    set(easy, CURLOPT_XFERINFODATA, this);
    set(easy, CURLOPT_NOPROGRESS, 0L);
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);  // closing does not wait for a name server that is silent
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (const char* trusted = std::getenv("SSL_CERT_FILE"); trusted != nullptr && *trusted != '\0')
        set(easy, CURLOPT_CAINFO, trusted);
    if (options.reach == Reach::public_only) {
        set(easy, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket);
        set(easy, CURLOPT_OPENSOCKETDATA, this);
    }
    set(easy, CURLOPT_TCP_NODELAY, 1L);
    set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy, CURLOPT_BUFFERSIZE, 64L << 10U);
    set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
    if (!options.clip_body)
        set(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.max_body_bytes));
    if (!options.client_certificate.empty())
        set(easy, CURLOPT_SSLCERT, options.client_certificate.c_str());
    if (!options.client_key.empty()) set(easy, CURLOPT_SSLKEY, options.client_key.c_str());
    set(easy, CURLOPT_KEYPASSWD, "");  // otherwise OpenSSL asks at the terminal for one
}

Transfer::~Transfer() = default;

void Transfer::prepare(const Request& request, TimePoint now) {
    CURL* const easy = easy_.get();
    response_ = Response();
    too_large_ = false;
    refused_.clear();
    moved_ = 0;
    error_text_[0] = '\0';
    started_ = last_byte_ = now;
    set(easy, CURLOPT_URL, request.url.c_str());
    set(easy, CURLOPT_PROXY, is_loopback(request.url) ? "" : static_cast<const char*>(nullptr));
    // Sixteen requests share one HTTP/2 connection rather than opening sixteen at once.
    set(easy, CURLOPT_PIPEWAIT, request.url.starts_with("https:") ? 1L : 0L);
    set_method(request);
    set_headers(request);
}

void Transfer::set_method(const Request& request) {
    CURL* const easy = easy_.get();
    set(easy, CURLOPT_HTTPGET, 1L);  // forgets the method before
    set(easy, CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
    if (request.method == "GET" && request.body.empty()) return;
    if (request.method == "HEAD") return set(easy, CURLOPT_NOBODY, 1L);
    if (request.method == "POST" || !request.body.empty()) {
        set(easy, CURLOPT_POST, 1L);
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(easy, CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method != "POST") set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void Transfer::set_headers(const Request& request) {
    headers_.reset();
    const auto add = [this](const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    };
    for (const std::string& header : request.headers) {
        if (header.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            throw Error(Fault::config,
                        fmt::format("the value of header {} holds a line break",
                                    printable(header.substr(0, header.find(':')), 60)))
                .with_hint("Look for a line break inside the token or in its file.");
        }
        add(header);
    }
    // What libcurl would add to a body on its own.
    if (!request.body.empty() || request.method == "POST") {
        add("Expect:");
        if (!has_header(request, "content-type")) add("Content-Type:");
    }
    set(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
}

Response Transfer::take_response() {
    long status = 0;
    curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    curl_off_t micros = 0;
    curl_easy_getinfo(handle(), CURLINFO_TOTAL_TIME_T, &micros);
    response_.elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(micros));
    return std::move(response_);
}

std::uint64_t Transfer::bytes_received() const {
    curl_off_t bytes = 0;
    curl_easy_getinfo(handle(), CURLINFO_SIZE_DOWNLOAD_T, &bytes);
    return static_cast<std::uint64_t>(bytes);
}

std::chrono::microseconds Transfer::latency() const {
    curl_off_t sending = 0, answering = 0;
    curl_easy_getinfo(handle(), CURLINFO_PRETRANSFER_TIME_T, &sending);
    curl_easy_getinfo(handle(), CURLINFO_STARTTRANSFER_TIME_T, &answering);
    return std::chrono::microseconds(std::max<curl_off_t>(0, answering - sending));
}

bool Transfer::ended_after_handshake() const {
    curl_off_t micros = 0, sent = 0;
    curl_easy_getinfo(handle(), CURLINFO_APPCONNECT_TIME_T, &micros);
    curl_easy_getinfo(handle(), CURLINFO_SIZE_UPLOAD_T, &sent);
    return micros > 0 && sent == 0;
}

Error Transfer::error(int curl_code) const {
    const auto code = static_cast<CURLcode>(curl_code);
    if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
        return Error(Fault::data,
                     fmt::format("the answer is larger than {} bytes", options_.max_body_bytes));
    }
    if (code == CURLE_COULDNT_CONNECT && !refused_.empty()) {
        return Error(Fault::config, fmt::format("{} is a loopback or private address", refused_))
            .with_hint(
                "`ringtail serve` posts to such addresses, also to a proxy's, when it is started "
                "with --allow-private.");
    }
    const std::string text =
        printable(error_text_[0] != '\0' ? error_text_.get() : curl_easy_strerror(code), 300);
    if (is_refused_certificate(text)) {
        return Error(Fault::config, text)
            .with_hint(
                "The server wants a client certificate that it trusts: for a web service "
                "--client-cert FILE and --client-key FILE.");
    }
    switch (code) {
        case CURLE_SSL_CERTPROBLEM:
            return Error(Fault::config, text)
                .with_hint(
                    "Check the client certificate and its key: PEM files that belong "
                    "together, the key without a password.");
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return Error(Fault::config, text)
                .with_hint(
                    "The server's TLS certificate cannot be trusted. Check the address and "
                    "this machine's clock, and install the package ca-certificates; a "
                    "company's own authority goes to /usr/local/share/ca-certificates, "
                    "then run update-ca-certificates; or SSL_CERT_FILE names a file with it.");
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return Error(Fault::config, text)
                .with_hint("Check the address; it starts with https:// or http://.");
        case CURLE_COULDNT_RESOLVE_HOST:
            return Error(Fault::transient, text)
                .with_hint("Check the host name in the address, and the network.");
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Error(Fault::transient, text)
                .with_hint("Check the proxy in the environment: http_proxy, https_proxy.");
        case CURLE_SEND_ERROR:
            if (!ended_after_handshake()) return Error(Fault::transient, text);
            // libcurl's own text is about the socket that is gone.
            return Error(Fault::transient, "the connection ended right after the TLS handshake")
                .with_hint(
                    "So does a server that asks for a client certificate: for a web service "
                    "--client-cert FILE and --client-key FILE.");
        default:
            return Error(Fault::transient, text);
    }
}

std::string path_for_messages(std::string_view url) {
    const auto start = url.find("://");
    if (start != std::string_view::npos) url.remove_prefix(start + 3);
    const auto slash = url.find_first_of("/?#");
    if (slash == std::string_view::npos || url[slash] != '/') return "/";
    url.remove_prefix(slash);
    return printable(url.substr(0, url.find_first_of("?#")), 200);
}

std::string printable(std::string_view text, std::size_t most) {
    std::string out(text.substr(0, most));
    for (char& c : out)
        if (c < ' ' || c > '~') c = ' ';
    return out;
}

bool is_loopback(std::string_view url) {
    std::string_view host = authority(url);
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    if (host.starts_with("[::1]")) return true;
    host = host.substr(0, host.find(':'));
    const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return lower(host) == "localhost" || (numeric && host.starts_with("127."));
}

}  // namespace ringtail::http
