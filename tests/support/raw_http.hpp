#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A socket that speaks as much HTTP as tests of a server need, and sees what a real client would
// hide.
namespace ringtail::test {

struct RawReply {
    int status = 0;                              // 0: no answer at all
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;                            // chunks joined
    bool whole = false;                          // as long as announced, or with the last chunk
    bool reset = false;                          // the connection ended with a TCP RST
};

class RawClient {
  public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes);
    // Reads one answer; the connection stays open where the server lets it.
    RawReply read(bool head_only = false);
    bool at_end();  // waits for the server to close the connection
    void reset();   // closes with a RST

  private:
    bool more();
    int socket_ = -1;
    bool was_reset_ = false;
    std::string buffer_;
};

// One request on a connection of its own.
RawReply fetch(std::uint16_t port, std::string_view method, std::string_view target,
               std::string_view body = {}, const std::vector<std::string>& headers = {});

}  // namespace ringtail::test
