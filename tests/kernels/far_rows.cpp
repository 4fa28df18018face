// SPDX-License-Identifier: Apache-2.0
#include "kernels/far_rows.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "tempsweep/math/bits.hpp"

#include "kernels/repeated_rows.hpp"
#include "support/backend_run.hpp"

namespace tempsweep::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t period = 8;

class FarRows {
 public:
  FarRows(const BackendEntry& entry, std::int64_t rows, std::int64_t columns)
      : entry_(entry),
        rows_(rows),
        columns_(columns),
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
          same = same && bits_of(found[m][at(row)]) == bits_of(alone.metrics[m][at(row % period)]);
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
      different += a[i] == b.at(i) ? 0 : 1;  // a NaN differs from everything: none belongs there
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

}  // namespace

nlohmann::ordered_json compare_far_rows(const BackendEntry& device, std::int64_t rows, std::int64_t columns) {
  const auto start = Clock::now();
  FarRows far(device, rows, columns);
  const std::int64_t direct = far.unequal_metrics(Method::direct);
  const std::int64_t expanded = far.unequal_metrics(Method::expansion);
  const auto [probabilities, counts] = far.unequal_dense();
  nlohmann::ordered_json json = {
      {"rows", rows}, {"columns", columns}, {"past_2_32", rows * columns > (std::int64_t{1} << 32U)}};
  json["unequal"] = {{"rows_direct", direct},
                     {"rows_expansion", expanded},
                     {"probabilities", probabilities},
                     {"counts", counts}};
  json["good"] = direct == 0 && expanded == 0 && probabilities == 0 && counts == 0;
  json["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  return json;
}

}  // namespace tempsweep::testing
