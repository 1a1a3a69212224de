#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringtail::dialfire {

// The contacts in an answer to POST contacts.
std::vector<std::string> contact_ids(std::string_view body);

// What was delivered, by id, so that it need not be asked for twice; up to a limit.
class Bodies {
  public:
    // Of an answer to POST contacts, or of a page of inbound calls.
    void add_contacts(std::string_view body);
    void add_inbound_calls(std::string_view body);
    // As delivered.
    const std::string* find(const std::string& id) const;
    void clear();
    bool is_full() const { return bytes_ >= kMostBytes; }

  private:
    static constexpr std::size_t kMostBytes = 64U << 20U;
    void add(std::string id, std::string_view raw);

    std::unordered_map<std::string, std::string> bodies_;
    std::size_t bytes_ = 0;
};

}  // namespace ringtail::dialfire
