#include "base/metrics.hpp"

#include <gtest/gtest.h>

namespace ringtail {
namespace {

TEST(Metrics, WritesPrometheusText) {
    Metrics metrics;
    metrics.counter({"a_total", "Things."}, {{"source", "x\"y\\z\nw"}}).add(3);
    metrics.counter({"a_total", "Things."}, {{"source", "b"}, {"what", "added"}}).add();
    auto& age = metrics.gauge({"c_seconds", "Age."});
    metrics.before_text([&] { age.set(1.5); });
    EXPECT_EQ(metrics.text(),
              "# HELP a_total Things.\n"
              "# TYPE a_total counter\n"
              "a_total{source=\"b\",what=\"added\"} 1\n"
              "a_total{source=\"x\\\"y\\\\z\\nw\"} 3\n"
              "# HELP c_seconds Age.\n"
              "# TYPE c_seconds gauge\n"
              "c_seconds 1.5\n");
}

}  // namespace
}  // namespace ringtail
