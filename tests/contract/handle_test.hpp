#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "contract/fixture.hpp"

// What the tests of one database share, beside the contract.
namespace ringtail::test {

using contract::boolean;
using contract::error_of;
using contract::json;
using contract::kFirst;
using contract::kSecond;
using contract::kStream;
using contract::LogLines;
using contract::number;
using contract::one;
using contract::put;
using contract::text;

// A test with a handle to a database, which the derived one opens.
class HandleTest : public ::testing::Test {
  protected:
    // Prepares and takes the lease.
    std::vector<Table> start(const std::vector<Table>& tables) {
        auto prepared = destination_->prepare(tables);
        destination_->streams().hold(kStream, holder_);
        return prepared;
    }
    LoadStats load(std::span<const Batch> batches, Instant now = kFirst,
                   std::stop_token stop = {}) {
        return load_with(*destination_, batches, now, std::move(stop));
    }
    LoadStats load_with(Destination& destination, std::span<const Batch> batches,
                        Instant now = kFirst, std::stop_token stop = {}) {
        const Checkpoint after{"after"};
        return destination.load({batches, {}, {}, kStream, holder_, &after, now}, std::move(stop));
    }

    std::unique_ptr<Destination> destination_;
    const std::string holder_ = this_holder();
};

}  // namespace ringtail::test
