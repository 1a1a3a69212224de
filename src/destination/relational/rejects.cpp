#include "destination/relational/rejects.hpp"

#include "base/md5.hpp"

namespace ringtail::relational {

std::string digest(const Reject& reject) {
    const auto length = [](const std::string& part) { return std::to_string(part.size()) + ":"; };
    return md5_hex({length(reject.table), reject.table, length(reject.key), reject.key,
                    length(reject.column), reject.column, length(reject.raw), reject.raw,
                    length(reject.reason), reject.reason});
}

}  // namespace ringtail::relational
