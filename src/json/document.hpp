#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A whole JSON text as a flat list of its values, each with the very bytes it was delivered in.
// Ours and not simdjson's, because every value must be at hand raw (numbers digit for digit, nested
// JSON as delivered), one string that is no text must not make a page unreadable, and a key given
// twice must be seen twice. simdjson checks the UTF-8.
namespace ringtail {

class JsonDocument;

// A value of a document, or none: absent. Cheap to copy; lives as long as its document.
class JsonValue {
  public:
    enum class Kind : std::uint8_t { null, boolean, number, string, object, array };

    JsonValue() = default;
    JsonValue(const JsonDocument& document, std::uint32_t index)
        : document_(&document), index_(index) {}

    bool exists() const { return document_ != nullptr; }
    bool is(Kind kind) const { return exists() && this->kind() == kind; }
    bool is_null() const { return !exists() || kind() == Kind::null; }  // null or absent
    Kind kind() const;
    std::string_view raw() const;  // as delivered; blanks around it are not part of it

    // The text of a string; points into the document or, where it had escapes, into `scratch`.
    // False when this is no string, or one that is no Unicode text.
    bool text(std::string_view& text, std::string& scratch) const;
    // The same, but the raw JSON of everything that has no text: something to compare and to hash.
    std::string_view text_or_raw(std::string& scratch) const;

    // The last member of an object with this name; absent when there is none, or this is no object.
    JsonValue find(std::string_view name) const;

    // for (JsonValue element : array.elements()); nothing when this is no array.
    class Elements;
    Elements elements() const;
    // for (const auto& [name, value] : object.members()); nothing when this is no object.
    class Members;
    Members members() const;

    std::uint32_t index() const { return index_; }

  private:
    const JsonDocument* document_ = nullptr;
    std::uint32_t index_ = 0;
};

class JsonDocument {
  public:
    // Nesting beyond this is refused, so that walking a document by recursion is safe.
    static constexpr std::size_t kMaxDepth = 1024;

    // Reads `text`, which must outlive the document and be under 4 GB. Throws Error(data) naming
    // the byte where it stops being one whole JSON value. Strings that are no valid JSON (raw
    // control characters, bytes that are no UTF-8, unknown escapes) are repaired (json/text.hpp). A
    // byte order mark in front is passed over.
    explicit JsonDocument(std::string_view text);
    // Throws what the constructor would, and keeps nothing. Gives the byte that the outermost
    // value begins with.
    static char check(std::string_view text);
    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;

    JsonValue root() const { return {*this, 0}; }

    struct Node {
        std::uint32_t begin;
        std::uint32_t end;
        std::uint32_t next;  // index of what follows this value and all inside it
        JsonValue::Kind kind;
        bool escaped;  // a string with a backslash in it
    };
    const Node& node(std::uint32_t index) const { return nodes_[index]; }
    std::string_view raw(std::uint32_t index) const {
        return text_.substr(nodes_[index].begin, nodes_[index].end - nodes_[index].begin);
    }

  private:
    std::string_view text_;
    std::string repaired_;
    std::vector<Node> nodes_;  // an object is followed by name, value, name, value …
};

class JsonValue::Elements {
  public:
    struct Iterator {
        const JsonDocument* document;
        std::uint32_t index;
        JsonValue operator*() const { return {*document, index}; }
        Iterator& operator++() {
            index = document->node(index).next;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return index != other.index; }
    };
    Elements() = default;
    Elements(const JsonDocument& document, std::uint32_t array)
        : begin_{&document, array + 1}, end_{&document, document.node(array).next} {}
    Iterator begin() const { return begin_; }
    Iterator end() const { return end_; }

  private:
    Iterator begin_{nullptr, 0}, end_{nullptr, 0};
};

class JsonValue::Members {
  public:
    struct Member {
        JsonValue name;
        JsonValue value;
    };
    struct Iterator {
        const JsonDocument* document;
        std::uint32_t index;
        Member operator*() const { return {{*document, index}, {*document, index + 1}}; }
        Iterator& operator++() {
            index = document->node(index + 1).next;
            return *this;
        }
        bool operator!=(const Iterator& other) const { return index != other.index; }
    };
    Members() = default;
    Members(const JsonDocument& document, std::uint32_t object)
        : begin_{&document, object + 1}, end_{&document, document.node(object).next} {}
    Iterator begin() const { return begin_; }
    Iterator end() const { return end_; }

  private:
    Iterator begin_{nullptr, 0}, end_{nullptr, 0};
};

inline JsonValue::Kind JsonValue::kind() const { return document_->node(index_).kind; }

inline std::string_view JsonValue::raw() const { return document_->raw(index_); }

inline JsonValue::Elements JsonValue::elements() const {
    return is(Kind::array) ? Elements(*document_, index_) : Elements();
}

inline JsonValue::Members JsonValue::members() const {
    return is(Kind::object) ? Members(*document_, index_) : Members();
}

}  // namespace ringtail
