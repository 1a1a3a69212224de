#pragma once
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "source/dialfire/api.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/stamps.hpp"

// The API's lists read to their ends, for comparing. Errors as those of Answer::wait(); a list that
// refuses its own cursors is Error(data).
namespace ringtail::dialfire {

// `day`: the contacts changed since then (YYYY-MM-DD).
void read_contact_list(Api& api, const std::string& day,
                       const std::function<void(const ListPage&)>& page,
                       const std::stop_token& stop);

// Of a time, both ends included or not. What came before the list began anew comes once more.
void read_events(Api& api, Instant from, Instant to,
                 const std::function<void(const EventPage&)>& page, const std::stop_token& stop);
void read_inbound_calls(Api& api, Instant from, Instant to,
                        const std::function<void(std::string_view body)>& page,
                        const std::stop_token& stop);

// Asks for contacts, many requests at a time; the answers come in order.
class ContactReader {
  public:
    ContactReader(Api& api, const Options& options) : api_(api), options_(options) {}
    using Take = std::function<void(std::string_view body, std::span<const std::string> asked)>;
    void read(std::span<const std::string> ids, const Take& take, const std::stop_token& stop);

  private:
    Api& api_;
    const Options& options_;
    NewestStamps newest_;
};

}  // namespace ringtail::dialfire
