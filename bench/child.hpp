#pragma once
#include <string>
#include <vector>

namespace ringtail::bench {

struct Measured {
    int code = -1;
    double wall_s = 0, cpu_s = 0;
    double peak_mb = 0;  // largest resident set
    std::string out;     // standard output
};

// Runs a program to its end; its standard error goes to ours.
Measured measure(std::vector<std::string> words);

// A ringtail-sim on a free port, ended by the destructor.
class Sim {
  public:
    explicit Sim(std::vector<std::string> options);
    ~Sim();
    Sim(const Sim&) = delete;
    Sim& operator=(const Sim&) = delete;
    const std::string& url() const { return url_; }
    // CallKeeper's, which is served when an option --callkeeper-port asks for it.
    const std::string& callkeeper_url() const { return callkeeper_url_; }

  private:
    int pid_ = -1;
    std::string url_, callkeeper_url_;
};

// Where this program and its siblings are.
std::string sibling(const std::string& name);

}  // namespace ringtail::bench
