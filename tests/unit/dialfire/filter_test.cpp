#include "source/dialfire/filter.hpp"

#include <gtest/gtest.h>

namespace ringtail::dialfire {
namespace {

using Text = std::optional<std::string_view>;
constexpr auto kAbsent = std::nullopt;

struct Case {
    const char* name;
    FilterMode mode;
    std::optional<std::string> stages;
    Text type, user, status_detail, task;
    bool passes;
};

class FilterRule : public ::testing::TestWithParam<Case> {};

TEST_P(FilterRule, IsTheOldClients) {
    const Case& rule = GetParam();
    const TransactionFilter filter({rule.mode, rule.stages});
    EXPECT_EQ(filter.passes({rule.type, rule.user, rule.status_detail, rule.task}), rule.passes);
}

constexpr FilterMode kNone = FilterMode::none;
constexpr FilterMode kUpdates = FilterMode::updates_only;
constexpr FilterMode kHuman = FilterMode::hi_updates_only;

// facts/dialfire.md B.9
INSTANTIATE_TEST_SUITE_P(
    Dialfire, FilterRule,
    ::testing::Values(
        Case{"no_filter", kNone, {}, "dial_result", kAbsent, "$assigned", "x", true},
        Case{"updates_update", kUpdates, {}, "update", kAbsent, "$assigned", "x", true},
        Case{"updates_other", kUpdates, {}, "dial_result", "u", "ok", "x", false},
        Case{"updates_type_missing", kUpdates, {}, kAbsent, kAbsent, kAbsent, "x", true},
        Case{"updates_type_empty", kUpdates, {}, "", "u", "ok", "x", false},
        Case{"updates_type_case", kUpdates, {}, "Update", "u", "ok", "x", false},
        Case{"human_user", kHuman, {}, "update", "u", "ok", "x", true},
        Case{"human_other_type", kHuman, {}, "dial_result", "u", "ok", "x", false},
        Case{"human_user_missing", kHuman, {}, "update", kAbsent, "ok", "x", false},
        Case{"human_user_empty_passes", kHuman, {}, "update", "", "ok", "x", true},
        Case{"human_assigned", kHuman, {}, "update", "u", "$assigned", "x", false},
        Case{"human_detail_missing", kHuman, {}, "update", "u", kAbsent, "x", true},
        Case{"human_type_missing", kHuman, {}, kAbsent, "u", "ok", "x", true},
        Case{"stage_first", kNone, "fc_,qc_", "x", kAbsent, kAbsent, "fc_anruf", true},
        Case{"stage_second", kNone, "fc_,qc_", "x", kAbsent, kAbsent, "qc_", true},
        Case{"stage_none", kNone, "fc_,qc_", "x", kAbsent, kAbsent, "afc_", false},
        Case{"stage_shorter_task", kNone, "fc_,qc_", "x", kAbsent, kAbsent, "fc", false},
        Case{"stage_case", kNone, "fc_", "x", kAbsent, kAbsent, "FC_anruf", false},
        Case{"stage_task_missing_passes", kNone, "fc_", "x", kAbsent, kAbsent, kAbsent, true},
        Case{"stage_task_empty", kNone, "fc_", "x", kAbsent, kAbsent, "", false},
        Case{"stage_not_trimmed", kNone, "fc_, qc_", "x", kAbsent, kAbsent, "qc_anruf", false},
        Case{"stage_blank_is_part", kNone, "fc_, qc_", "x", kAbsent, kAbsent, " qc_anruf", true},
        Case{"stage_trailing_comma_matches_all", kNone, "fc_,", "x", kAbsent, kAbsent, "zz", true},
        Case{"stage_empty_matches_all", kNone, "", "x", kAbsent, kAbsent, "zz", true},
        Case{"both_pass", kHuman, "fc_", "update", "u", "ok", "fc_1", true},
        Case{"both_wrong_stage", kHuman, "fc_", "update", "u", "ok", "qc_1", false},
        Case{"both_wrong_user", kHuman, "fc_", "update", kAbsent, "ok", "fc_1", false}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ringtail::dialfire
