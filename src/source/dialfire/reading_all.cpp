#include "source/dialfire/reading_all.hpp"

#include <algorithm>
#include <deque>

#include "base/error.hpp"
#include "source/dialfire/steps.hpp"

namespace ringtail::dialfire {
namespace {

// `ask` with a cursor; `use` gives the next one, "" at the end.
template <typename Ask, typename Use>
void walk(Api& api, std::string_view what, const Ask& ask, const Use& use,
          const std::stop_token& stop) {
    Restarts restarts;
    std::string cursor;
    while (true) {
        const auto response = ask(cursor).wait(stop);
        if (!response) {
            restarts.count(what);
            cursor.clear();
            continue;
        }
        api.learn_time(*response);
        restarts.progress();
        cursor = use(response->body);
        if (cursor.empty()) return;
    }
}

}  // namespace

void read_contact_list(Api& api, const std::string& day,
                       const std::function<void(const ListPage&)>& page,
                       const std::stop_token& stop) {
    const auto ask = [&](const std::string& cursor) { return api.contact_list(day, cursor); };
    const auto use = [&](std::string_view body) {
        const ListPage list = decode_list(body);
        page(list);
        return list.cursor;
    };
    walk(api, "contact list", ask, use, stop);
}

void read_events(Api& api, Instant from, Instant to,
                 const std::function<void(const EventPage&)>& page, const std::stop_token& stop) {
    const auto ask = [&](const std::string& cursor) { return api.events(from, to, cursor); };
    const auto use = [&](std::string_view body) {
        const EventPage list = decode_events(body);
        page(list);
        return list.cursor;
    };
    walk(api, "list of transaction events", ask, use, stop);
}

void read_inbound_calls(Api& api, Instant from, Instant to,
                        const std::function<void(std::string_view body)>& page,
                        const std::stop_token& stop) {
    const auto ask = [&](const std::string& cursor) { return api.inbound_calls(from, to, cursor); };
    const auto use = [&](std::string_view body) {
        page(body);
        return decode_cursor(body);
    };
    walk(api, "list of inbound calls", ask, use, stop);
}

void ContactReader::read(std::span<const std::string> ids, const Take& take,
                         const std::stop_token& stop) {
    struct Asked {
        std::span<const std::string> ids;
        std::shared_ptr<StampCheck> check;
        Answer answer;
    };
    const std::size_t per_request = std::max(1U, options_.contacts_per_request);
    const std::size_t at_once = 2 * std::size_t{std::max(1U, options_.in_flight)};
    std::deque<Asked> under_way;
    while (!ids.empty() || !under_way.empty()) {
        while (!ids.empty() && under_way.size() < at_once) {
            Asked& asked = under_way.emplace_back();
            asked.ids = ids.first(std::min(per_request, ids.size()));
            ids = ids.subspan(asked.ids.size());
            asked.check = std::make_shared<StampCheck>(newest_);
            asked.answer = api_.contacts(asked.ids, asked.check);
        }
        Asked& asked = under_way.front();
        const auto response = asked.answer.wait(stop);
        if (!response)
            throw Error(Fault::bug, "a contacts request has no cursor that could expire");
        api_.learn_time(*response);
        asked.check->note();
        take(response->body, asked.ids);
        under_way.pop_front();
    }
}

}  // namespace ringtail::dialfire
