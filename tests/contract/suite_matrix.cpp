#include "contract/matrix.hpp"
#include "sql/value.hpp"

// Every value of the type matrix is stored exactly, or NULL with a reject that has its raw text;
// and docs/tables.md says which.
namespace ringtail::contract {

// How a column's name is stored, in words.
inline std::string name_text(const std::string& first, const std::string& second) {
    if (first == kLongName + "1" && second == kLongName + "2") return "as they are";
    return "the front part and a hash, " + std::to_string(first.size()) + " bytes";
}

TEST_P(DestinationSuite, TypeMatrix) {
    const Table table = matrix_table();
    const auto prepared = start({table});
    const Dump created = subject_->dump(table.name);
    const auto values = matrix_values();
    std::vector<Batch> batches;
    batches.emplace_back(prepared[0]);
    const auto id_of = [](std::size_t i) { return "row" + std::to_string(i); };
    for (std::size_t i = 0; i < values.size(); ++i) {
        put(batches[0],
            {{"id", text(id_of(i))}, {values[i].column, {values[i].kind, values[i].text}}});
    }
    EXPECT_EQ(load(batches)[0].inserted, values.size());

    const Dump stored = subject_->dump(table.name);
    ASSERT_EQ(stored.columns.size(), table.columns.size());
    std::map<std::string, std::map<std::string, std::string>> reject_of;  // by row and column
    for (auto& reject : rejects())
        reject_of[reject["row_key"] + " " + reject["column_name"]] = reject;
    std::map<std::string, const std::vector<std::optional<std::string>>*> row_of;
    for (const auto& row : stored.rows) row_of[row.at(0).value_or("")] = &row;
    std::map<std::string, MatrixLine> lines;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const MatrixValue& tried = values[i];
        SCOPED_TRACE(tried.column + ": " + tried.label);
        const auto place = static_cast<std::size_t>(
            std::ranges::find(table.columns, tried.column, &Column::name) - table.columns.begin());
        ASSERT_TRUE(row_of.contains(id_of(i)));
        const auto shown = plain(table.columns[place].type, row_of[id_of(i)]->at(place));
        const auto reject = reject_of.extract(id_of(i) + " " + tried.column);
        MatrixLine& line = lines[tried.column];
        if (!created.types.empty()) {
            line.created = created.types.at(place);
            line.now = stored.types.at(place);
        }
        if (shown) {
            EXPECT_EQ(shown->substr(0, 200), tried.exact.value_or("NULL").substr(0, 200));
            EXPECT_TRUE(shown == tried.exact) << "differs";
            EXPECT_TRUE(reject.empty()) << "stored and rejected";
            add_label(line.exact, tried.label);
        } else if (!tried.exact) {
            EXPECT_TRUE(reject.empty()) << "no value was lost";
        } else {
            ASSERT_FALSE(reject.empty()) << "NULL without a reject";
            EXPECT_EQ(reject.mapped()["raw"], sql::raw_json({tried.kind, tried.text}));
            EXPECT_NE(reject.mapped()["reason"], "");
            add_label(line.rejected[reject.mapped()["reason"]], tried.label);
        }
    }
    EXPECT_TRUE(reject_of.empty()) << "rejects of nothing";
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, values.size());

    if (GetParam().title.empty()) return;  // not a database for users
    std::string page = "\n**" + GetParam().title +
                       "**\n\n| type | column | stored exactly | reject |\n"
                       "| --- | --- | --- | --- |\n";
    for (const auto* type :
         {"text", "boolean", "int64", "decimal", "decimal with 30 decimals", "timestamp", "json"})
        page += line_text(type, lines[type]);
    page += "\nNames of 200 characters: " + name_text(stored.columns.at(8), stored.columns.at(9)) +
            ".\n\n";
    EXPECT_EQ(MatrixPage(GetParam().title).compare(page), "");
}

}  // namespace ringtail::contract
