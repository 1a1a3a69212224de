#include "destination/clickhouse/check_table.hpp"

#include <gtest/gtest.h>

namespace ringtail::clickhouse {
namespace {

using Names = std::vector<std::string>;

TEST(ClickHouseCheckTable, ColumnsOfASortingKey) {
    EXPECT_EQ(key_columns_in(""), Names());
    EXPECT_EQ(key_columns_in("id"), Names{"id"});
    EXPECT_EQ(key_columns_in("`$id`, `a, b`, `c\\`d\\\\`, plain_9"),
              (Names{"$id", "a, b", "c`d\\", "plain_9"}));
    for (const char* expression : {"lower(id)", "id, toDate(at)", "`a` + `b`", "a.b", "id,", "`a"})
        EXPECT_EQ(key_columns_in(expression), std::nullopt) << expression;
}

TEST(ClickHouseCheckTable, EnginesThatReplaceByVersion) {
    for (const char* good :
         {"ReplacingMergeTree(_version) PARTITION BY _month ORDER BY id",
          "ReplacingMergeTree(`_version`)",
          "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/t', '{replica}', _version) "
          "ORDER BY id",
          "SharedReplacingMergeTree('/{uuid}/{shard}', '{replica}', _version) ORDER BY id",
          "ReplacingMergeTree(d, id, 8192, _version)"})
        EXPECT_TRUE(replaces_by_version(good)) << good;
    for (const char* bad :
         {"", "MergeTree ORDER BY _version", "ReplacingMergeTree ORDER BY (_version)",
          "ReplacingMergeTree(_hash)", "CollapsingMergeTree(_version)",
          "VersionedCollapsingMergeTree(sign, _version)"})
        EXPECT_FALSE(replaces_by_version(bad)) << bad;
}

}  // namespace
}  // namespace ringtail::clickhouse
