#include "contract/destination_suite.hpp"
#include "integration/clickhouse/subject.hpp"

namespace ringtail::contract {
namespace {

INSTANTIATE_TEST_SUITE_P(ClickHouse, DestinationSuite,
                         ::testing::Values(SubjectKind{
                             "clickhouse", [] { return std::make_unique<ClickHouseSubject>(); },
                             "ClickHouse 18.16, which has no DateTime64"}),
                         kind_name);

}  // namespace
}  // namespace ringtail::contract
