// SPDX-License-Identifier: Apache-2.0
#include "per_kernel/cases.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "tempsweep/math/law.hpp"

#include "per_kernel/draw_cases.hpp"
#include "per_kernel/harness.hpp"
#include "per_kernel/method_cases.hpp"
#include "per_kernel/point_cases.hpp"

namespace tempsweep::bench {
namespace {

using namespace kernels;  // NOLINT(google-build-using-namespace): this file is about little else

/// The cases, one after the other; each leaves on the device what the next ones need.
class Bench {
 public:
  Bench(Runtime& runtime, const Sizes& sizes) : harness_(runtime, sizes.runs), sizes_(sizes) {}

  std::vector<Figure> run_float(double seconds) {
    load_rows(sizes_.rows, sizes_.columns);
    figures_.clear();
    float_sums(seconds);
    return figures_;
  }

  std::vector<Figure> run() {
    load_rows(sizes_.rows, sizes_.columns);
    sums();
    for (Figure& figure : point_figures(harness_, {rows_, columns_, stride_, logits_, scans_, scan_parts_,
                                                   scan_slices_, in_float_, float_betas_, in_double_})) {
      figures_.push_back(std::move(figure));
    }
    for (Figure& figure : method_figures(harness_, {rows_, columns_, stride_, scans_, depths_}, sizes_)) {
      figures_.push_back(std::move(figure));
    }
    dense();
    load_rows(std::min<std::int64_t>(sizes_.rows, sizes_.draw_points), sizes_.draw_columns);
    for (Figure& figure : draw_figures(harness_, {rows_, columns_, stride_, scans_, logits_}, sizes_)) {
      figures_.push_back(std::move(figure));
    }
    return figures_;
  }

 private:
  template <class Job>
  void measure(Figure figure, double points, double bytes, const Job& job) {
    figure.seconds = harness_.seconds(job);
    figure.points_per_second = points / figure.seconds;
    figure.bytes_per_second = bytes / figure.seconds;
    figures_.push_back(figure);
  }

  [[nodiscard]] std::string shape(std::int64_t temperatures) const {
    return "[" + std::to_string(rows_) + ", " + std::to_string(columns_) + "] x " +
           std::to_string(temperatures);
  }

  void load_rows(std::int64_t rows, std::int64_t columns) {
    rows_ = rows;
    columns_ = columns;
    stride_ = round_up(columns, row_alignment);
    std::mt19937_64 engine(1);
    std::normal_distribution<float> normal(0.0F, 3.0F);
    std::vector<double> logits(static_cast<std::size_t>(rows * stride_));
    for (double& logit : logits) {
      logit = static_cast<double>(normal(engine));
    }
    logits_ = harness_.put(logits);
    scans_ = harness_.make<RowScan>(rows);
    ScanRows scan{logits_, rows, columns, stride_, nullptr};
    scan.parts = harness_.make<ScanPart>(rows * scan.slices());
    const auto elements = static_cast<double>(rows * columns);
    measure({"scan_rows", shape(0)}, elements, 8 * elements, [&] { harness_.launch(scan); });
    scan_parts_ = scan.parts;
    scan_slices_ = scan.slices();
    harness_.launch(MergeScans{scan.parts, rows, scan.slices(), nullptr, scans_});
    collect();
  }

  void collect() {
    CountKept count{logits_, rows_, columns_, stride_, scans_, nullptr, nullptr};
    count.counts = harness_.make<KeptCount>(rows_ * count.slices());
    CollectKept out{};
    out.logits = logits_;
    out.rows = rows_;
    out.columns = columns_;
    out.stride = out.out_stride = stride_;
    out.scans = scans_;
    out.counts = count.counts;
    out.narrow_stride = round_up(columns_, narrow_alignment);
    out.values = depths_ = harness_.make<double>(rows_ * stride_);
    out.narrow = narrow_ = harness_.make<float>(rows_ * out.narrow_stride);
    const auto elements = static_cast<double>(rows_ * columns_);
    measure({"count_kept", shape(0)}, elements, 8 * elements, [&] { harness_.launch(count); });
    measure({"collect_kept", shape(0)}, elements, (8 + 8 + 4) * elements, [&] { harness_.launch(out); });
  }

  /// β of a grid between T = 0.05 and 5.
  static std::vector<double> betas(std::int64_t count) {
    std::vector<double> all;
    for (std::int64_t t = 0; t < count; ++t) {
      all.push_back(1 / (0.05 * std::pow(100.0, static_cast<double>(t) / static_cast<double>(count))));
    }
    return all;
  }

