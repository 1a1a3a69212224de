#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A web service that takes deliveries: what it got, and misbehaviour at will. It shares no code
// with what delivers.
namespace ringtail::sim {

// One request as it came.
struct Post {
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
    std::string answered;  // "200", or the kind of fault that struck

    std::optional<std::string_view> header(std::string_view name) const;
};

// How requests are answered. Kinds: a status ("500", "429", "410", "302" …), "close" (read, then
// the connection ends without an answer), "cut" (200, and a reset in mid-body), "hang" (no answer
// for an hour), "slow" (200 in slices), "huge" (200 with 50 MB).
struct PostFault {
    std::string kind;
    unsigned count = 0;         // how often at most; 0: no bound
    std::string contains = "";  // only requests whose body holds this
    int retry_after = -1;       // seconds; -1: no such header
    std::string location = "";  // of a redirect
};

// Listens on a free port of 127.0.0.1. Safe from any thread.
class Receiver {
  public:
    // `keep`: whether posts are kept, or only counted.
    explicit Receiver(bool keep = true, std::uint16_t port = 0);
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    std::string url(std::string_view path = "/api/transactions/") const;
    std::uint16_t port() const;
    void add_fault(const PostFault& fault);
    void clear_faults();

    std::vector<Post> posts() const;
    std::uint64_t count() const;
    // Called with every request before it is answered, on the server's thread.
    void on_post(std::function<void(const Post&)> look);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace ringtail::sim
