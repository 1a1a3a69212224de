#include "source/dialfire/census.hpp"

#include "base/error.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {

Census::Census(Api& api, std::string cursor)
    : thread_([this, &api, from = std::move(cursor)](const std::stop_token& stop) mutable {
          count(stop, api, std::move(from));
      }) {}

void Census::count(const std::stop_token& stop, Api& api, std::string cursor) try {
    std::uint64_t named = 0;
    while (!cursor.empty()) {
        const auto response = api.contact_list({}, cursor).wait(stop);
        if (!response) return;  // the cursor is no longer accepted
        ListPage page = decode_list(response->body);
        if (page.cursor == cursor) return;
        named += page.entries.size() + page.unusable;
        cursor = std::move(page.cursor);
    }
    total_ = named;
} catch (const Error&) {
    return;  // who reads the same pages for the work meets the same error, and says so
}

}  // namespace ringtail::dialfire
