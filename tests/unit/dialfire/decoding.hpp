#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "source/dialfire/decode.hpp"

// Decodes one answer as the source does, and shows what came out as text.
namespace ringtail::dialfire::testing {

struct Scene {
    std::vector<Field> fields;
    Options options;
    std::vector<std::string> asked;
};

class Decoding {
  public:
    explicit Decoding(Scene scene);
    Decoding& contacts(std::string_view body);
    Decoding& inbound(std::string_view body);

    const Decoded& out() const { return out_; }
    const Batch& batch(TableIndex table) const { return out_.batches[table]; }
    // A cell as golden files show it ("null", 12, true, "text", {"raw":1}); the test fails when
    // there is no such column.
    std::string cell(TableIndex table, std::size_t row, std::string_view column) const;
    // All cells of a column.
    std::vector<std::string> column(TableIndex table, std::string_view column) const;

  private:
    std::vector<Table> tables_;
    Scene scene_;
    Decoded out_;
};

// "text" in quotes, with escapes for what an editor would not show.
std::string in_quotes(std::string_view text);
std::string shown(const Cell& cell);
// Everything that was decoded, for golden files. Columns that are null are left out.
std::string shown(const Decoded& decoded);
std::string shown(const std::vector<Table>& tables);

}  // namespace ringtail::dialfire::testing
