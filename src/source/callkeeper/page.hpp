#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.hpp"
#include "model/load.hpp"
#include "source/callkeeper/merge.hpp"
#include "source/callkeeper/tables.hpp"

// What next() hands to decode(): calls with both feeds merged, and which of their rows are to be
// written. A JSON array, one element a call.
namespace ringtail::callkeeper {

inline constexpr std::string_view kCallsPage = "calls";
inline constexpr std::string_view kAccountPage = "account";  // the row of general_accounts
inline constexpr std::string_view kNoRowsPage = "nothing";   // only a checkpoint and counts

enum class Asking : std::uint8_t { none, again, settled };

// One call on its way into rows.
struct PageCall {
    std::int64_t id = 0;                   // CallKeeper's
    std::int64_t row = 0;                  // of callkeeper_calls
    std::array<std::int64_t, 5> refers{};  // to rows of kDimensions, in their order
    unsigned fresh = 0;                    // bit i: that row of kDimensions[i] is to be written
    bool calls = true;                     // rows to be written …
    bool facts = true;
    bool known = false;      // … or else deleted, if they are there
    bool unchanged = false;  // nothing to be written: what is stored says the same
    bool counted = true;     // in the tally, by decode()
    Asking asking = Asking::none;
    NextAsk next;  // Asking::again
};

class PageWriter {
  public:
    void call(const PageCall& call, std::string_view state);
    void reject(const Reject& reject);
    void stubs(unsigned which);  // bit i: the stub row of kDimensions[i]
    std::size_t bytes() const { return body_.size(); }
    // The page's body; the writer is empty then.
    std::string done();

  private:
    void comma();
    std::string body_ = "[";
};

PageCall read_page_call(JsonValue element);

}  // namespace ringtail::callkeeper
