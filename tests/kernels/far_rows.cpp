// SPDX-License-Identifier: Apache-2.0
// A block of more than 2^32 logits: eight rows, again and again, through one backend.
//   cuda_far [--backend cuda|cuda-host] [--rows N] [--columns V] [--json FILE]
// Equal rows must have equal metrics to the bit, by every method; the last rows' probabilities and draws must
// be those that they have alone. Exit status 1 when they do not, 77 when the backend is not there.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tempsweep/core/number.hpp"

#include "backend/cuda/cuda_backend.hpp"
#include "kernels/repeated_rows.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {

// Not called: the backend is named.
std::unique_ptr<Backend> make_backend_under_test(const Wanted&, int) {
  return nullptr;
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t period = 8;
constexpr std::int64_t page_tokens = 512;  ///< eight rows of that many floats are whole pages

struct Options {
  std::string backend = "cuda", json;
  std::int64_t rows = 40000;
  std::int64_t columns = 131072;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string word = argv[i];
    const std::string value = argv[i + 1];
    if (word == "--backend") {
      options.backend = value;
    } else if (word == "--json") {
      options.json = value;
    } else if (word == "--rows") {
      options.rows = static_cast<std::int64_t>(parse_count(value, word)) / period * period;
    } else if (word == "--columns") {
      options.columns = static_cast<std::int64_t>(parse_count(value, word)) / page_tokens * page_tokens;
    } else {
      throw std::invalid_argument(word + " is no option");
    }
  }
  return options;
}

class FarRows {
 public:
  FarRows(const BackendEntry& entry, const Options& options)
      : entry_(entry),
        rows_(options.rows),
        columns_(options.columns),
        some_(normal_logits(static_cast<std::size_t>(period * columns_), 3, 5)),
        many_(some_, rows_ / period) {}

  /// Rows whose metrics are not those of the equal row among the first eight, alone.
  std::int64_t unequal_metrics(Method method) {
    const std::vector<double> temperatures = {0.05, 1, 3};
    Wanted wanted = want(method, temperatures);
    const BackendRun alone = run_backend(entry_.create(wanted, {threads, 0}), wanted, some_, temperatures,
                                         {period, 0, columns_, {}, threads});
    const auto backend = entry_.create(wanted, {threads, 0});
    backend->load({many_.all(), rows_, columns_, 0, {}}, columns_);
    std::vector<std::vector<double>> found(wanted.metrics.size());
    TileOutput out;
    for (auto& values : found) {
      values.assign(static_cast<std::size_t>(rows_) * temperatures.size(), -1);
      out.metrics.emplace_back(values);
    }
    backend->evaluate(temperatures, out);
    std::int64_t unequal = 0;
    for (std::int64_t row = 0; row < rows_; ++row) {
      bool same = true;
      for (std::size_t m = 0; m < found.size(); ++m) {
        for (std::size_t t = 0; t < temperatures.size(); ++t) {
          const auto at = [&](std::int64_t r) {
            return static_cast<std::size_t>(r) * temperatures.size() + t;
          };
          same = same && std::memcmp(&found[m][at(row)], &alone.metrics[m][at(row % period)], 8) == 0;
        }
      }
      unequal += same ? 0 : 1;
    }
    return unequal;
  }

  /// Probabilities and counts of the last eight rows that are not those of these rows alone.
  std::pair<std::int64_t, std::int64_t> unequal_dense() {
    const std::vector<double> temperatures = {0.7};
    Wanted wanted = want(Method::direct, temperatures);
    wanted.metrics.clear();
    wanted.probabilities = ProbabilityFormat::f32;
    wanted.samples = 3000;
    const BackendRun alone = run_backend(entry_.create(wanted, {threads, 0}), wanted, some_, temperatures,
                                         {period, rows_ - period, columns_, {}, threads});
    const auto size = some_.size();
    const RepeatedRows<float> probability(std::vector<float>(size, -1), rows_ / period);
    const RepeatedRows<std::uint64_t> count(std::vector<std::uint64_t>(size, 99), rows_ / period);
    const auto backend = entry_.create(wanted, {threads, 0});
    backend->load({many_.all(), rows_, columns_, 0, {}}, columns_);
    TileOutput out;
    out.probability = probability.all();
    out.count = count.all();
    backend->evaluate(temperatures, out);
    return {unequal(probability.piece(), alone.probability), unequal(count.piece(), alone.count)};
  }

 private:
  static constexpr int threads = 2;

  template <class T>
  static std::int64_t unequal(const std::vector<T>& a, const std::vector<T>& b) {
    std::int64_t different = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      different += std::memcmp(&a[i], &b.at(i), sizeof(T)) == 0 ? 0 : 1;
    }
    return different;
  }

  [[nodiscard]] Wanted want(Method method, const std::vector<double>& temperatures) const {
    Wanted wanted = wanted_at_width(want_metrics(), static_cast<std::size_t>(columns_));
    wanted.metrics.erase(std::find(wanted.metrics.begin(), wanted.metrics.end(), metric_id("cross_entropy")));
    wanted.method = method;
    wanted.grid = temperatures;
    return wanted;
  }

  const BackendEntry& entry_;
  std::int64_t rows_, columns_;
  std::vector<double> some_;
  RepeatedRows<double> many_;
};

int far(const Options& options) {
  const BackendEntry device = options.backend == "cuda" ? cuda::backend_entry() : cuda::host_backend_entry();
  if (const std::string missing = device.unavailable(); !missing.empty()) {
    std::printf("skipped: %s\n", missing.c_str());
    return 77;
  }
  const auto start = Clock::now();
  FarRows rows(device, options);
  nlohmann::ordered_json json = {{"backend", options.backend},
                                 {"rows", options.rows},
                                 {"columns", options.columns},
                                 {"past_2_32", options.rows * options.columns > (std::int64_t{1} << 32U)}};
  const std::int64_t direct = rows.unequal_metrics(Method::direct);
  const std::int64_t expanded = rows.unequal_metrics(Method::expansion);
  const auto [probabilities, counts] = rows.unequal_dense();
  const bool good = direct == 0 && expanded == 0 && probabilities == 0 && counts == 0;
  json["unequal"] = {{"rows_direct", direct},
                     {"rows_expansion", expanded},
                     {"probabilities", probabilities},
                     {"counts", counts}};
  json["good"] = good;
  json["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("%s\n", json.dump(1).c_str());
  if (!options.json.empty()) {
    std::ofstream(options.json) << json.dump(1) << '\n';
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace tempsweep::testing

int main(int argc, char** argv) {
  try {
    return tempsweep::testing::far(tempsweep::testing::parse(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuda_far: %s\n", error.what());
    return 2;
  }
}
