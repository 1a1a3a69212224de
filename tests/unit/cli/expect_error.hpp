#pragma once
#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "base/error.hpp"

namespace ringtail::cli {

// The Error that `call` throws; a failed expectation when it throws none.
inline Error error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return {Fault::bug, "none"};
}

// Message and hint of a Fault::config.
inline std::string refusal_of(const std::function<void()>& call) {
    const Error error = error_of(call);
    EXPECT_EQ(error.fault(), Fault::config);
    return std::string(error.what()) + "\n" + error.hint();
}

}  // namespace ringtail::cli
