#include "source/dialfire/requests.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/error.hpp"

namespace ringtail::dialfire {

void Requests::push(Item item) {
    const std::uint64_t number = used_ + queue_.size() + 1;
    for (const Wanted& wanted : item.wanted) {
        const auto [place, fresh] = asked_.try_emplace(wanted.id, Asked{number, wanted.listed_md5});
        if (fresh || place->second.number == number) continue;
        item.not_before = std::max(item.not_before, place->second.number);
        place->second = {number, wanted.listed_md5};
    }
    queue_.push_back(std::move(item));
}

void Requests::add_contacts(std::vector<Wanted> contacts, const Checkpoint& until_then,
                            const Checkpoint& done, Tally counted, std::uint64_t expected) {
    const std::size_t per_request = std::max(1U, options_.contacts_per_request);
    std::size_t taken = 0;
    do {
        const std::size_t count = std::min(per_request, contacts.size() - taken);
        Item item;
        const auto first = contacts.begin() + static_cast<std::ptrdiff_t>(taken);
        std::move(first, first + static_cast<std::ptrdiff_t>(count),
                  std::back_inserter(item.wanted));
        taken += count;
        item.page.kind = count > 0 ? kContactsPage : kNoRowsPage;
        item.page.after = taken == contacts.size() ? done : until_then;
        item.page.tally = counted;
        item.page.expected = expected;
        item.page.tally.listed += count;
        counted = {};
        push(std::move(item));
    } while (taken < contacts.size());
}

void Requests::add_page(Page page) {
    Item item;
    item.page = std::move(page);
    push(std::move(item));
}

void Requests::start_some() {
    const std::size_t window = std::min(queue_.size(), 2 * std::size_t{options_.in_flight});
    while (started_ < window && queue_[started_].not_before <= used_) {
        Item& item = queue_[started_++];
        if (item.wanted.empty()) continue;
        item.check = std::make_shared<StampCheck>(newest_);
        std::vector<std::string> ids;
        for (const Wanted& wanted : item.wanted) ids.push_back(wanted.id);
        item.answer = api_.contacts(ids, item.check);
    }
}

void Requests::note_doubtful(const Item& item) {
    // Where the two calls of the service never agree, asking for everything twice would not help.
    constexpr std::size_t kMost = 10'000;
    constexpr int kMostDoubts = 2;
    for (const Wanted& wanted : item.wanted) {
        const auto stamp = item.check->stamps().find(wanted.id);
        if (wanted.listed_md5.empty() || wanted.doubts == kMostDoubts ||
            stamp == item.check->stamps().end())
            continue;
        const std::string& md5 = stamp->second.md5;
        if (md5.empty() || md5 == wanted.listed_md5 || doubtful_.size() >= kMost) continue;
        doubtful_.push_back({wanted.id, wanted.listed_md5, wanted.step, wanted.doubts + 1});
    }
}

Page Requests::next(std::stop_token stop) {
    start_some();
    Item& item = queue_.front();
    if (item.answer.valid()) {
        auto response = item.answer.wait(std::move(stop));
        if (!response)
            throw Error(Fault::bug, "a contacts request has no cursor that could expire");
        api_.learn_time(*response);
        item.check->note();
        note_doubtful(item);
        item.page.body = std::move(response->body);
        item.page.context = write_context(clock_.now(), item.wanted);
    }
    for (const Wanted& wanted : item.wanted) {
        const auto place = asked_.find(wanted.id);
        if (place != asked_.end() && place->second.number == used_ + 1) asked_.erase(place);
    }
    Page page = std::move(item.page);
    queue_.pop_front();
    ++used_;
    if (started_ > 0) --started_;
    start_some();
    return page;
}

bool Requests::has(const std::string& id, std::string_view md5) const {
    if (md5.empty()) return false;
    if (const auto asked = asked_.find(id); asked != asked_.end()) return asked->second.md5 == md5;
    const auto used = newest_.find(id);
    return used && used->md5 == md5;
}

std::string write_context(Instant at, const std::vector<Wanted>& wanted) {
    std::string text = std::to_string(at.time_since_epoch().count());
    for (const Wanted& w : wanted) {
        text += '\n';
        text += std::to_string(w.step);
        text += ' ';
        text += w.id;  // an id with a line break is no id; the decoder rejects such contacts
    }
    return text;
}

ContactsContext read_context(std::string_view text) {
    ContactsContext context;
    const auto number = [](std::string_view digits) {
        long long value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    };
    bool first = true;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (std::exchange(first, false)) {
            context.at = Instant(std::chrono::microseconds(number(line)));
            continue;
        }
        const auto blank = line.find(' ');
        if (blank == std::string_view::npos) continue;
        const int step = static_cast<int>(number(line.substr(0, blank)));
        context.ids.emplace_back(line.substr(blank + 1));
        if (step >= 0) context.steps.emplace(context.ids.back(), step);
    }
    return context;
}

}  // namespace ringtail::dialfire
