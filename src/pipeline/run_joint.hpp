#pragma once
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/run_stream.hpp"

namespace ringtail {

// One of several streams that are loaded together; none of what it points at may be null.
struct JointStream {
    Source* source = nullptr;
    std::string name;
    Observer* observer = nullptr;
};

// What became of it.
enum class JointEnd : std::uint8_t {
    done,      // a round of it is loaded
    more,      // as much of it is as fits into a load
    left_out,  // nothing is, and it is for run_stream(), which tells what is wrong
};

// A round of each source into a destination whose joint() is not null: read one after the other on
// this thread, loaded in few transactions, with the same promises as run_stream(). For sources that
// ask no service and have little to read. Makes nothing again, and throws nothing: where a source
// fails that one is left out, where a load fails all that were in it.
std::vector<JointEnd> run_joint(std::span<const JointStream> streams, Destination& destination,
                                const LoadSize& size, Clock& clock, Logger& log,
                                const std::stop_token& stop);

}  // namespace ringtail