  /// \param seconds  how long each variant is repeated at least; 0: as often as the other kernels
  void float_sums(double seconds) {
    const auto many = betas(sizes_.float_temperatures);
    std::vector<float> scales;
    for (const double beta : many) {
      scales.push_back(static_cast<float>(sum_scale(beta)));
    }
    DirectF32 direct{narrow_,
                     rows_,
                     columns_,
                     round_up(columns_, narrow_alignment),
                     scans_,
                     harness_.put(scales),
                     sizes_.float_temperatures,
                     nullptr};
    direct.parts = harness_.make<PartialSums>(direct.slices() * rows_ * direct.temperatures);
    in_float_ = direct;
    float_betas_ = harness_.put(many);
    float_variant("direct_f32", seconds, [&] { harness_.launch(in_float_); });
    float_variant("direct_f32_mixed", seconds, [&] { harness_.launch(DirectF32Mixed{in_float_}); });
  }

  template <class Job>
  void float_variant(const char* name, double seconds, const Job& job) {
    for (double spent = 0; spent < seconds;) {
      spent += (sizes_.runs + 1) * harness_.seconds(job);
    }
    const auto betas = static_cast<double>(in_float_.temperatures);
    measure({name, shape(in_float_.temperatures)}, static_cast<double>(rows_ * columns_) * betas, 0, job);
  }

  void sums() {
    float_sums(0);
    const auto elements = static_cast<double>(rows_ * columns_);
    const double* const few = harness_.put(betas(sizes_.double_temperatures));
    DirectF64 exact{depths_, rows_,   columns_, stride_, scans_, few, sizes_.double_temperatures,
                    false,   nullptr, nullptr,  nullptr};
    exact.parts = harness_.make<PartialSums>(exact.slices() * rows_ * exact.temperatures);
    Figure figure{"direct_f64", shape(exact.temperatures)};
    figure.fp64_per_point = 17;
    measure(figure, elements * static_cast<double>(exact.temperatures), 0, [&] { harness_.launch(exact); });
    in_double_ = exact;
    sums_ = harness_.make<RestSums>(rows_ * exact.temperatures);
    harness_.launch(
        MergeF64{exact.parts, rows_, exact.temperatures, scans_, few, false, nullptr, sums_, nullptr});
    std::vector<double> temperatures;
    for (const double beta : betas(sizes_.double_temperatures)) {
      temperatures.push_back(1 / beta);
    }
    temperatures_ = harness_.put(temperatures);
    laws_ = harness_.make<Law>(rows_ * exact.temperatures);
    harness_.launch(
        MakeLaws{scans_, sums_, temperatures_, nullptr, nullptr, rows_, exact.temperatures, laws_});
  }

  /// As many points as a third of the free memory holds.
  void dense() {
    DeviceFacts facts;
    must(harness_.runtime().facts(0, facts));
    const auto room = static_cast<std::int64_t>(facts.free_bytes / 3) / (columns_ * 4);
    Probabilities job{};
    job.logits = logits_;
    job.columns = job.tokens = columns_;
    job.stride = stride_;
    job.scans = scans_;
    job.laws = laws_;
    job.temperatures = sizes_.double_temperatures;
    job.points = std::min({sizes_.dense_points, room, rows_ * sizes_.double_temperatures});
    auto* const out = harness_.make<float>(job.points * columns_);
    const double points = static_cast<double>(job.points) * static_cast<double>(columns_);
    const std::string name = std::to_string(job.points) + " points x " + std::to_string(columns_);
    job.probability = out;
    Figure figure{"probabilities_f32", name};
    measure(figure, points, 4 * points, [&] { harness_.launch(job); });
    figure.kernel = "probabilities_float";
    measure(figure, points, 4 * points, [&] { harness_.launch(FloatProbabilities{job, 4}); });
    job.probability = nullptr;
    job.log16 = reinterpret_cast<std::uint16_t*>(out);
    figure.kernel = "probabilities_log16";
    measure(figure, points, 2 * points, [&] { harness_.launch(job); });
  }

  Harness harness_;
  const Sizes& sizes_;
  std::vector<Figure> figures_;
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  std::int64_t stride_ = 0;
  const double* logits_ = nullptr;
  RowScan* scans_ = nullptr;
  const ScanPart* scan_parts_ = nullptr;
  std::int64_t scan_slices_ = 0;
  DirectF32 in_float_{};
  const double* float_betas_ = nullptr;
  DirectF64 in_double_{};
  double* depths_ = nullptr;
  float* narrow_ = nullptr;
  RestSums* sums_ = nullptr;
  const double* temperatures_ = nullptr;
  Law* laws_ = nullptr;
};

}  // namespace

Sizes full_sizes() {
  return {64, 128256, 256, 64, 4096, 32000, 512, std::uint64_t{1} << 24U, 9};
}

Sizes quick_sizes() {
  return {64, 128256, 64, 16, 1024, 32000, 128, std::uint64_t{1} << 22U, 3};
}

Sizes host_sizes() {
  return {2, 3000, 8, 4, 4, 300, 4, 2000, 1};
}

std::vector<Figure> run_float_sums(Runtime& runtime, const Sizes& sizes, double seconds) {
  return Bench(runtime, sizes).run_float(seconds);
}

std::vector<Figure> run_cases(Runtime& runtime, const Sizes& sizes) {
  return Bench(runtime, sizes).run();
}

}  // namespace tempsweep::bench
