#include "unit/sim/service.hpp"

#include <simdjson.h>

#include "base/time_text.hpp"

namespace ringtail::test {

namespace {

// Elements of the array at `key` (the document itself where it is empty), as they were written.
std::vector<std::string> elements_of(const std::string& body, const std::string& key) {
    std::vector<std::string> elements;
    simdjson::ondemand::parser parser;
    const simdjson::padded_string padded(body);
    simdjson::ondemand::document document = parser.iterate(padded);
    simdjson::ondemand::array array =
        key.empty() ? document.get_array() : document[key].get_array();
    for (simdjson::ondemand::value element : array) {
        const std::string_view raw = simdjson::to_json_string(element);
        elements.emplace_back(raw);
    }
    return elements;
}

}  // namespace

sim::Options repeatable(std::uint32_t contacts, double odd) {
    sim::Options options;
    options.contacts = contacts;
    options.odd = odd;
    options.now = parse_time("2026-03-05T10:00:00.000Z");
    return options;
}

RawReply call(const sim::Simulation& sim, std::string_view path, std::string_view method,
              std::string_view body) {
    const std::string target = "/api/campaigns/" + sim.options().campaign + "/" + std::string(path);
    return fetch(sim.port(), method, target, body,
                 {"Authorization: Bearer " + sim.options().token});
}

std::string cursor_of(const std::string& body) { return field(body, "cursor"); }

std::string field(std::string_view object, std::string_view key) {
    const std::string start = "\"" + std::string(key) + "\":\"";
    const auto at = object.find(start);
    if (at == std::string_view::npos) return {};
    const auto begin = at + start.size();
    return std::string(object.substr(begin, object.find('"', begin) - begin));
}

Listing list_all(const sim::Simulation& sim, const std::string& path) {
    Listing listing;
    std::string cursor;
    do {
        const auto reply = call(sim, cursor.empty() ? path : path + "&cursor=" + cursor);
        if (reply.status != 200) throw std::runtime_error(path + ": " + reply.body);
        auto elements = elements_of(reply.body, "results");
        listing.pages.push_back(elements.size());
        std::ranges::move(elements, std::back_inserter(listing.elements));
        cursor = cursor_of(reply.body);
    } while (!cursor.empty());
    return listing;
}

std::vector<std::string> deliver(const sim::Simulation& sim, const std::vector<std::string>& ids) {
    std::vector<std::string> contacts;
    for (std::size_t at = 0; at < ids.size();) {
        std::string body = "[";
        for (std::size_t end = std::min(at + 20, ids.size()); at < end; ++at)
            body += (body.size() > 1 ? ",\"" : "\"") + ids[at] + "\"";
        const auto reply = call(sim, "contacts/?include_md5=true", "POST", body + "]");
        if (reply.status != 200) throw std::runtime_error(reply.body);
        std::ranges::move(elements_of(reply.body, ""), std::back_inserter(contacts));
    }
    return contacts;
}

std::vector<std::string> contact_ids(const sim::Simulation& sim, const std::string& parameters) {
    std::vector<std::string> ids;
    for (const auto& element : list_all(sim, "contacts/list?limit=1000" + parameters).elements)
        ids.push_back(field(element, "id"));
    return ids;
}

std::vector<std::string> truth(const sim::Simulation& sim, std::string_view table,
                               const sim::TruthOptions& options) {
    std::vector<std::string> rows;
    sim.truth(table, options, [&](std::string_view row) { rows.emplace_back(row); });
    return rows;
}

}  // namespace ringtail::test
