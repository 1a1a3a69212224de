#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "source/dialfire/api.hpp"
#include "source/dialfire/stamps.hpp"
#include "source/source.hpp"

namespace ringtail::dialfire {

// A contact to be asked for.
struct Wanted {
    std::string id;
    std::string listed_md5;  // empty: not known
    int step = -1;           // >= 0: asked for because of an open call, for the (step + 1)th time
    int doubts = 0;          // so often the answer was another version than listed
};

// The pages to come, in order: some still to be asked for, some under way, some here. At most two
// requests for every one the client may have in flight are under way or waiting to be used: that,
// and not the campaign's size, bounds the memory.
class Requests {
  public:
    Requests(Api& api, const Options& options, Clock& clock)
        : api_(api), options_(options), clock_(clock) {}

    // Queues `contacts` in requests of contacts_per_request; the last page's checkpoint is `done`,
    // that of those before it `until_then`. `listed` and `equal` are counted with the first page.
    // Always queues at least one page.
    void add_contacts(std::vector<Wanted> contacts, const Checkpoint& until_then,
                      const Checkpoint& done, Tally counted, std::uint64_t expected = 0);
    // Queues a page whose body is here already.
    void add_page(Page page);

    bool empty() const { return queue_.empty(); }
    // Whether more should be queued now, so that the client does not run dry.
    bool hungry() const { return queue_.size() < 2 * std::size_t{options_.in_flight}; }
    // True when this version of the contact is queued, or was used a short while ago and may not be
    // stored yet. What is queued later is stored later, so it may build on that.
    bool has(const std::string& id, std::string_view md5) const;
    // The contacts whose answers were another version than was listed, since the last call: usually
    // they have changed since, but it may have been an old copy, so they are worth asking for
    // again.
    std::vector<Wanted> take_doubtful() { return std::exchange(doubtful_, {}); }
    // The next page; waits for it. Not when empty.
    Page next(std::stop_token stop);
    void start_some();

  private:
    struct Item {
        std::vector<Wanted> wanted;
        Page page;
        // Starts when all items up to this number have been used: one contact is never under way
        // twice, so an older answer cannot come after a newer one (facts E-25).
        std::uint64_t not_before = 0;
        Answer answer;
        std::shared_ptr<StampCheck> check;
    };
    void push(Item item);
    void note_doubtful(const Item& item);

    Api& api_;
    const Options& options_;
    Clock& clock_;
    NewestStamps newest_;
    std::deque<Item> queue_;
    std::size_t started_ = 0;  // that many from the front are started or need no request
    std::uint64_t used_ = 0;   // items used so far; the front's number is used_ + 1
    struct Asked {
        std::uint64_t number;  // of the last item that asks for the contact
        std::string md5;       // as listed
    };
    std::vector<Wanted> doubtful_;
    std::unordered_map<std::string, Asked> asked_;  // by contact id; until used
};

// What decode() must know of a contacts request, as Page::context: the time it was answered and the
// contacts asked for.
struct ContactsContext {
    Instant at;
    std::vector<std::string> ids;
    std::unordered_map<std::string, int> steps;  // of those asked for because of an open call
};
std::string write_context(Instant at, const std::vector<Wanted>& wanted);
ContactsContext read_context(std::string_view text);

inline constexpr std::string_view kContactsPage = "contacts";
inline constexpr std::string_view kInboundPage = "inbound";
inline constexpr std::string_view kNoRowsPage = "nothing";  // only a checkpoint and counts

}  // namespace ringtail::dialfire
