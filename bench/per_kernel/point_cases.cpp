// SPDX-License-Identifier: Apache-2.0
#include "per_kernel/point_cases.hpp"

#include <algorithm>
#include <string>

#include "tempsweep/math/double_double.hpp"
#include "tempsweep/math/ordered_row.hpp"

namespace tempsweep::bench {
namespace {

using namespace kernels;  // NOLINT(google-build-using-namespace): this file is about little else

class PointBench {
 public:
  PointBench(Harness& harness, const PointRows& rows) : harness_(harness), rows_(rows) {}

  std::vector<Figure> run() {
    merges();
    laws();
    metrics();
    choices();
    all_of_float_sums();
    order();
    fill();
    return figures_;
  }

 private:
  template <class Job>
  void measure(const char* kernel, std::int64_t temperatures, double points, double bytes, const Job& job) {
    Figure figure{kernel, "[" + std::to_string(rows_.rows) + ", " + std::to_string(rows_.columns) + "] x " +
                              std::to_string(temperatures)};
    figure.seconds = harness_.seconds(job);
    figure.points_per_second = points / figure.seconds;
    figure.bytes_per_second = bytes / figure.seconds;
    figures_.push_back(figure);
  }
  [[nodiscard]] double points(std::int64_t temperatures) const {
    return static_cast<double>(rows_.rows * temperatures);
  }

  void merges() {
    const MergeScans scans{rows_.scan_parts, rows_.rows, rows_.scan_slices, nullptr,
                           harness_.make<RowScan>(rows_.rows)};
    measure("merge_scans", 0, static_cast<double>(rows_.rows), 0, [&] { harness_.launch(scans); });

    const DirectF64& exact = rows_.in_double;
    sums_ = harness_.make<RestSums>(rows_.rows * exact.temperatures);
    const MergeF64 merge{exact.parts, rows_.rows,  exact.temperatures,
                         rows_.scans, exact.betas, false,
                         nullptr,     sums_,       nullptr};
    measure("merge_f64", exact.temperatures, points(exact.temperatures), 0, [&] { harness_.launch(merge); });

    const DirectF32& quick = rows_.in_float;
    const std::int64_t all = rows_.rows * quick.temperatures;
    merge_f32_ = {quick.parts,
                  rows_.rows,
                  quick.temperatures,
                  rows_.scans,
                  rows_.float_betas,
                  quick.scales,
                  1e-5,
                  harness_.make<RestSums>(all),
                  harness_.make<std::uint8_t>(all)};
    measure("merge_f32", quick.temperatures, points(quick.temperatures), 0,
            [&] { harness_.launch(merge_f32_); });
  }

  [[nodiscard]] const double* inverses(const double* betas, std::int64_t count) {
    std::vector<double> values(static_cast<std::size_t>(count));
    must(
        harness_.runtime().copy_out(values.data(), betas, values.size() * sizeof(double), harness_.stream()));
    must(harness_.runtime().synchronise(harness_.stream()));
    std::transform(values.begin(), values.end(), values.begin(), [](double beta) { return 1 / beta; });
    return harness_.put(values);
  }

  void laws() {
    const std::int64_t few = rows_.in_double.temperatures;
    MakeLaws make{rows_.scans, sums_, inverses(rows_.in_double.betas, few),        nullptr, nullptr,
                  rows_.rows,  few,   laws_ = harness_.make<Law>(rows_.rows * few)};
    measure("make_laws", few, points(few), 0, [&] { harness_.launch(make); });
    temperature_ = make.temperature;
    const UnitReferences unit{rows_.scans, laws_, rows_.rows, harness_.make<double>(rows_.rows)};
    measure("unit_references", 1, static_cast<double>(rows_.rows), 0, [&] { harness_.launch(unit); });
  }

  [[nodiscard]] EvaluateMetrics metrics_of(const Law* laws, std::int64_t temperatures) {
    // Those without a reference of their own: what the peers do, and more.
    const std::vector<std::uint8_t> wanted = {0, 1, 2, 3, 4, 5, 6, 7};
    return {rows_.scans,
            laws,
            rows_.rows,
            temperatures,
            harness_.put(wanted),
            std::ssize(wanted),
            harness_.make<double>(std::ssize(wanted) * rows_.rows * temperatures)};
  }

  void metrics() {
    const std::int64_t few = rows_.in_double.temperatures;
    const EvaluateMetrics job = metrics_of(laws_, few);
    measure("evaluate_metrics", few, points(few), 0, [&] { harness_.launch(job); });
    const EvaluateRenyi renyi{
        rows_.scans, laws_, sums_, rows_.rows, few, 2.0, 1, 0, harness_.make<double>(rows_.rows * few)};
    measure("evaluate_renyi", few, points(few), 0, [&] { harness_.launch(renyi); });
  }

  /// Of points that no choice was made for: their cost is that of the reading.
  void choices() {
    const std::int64_t few = rows_.in_double.temperatures;
    const std::int64_t all = rows_.rows * few;
    auto* const origin = harness_.put(std::vector<Origin>(static_cast<std::size_t>(all), Origin::expansion));
    const auto* const errors = harness_.put(std::vector<SumErrors>(static_cast<std::size_t>(all)));
    const TakeSquares take{sums_, rows_.in_double.betas,       origin, rows_.rows,
                           few,   harness_.make<RestSums>(all)};
    must(harness_.runtime().clear(take.sums, static_cast<std::size_t>(all) * sizeof(RestSums),
                                  harness_.stream()));
    measure("take_squares", few, points(few), 0, [&] { harness_.launch(take); });
    const LargestErrors largest{rows_.scans,
                                sums_,
                                errors,
                                origin,
                                nullptr,
                                rows_.rows,
                                {rows_.in_double.betas, few},
                                harness_.make<RowErrors>(rows_.rows)};
    measure("largest_errors", few, points(few), 0, [&] { harness_.launch(largest); });
  }

