#include "source/dialfire/bodies.hpp"

#include "source/dialfire/decode_pages.hpp"
#include "source/dialfire/json_values.hpp"

namespace ringtail::dialfire {

std::vector<std::string> contact_ids(std::string_view body) {
    const JsonDocument document(body);
    std::vector<std::string> ids;
    for (const JsonValue contact : document.root().elements()) {
        if (auto id = usable_text(contact.find("$id"))) ids.push_back(*std::move(id));
    }
    return ids;
}

void Bodies::add_contacts(std::string_view body) {
    const JsonDocument document(body);
    for (const JsonValue contact : document.root().elements()) {
        if (auto id = usable_text(contact.find("$id"))) add(*std::move(id), contact.raw());
    }
}

void Bodies::add_inbound_calls(std::string_view body) {
    const JsonDocument document(body);
    for (const JsonValue call : page_results(document.root()))
        add(hashed(call.find("id")), call.raw());
}

void Bodies::add(std::string id, std::string_view raw) {
    if (is_full()) return;
    bytes_ += id.size() + raw.size();
    bodies_.insert_or_assign(std::move(id), std::string(raw));
}

const std::string* Bodies::find(const std::string& id) const {
    const auto found = bodies_.find(id);
    return found == bodies_.end() ? nullptr : &found->second;
}

void Bodies::clear() {
    bodies_.clear();
    bytes_ = 0;
}

}  // namespace ringtail::dialfire
