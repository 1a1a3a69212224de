#include "tree.hpp"

#include "text.hpp"

namespace ringtail::sim {

using Kind = Tree::Kind;

Tree::Index Tree::open(Kind kind, Index parent) {
    const auto index = static_cast<Index>(objects_.size());
    const auto field = static_cast<Index>(fields_.size());
    objects_.push_back({kind, field, field, kNone, kNone, kNone});
    if (parent != kNone) {
        Object& above = objects_[parent];
        if (above.last_child == kNone) {
            above.first_child = index;
        } else {
            objects_[above.last_child].next = index;
        }
        above.last_child = index;
    }
    return index;
}

void Tree::number(KeyId key, std::int64_t value) {
    append_number(begin(key), value);
    end();
}

void Tree::time(KeyId key, std::int64_t ms) {
    begin(key).push_back('"');
    append_time(arena_, ms);
    arena_.push_back('"');
    end();
}

void Tree::set(KeyId key, std::string_view json) {
    if (!replace(key, json)) raw(key, json);
}

bool Tree::replace(KeyId key, std::string_view json) {
    for (Index i = objects_.back().first_field; i < fields_.size(); ++i) {
        if (fields_[i].key != key || fields_[i].size == 0) continue;
        fields_[i].begin = static_cast<std::uint32_t>(arena_.size());
        fields_[i].size = static_cast<std::uint32_t>(json.size());
        arena_.append(json);
        return true;
    }
    return false;
}

void Tree::remove(KeyId key) {
    for (Index i = objects_.back().first_field; i < fields_.size(); ++i)
        if (fields_[i].key == key) fields_[i].size = 0;
}

std::string_view Tree::value(Index object, KeyId key) const {
    for (const Field* field = begin_of(object); field != end_of(object); ++field)
        if (field->key == key && field->size > 0) return value(*field);
    return {};
}

namespace {

struct ChildArray {
    Kind holder, child;
    std::string_view name;
};
constexpr ChildArray kArrays[] = {
    {Kind::contact, Kind::entry, "\"$task_log\":"},
    {Kind::entry, Kind::transaction, "\"transactions\":"},
    {Kind::transaction, Kind::connection, "\"connections\":"},
    {Kind::connection, Kind::recording, "\"recordings\":"},
    {Kind::connection, Kind::third_party, "\"third_party_connections\":"},
    {Kind::third_party, Kind::recording, "\"recordings\":"},
    {Kind::third_party, Kind::third_party, "\"third_party_connections\":"},
};

void render_children(const Tree& tree, Tree::Index holder, const ChildArray& array,
                     const std::vector<std::string>& names, std::string& out) {
    const auto& object = tree.at(holder);
    if (object.nulled & bit(array.child)) {
        out.append(array.name).append("null,");
        return;
    }
    bool any = (object.present & bit(array.child)) != 0;
    if (any) out.append(array.name).push_back('[');
    for (auto child = object.first_child; child != Tree::kNone; child = tree.at(child).next) {
        // A null element stands in every array of its holder.
        const Kind kind = tree.at(child).kind;
        if (kind != array.child && kind != Kind::null) continue;
        if (!any) out.append(array.name).push_back('[');
        any = true;
        if (kind == Kind::null) {
            out.append("null");
        } else {
            render(tree, child, names, out);
        }
        out.push_back(',');
    }
    if (!any) return;
    if (out.back() == ',') out.pop_back();
    out.append("],");
}

}  // namespace

void render(const Tree& tree, Tree::Index object, const std::vector<std::string>& names,
            std::string& out) {
    out.push_back('{');
    for (const auto* field = tree.begin_of(object); field != tree.end_of(object); ++field) {
        if (field->size == 0) continue;
        out.append(names[field->key]).append(tree.value(*field)).push_back(',');
    }
    const Kind kind = tree.at(object).kind;
    for (const auto& array : kArrays)
        if (array.holder == kind) render_children(tree, object, array, names, out);
    if (out.back() == ',') out.pop_back();
    out.push_back('}');
}

}  // namespace ringtail::sim
