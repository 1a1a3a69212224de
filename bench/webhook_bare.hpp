#pragma once
#include <cstddef>
#include <string>

namespace ringtail::bench {

// What a careful programmer writes for this alone, on one thread: `count` bodies of a table in
// SQLite, sixteen POSTs under way (libcurl's multi interface, kept connections), the answers that
// came meanwhile marked in one commit on disk, with the attempt in a table. No order per contact,
// no retries, no rate.
class BarePoster {
  public:
    // Fills a new file; its path must not exist.
    BarePoster(std::string path, std::size_t count, const std::string& body);
    void post_all(const std::string& url);

  private:
    const std::string path_;
    const std::size_t count_;
};

}  // namespace ringtail::bench