  /// From float depths on the device to metrics on the device, as the peers are asked to do.
  void all_of_float_sums() {
    const DirectF32& quick = rows_.in_float;
    const MakeLaws make{
        rows_.scans, merge_f32_.sums,    inverses(rows_.float_betas, quick.temperatures),    nullptr, nullptr,
        rows_.rows,  quick.temperatures, harness_.make<Law>(rows_.rows * quick.temperatures)};
    const EvaluateMetrics job = metrics_of(make.laws, quick.temperatures);
    measure("metrics_f32", quick.temperatures,
            points(quick.temperatures) * static_cast<double>(rows_.columns), 0, [&] {
              harness_.launch(quick);
              harness_.launch(merge_f32_);
              harness_.launch(make);
              harness_.launch(job);
            });
  }

  void order() {
    const std::int64_t nodes = order_nodes(rows_.columns);
    const auto elements = static_cast<double>(rows_.rows * rows_.columns);
    auto* const sorted = harness_.make<double>(rows_.rows * rows_.stride);
    std::size_t bytes = 0;
    const auto sort = [&](void* room) {
      must(harness_.runtime().sort_rows(rows_.logits, sorted, rows_.rows, rows_.columns, rows_.stride, room,
                                        &bytes, harness_.stream()));
    };
    sort(nullptr);
    auto* const room = harness_.make<char>(static_cast<std::int64_t>(std::max<std::size_t>(bytes, 1)));
    measure("sort_rows", 0, elements, 16 * elements, [&] { sort(room); });
    const RankCuts cuts{sorted,
                        rows_.rows,
                        rows_.columns,
                        rows_.stride,
                        rows_.columns / 2,
                        rows_.scans,
                        harness_.make<Cut>(rows_.rows)};
    measure("rank_cuts", 0, static_cast<double>(rows_.rows), 0, [&] { harness_.launch(cuts); });
    const OrderRows order{sorted,
                          rows_.scans,
                          rows_.rows,
                          rows_.stride,
                          nodes,
                          harness_.make<OrderedNode>(rows_.rows * nodes),
                          harness_.make<double>(rows_.rows * rows_.stride)};
    measure("order_rows", 0, elements, 16 * elements, [&] { harness_.launch(order); });
    levels(order);
    cut_laws(order, sorted);
  }

  void levels(const OrderRows& order) {
    const std::int64_t few = rows_.in_double.temperatures;
    EvaluateOrdering job{};
    job.depths = order.depths;
    job.nodes = order.nodes;
    job.scans = rows_.scans;
    job.temperature = temperature_;
    job.rows = rows_.rows;
    job.temperatures = few;
    job.stride = rows_.stride;
    job.node_stride = order.node_stride;
    job.levels.nucleus_masses = harness_.put(std::vector<DoubleDouble>{{0.5, 0}, {0.9, 0}, {0.99, 0}});
    job.levels.mass_count = 3;
    job.levels.top_k = harness_.put(std::vector<std::int64_t>{1, 10, 100});
    job.levels.k_count = 3;
    job.out.nucleus_size = harness_.make<std::int64_t>(3 * rows_.rows * few);
    job.out.top_k_mass = harness_.make<double>(3 * rows_.rows * few);
    measure("evaluate_ordering", few, points(few), 0, [&] { harness_.launch(job); });
  }

  void cut_laws(const OrderRows& order, const double* sorted) {
    const std::int64_t few = rows_.in_double.temperatures;
    CutLaws job{};
    job.logits = rows_.logits;
    job.columns = rows_.columns;
    job.stride = job.ordered_stride = rows_.stride;
    job.scans = rows_.scans;
    job.temperatures = few;
    job.points = rows_.rows * few;
    job.temperature = temperature_;
    job.sorted = sorted;
    job.depths = order.depths;
    job.nodes = order.nodes;
    job.node_stride = order.node_stride;
    job.levels.top_k = 50;
    job.levels.top_p = {0.9, 0};
    job.cuts = harness_.make<LawCut>(job.points);
    measure("cut_laws", few, points(few), 0, [&] { harness_.launch(job); });
  }

  void fill() {
    const std::int64_t count = rows_.rows * rows_.columns;
    const Fill<float> job{harness_.make<float>(count), count, 1.0F};
    measure("fill", 0, static_cast<double>(count), 4 * static_cast<double>(count),
            [&] { harness_.launch(job); });
  }

  Harness& harness_;
  const PointRows& rows_;
  MergeF32 merge_f32_{};
  RestSums* sums_ = nullptr;
  Law* laws_ = nullptr;
  const double* temperature_ = nullptr;
  std::vector<Figure> figures_;
};

}  // namespace

std::vector<Figure> point_figures(Harness& harness, const PointRows& rows) {
  return PointBench(harness, rows).run();
}

}  // namespace tempsweep::bench
