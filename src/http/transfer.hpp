#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "http/client.hpp"

struct curl_slist;

namespace ringtail::http {

// One libcurl easy handle, reused for one request after the other. Stays at one address; belongs to
// the client's thread.
class Transfer {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit Transfer(const ClientOptions& options);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // Readies the handle. The request must stay where it is until the transfer is over.
    // Error(config) when a header holds a line break.
    void prepare(const Request& request, TimePoint now);

    void* handle() const { return easy_.get(); }  // a CURL*
    TimePoint started() const { return started_; }
    TimePoint last_byte() const { return last_byte_; }  // when something last came or went

    // Of a transfer that is over.
    // The answer was cut at the limit as ClientOptions::clip_body wants it; it counts as whole.
    bool clipped() const { return too_large_ && options_.clip_body; }
    Response take_response();
    std::uint64_t bytes_received() const;  // of the body, as they travelled
    // How long the server thought: without connecting and without the body.
    std::chrono::microseconds latency() const;
    // Why it failed, with libcurl's words. Transient, unless trying again cannot help.
    Error error(int curl_code) const;

  private:
    struct Callbacks;
    friend struct Callbacks;
    struct EasyFree {
        void operator()(void* easy) const;
    };
    struct ListFree {
        void operator()(curl_slist* list) const;
    };
    bool ended_after_handshake() const;  // a new connection, before anything was sent
    void set_method(const Request& request);
    void set_headers(const Request& request);

    const ClientOptions& options_;
    std::unique_ptr<void, EasyFree> easy_;
    std::unique_ptr<curl_slist, ListFree> headers_;
    std::unique_ptr<char[]> error_text_;
    Response response_;
    bool too_large_ = false;
    std::string refused_;  // the private address that was not connected to
    TimePoint started_{}, last_byte_{};
    std::uint64_t moved_ = 0;  // bytes both ways, as libcurl last told
};

// "/a/b" of "https://host/a/b?token=x": what messages may show. Printable, at most 200 characters.
std::string path_for_messages(std::string_view url);

// Control characters and what is not ASCII become blanks; at most `most` characters.
std::string printable(std::string_view text, std::size_t most);

// Whether the host of the URL is this machine's loopback: never reached through a proxy.
bool is_loopback(std::string_view url);

}  // namespace ringtail::http
