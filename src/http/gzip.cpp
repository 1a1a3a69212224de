#include "http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/error.hpp"

namespace ringtail::http {

struct Gzip::Stream {
    Stream() {
        constexpr int kGzipHeader = 16;
        constexpr int kMemory = 8;
        if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzipHeader, kMemory,
                         Z_DEFAULT_STRATEGY) != Z_OK) {
            throw Error(Fault::bug, "zlib does not start");
        }
    }
    ~Stream() { deflateEnd(&z); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    z_stream z{};
};

Gzip::Gzip() : stream_(std::make_unique<Stream>()) {}
Gzip::~Gzip() = default;

void Gzip::add(std::string_view piece) {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    while (!piece.empty()) {
        const std::string_view now = piece.substr(0, kMost);
        write(now, Z_NO_FLUSH);
        piece.remove_prefix(now.size());
    }
}

std::string Gzip::take() {
    write({}, Z_FINISH);
    return std::move(out_);
}

void Gzip::write(std::string_view piece, int flush) {
    z_stream& z = stream_->z;
    std::array<Bytef, 64U << 10U> buffer;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // zlib's old signature
    z.avail_in = static_cast<uInt>(piece.size());
    do {
        z.next_out = buffer.data();
        z.avail_out = static_cast<uInt>(buffer.size());
        if (deflate(&z, flush) == Z_STREAM_ERROR) throw Error(Fault::bug, "zlib lost its state");
        out_.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - z.avail_out);
    } while (z.avail_out == 0);
}

}  // namespace ringtail::http
