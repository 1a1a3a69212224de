#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace ringtail::http {

// Compresses a body piece by piece, for "Content-Encoding: gzip". At the fastest level: the network
// is to be spared, not the disk.
class Gzip {
  public:
    Gzip();
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    void add(std::string_view piece);
    // Ends the stream and hands it over; nothing may be added afterwards.
    std::string take();

  private:
    struct Stream;
    void write(std::string_view piece, int flush);

    std::unique_ptr<Stream> stream_;
    std::string out_;
};

}  // namespace ringtail::http
