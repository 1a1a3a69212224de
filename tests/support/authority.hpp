#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/process.hpp"

namespace ringtail::test {

// A certificate authority of the test's own, made by openssl in a folder.
class Authority {
  public:
    explicit Authority(std::string folder) : folder_(std::move(folder)) {
        make({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
              "-days", "2", "-subj", "/CN=an authority", "-keyout", file("ca.key"), "-out",
              certificate()});
    }
    // NAME.pem and NAME.key, for 127.0.0.1 and receiver.invalid.
    void issue(const std::string& name) {
        make({"req",
              "-x509",
              "-newkey",
              "ec",
              "-pkeyopt",
              "ec_paramgen_curve:P-256",
              "-nodes",
              "-days",
              "2",
              "-subj",
              "/CN=" + name,
              "-addext",
              "subjectAltName=DNS:receiver.invalid,IP:127.0.0.1",
              "-addext",
              "basicConstraints=critical,CA:FALSE",
              "-CA",
              certificate(),
              "-CAkey",
              file("ca.key"),
              "-keyout",
              file(name + ".key"),
              "-out",
              file(name + ".pem")});
    }
    void lock_key(const std::string& name, const std::string& locked) {
        make({"pkey", "-in", file(name + ".key"), "-aes256", "-passout", "pass:canary", "-out",
              file(locked)});
    }
    std::string certificate() const { return file("ca.pem"); }
    std::string file(const std::string& name) const { return folder_ + "/" + name; }

  private:
    static void make(std::vector<std::string> words) {
        words.insert(words.begin(), "openssl");
        const auto made = test::run(words);
        if (made.code != 0) throw std::runtime_error("openssl: " + made.err);
    }
    std::string folder_;
};

}  // namespace ringtail::test
