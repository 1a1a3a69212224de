#include "base/error.hpp"

namespace ringtail {

std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::transient:
            return "transient";
        case Fault::throttled:
            return "throttled";
        case Fault::auth:
            return "auth";
        case Fault::config:
            return "config";
        case Fault::data:
            return "data";
        case Fault::stopped:
            return "stopped";
        case Fault::bug:
            return "bug";
    }
    return "bug";
}

Error Error::within(std::string_view context) const {
    Error outer(fault_, std::string(context) + ": " + what());
    outer.hint_ = hint_;
    outer.retry_after_ = retry_after_;
    return outer;
}

}  // namespace ringtail
