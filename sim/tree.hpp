#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "keys.hpp"

namespace ringtail::sim {

// A contact (or inbound call) as the API delivers it: objects with fields whose values are raw
// JSON, in one arena, so that writing one costs no allocation once the vectors have grown. The same
// tree becomes the answer's text (render.hpp) and the true rows (truth.hpp).
//
// Objects are built one after the other: open() one, add its fields, then open() its children.
class Tree {
  public:
    enum class Kind : std::uint8_t {
        contact,
        entry,
        transaction,
        connection,
        third_party,
        recording,
        inbound,
        null
    };
    using Index = std::uint32_t;
    static constexpr Index kNone = std::numeric_limits<Index>::max();

    struct Field {
        KeyId key;
        std::uint32_t begin, size;  // raw JSON in the arena; size 0: the key is missing
    };
    struct Object {
        Kind kind;
        Index first_field, last_field;  // one past the last
        Index first_child, last_child, next;
        std::uint32_t present = 0;  // bit n: an array of children of Kind n is there even if empty
        std::uint32_t nulled = 0;   // bit n: … is null instead
    };

    void clear() {
        arena_.clear();
        fields_.clear();
        objects_.clear();
    }
    // A new object, the last child of `parent` (kNone: the root).
    Index open(Kind kind, Index parent);

    // Fields of the object opened last. Texts need no escaping.
    void text(KeyId key, std::string_view value) {
        begin(key).push_back('"');
        arena_.append(value).push_back('"');
        end();
    }
    void raw(KeyId key, std::string_view json) {
        begin(key).append(json);
        end();
    }
    void null(KeyId key) { raw(key, "null"); }
    void empty(KeyId key) { raw(key, "\"\""); }
    void boolean(KeyId key, bool value) { raw(key, value ? "true" : "false"); }
    void number(KeyId key, std::int64_t value);
    void time(KeyId key, std::int64_t ms);
    // For values put together: append to what begin() returns, then end().
    std::string& begin(KeyId key) {
        fields_.push_back({key, static_cast<std::uint32_t>(arena_.size()), 0});
        return arena_;
    }
    void end() {
        fields_.back().size = static_cast<std::uint32_t>(arena_.size()) - fields_.back().begin;
        objects_.back().last_field = static_cast<Index>(fields_.size());
    }

    // Changes of the object opened last. set() replaces the value or adds the field; replace() does
    // nothing where the key is missing; remove() makes it missing.
    void set(KeyId key, std::string_view json);
    bool replace(KeyId key, std::string_view json);
    void remove(KeyId key);

    Object& at(Index object) { return objects_[object]; }
    const Object& at(Index object) const { return objects_[object]; }
    const Field* begin_of(Index object) const {
        return fields_.data() + objects_[object].first_field;
    }
    const Field* end_of(Index object) const { return fields_.data() + objects_[object].last_field; }
    std::string_view value(const Field& field) const {
        return std::string_view(arena_).substr(field.begin, field.size);
    }
    // The raw JSON of a field; empty when the key is missing.
    std::string_view value(Index object, KeyId key) const;
    bool is_empty() const { return objects_.empty(); }
    Index last() const { return static_cast<Index>(objects_.size() - 1); }

  private:
    std::string arena_;
    std::vector<Field> fields_;
    std::vector<Object> objects_;
};

constexpr std::uint32_t bit(Tree::Kind kind) { return 1U << static_cast<unsigned>(kind); }

// Appends the object and everything below it as JSON. `names`: the keys, escaped, with quotes and
// colon ("\"id\":").
void render(const Tree& tree, Tree::Index object, const std::vector<std::string>& names,
            std::string& out);

}  // namespace ringtail::sim
