// SPDX-License-Identifier: Apache-2.0
#include "accuracy/tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace tempsweep::testing {
namespace {

constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();

std::string share(double value) {
  return value == 0 ? "0" : fmt::format("{:.2g}", value);
}

std::string name(const Way& way) {
  return fmt::format("{} | {:.0e}", method_names.at(static_cast<std::size_t>(way.method)), way.tolerance);
}

std::string promised_table(const std::vector<Tally>& tallies) {
  std::string text = "| method | tolerance |";
  std::string rule = "|---|---|";
  for (const Measure& measure : measures) {
    if (measure.promised) {
      text += fmt::format(" {} |", measure.name);
      rule += "---|";
    }
  }
  text += " entropy, of bound | shifted Z, of bound | bound/error, entropy | bound/error, Z | own points |\n";
  text += rule + "---|---|---|---|---|\n";
  for (const Tally& tally : tallies) {
    text += "| " + name(tally.way()) + " |";
    for (std::size_t m = 0; m < measure_count; ++m) {
      if (measures.at(m).promised) {
        text += fmt::format(" {} |", share(tally.worst(static_cast<MeasureId>(m)).share));
      }
    }
    text +=
        fmt::format(" {} | {} | {:.0f} | {:.0f} | {:.0f} % |\n", share(tally.entropy_of_bound().share),
                    share(tally.partition_of_bound().share), tally.typical_ratio(0, 1, any_size),
                    tally.typical_ratio(1, 1, any_size),
                    100.0 * static_cast<double>(tally.own_points()) / static_cast<double>(tally.points()));
  }
  return text;
}

std::string other_table(const std::vector<Tally>& tallies) {
  std::string text =
      "| | error in | allowed | direct | expansion | interpolation |\n|---|---|---|---|---|---|\n";
  for (std::size_t m = 0; m < measure_count; ++m) {
    const Measure& measure = measures.at(m);
    if (measure.promised) {
      continue;
    }
    text += fmt::format("| {} | {} | {:.0e} |", measure.name, measure.unit, measure.factor * 1e-12);
    for (const Tally& tally : tallies) {
      if (tally.way().tolerance == 1e-12) {
        const auto& worst = tally.worst(static_cast<MeasureId>(m));
        text += fmt::format(" {} (row {}, T = {:.3g}) |", share(worst.share), worst.row, worst.temperature);
      }
    }
    text += "\n";
  }
  return text;
}

/// How far above the errors the stated bounds lie.
std::string ratio_table(const std::vector<Tally>& tallies) {
  constexpr std::array<std::pair<std::size_t, std::size_t>, 4> sizes = {
      {{1, 10}, {11, 1000}, {1001, 20000}, {20001, any_size}}};
  std::string text = "| tokens | direct | expansion | interpolation |\n|---|---|---|---|\n";
  for (const auto& [least, most] : sizes) {
    text += most == any_size ? fmt::format("| from {} |", least) : fmt::format("| {} to {} |", least, most);
    for (const Tally& tally : tallies) {
      if (tally.way().tolerance == 1e-12) {
        const double of_entropy = tally.typical_ratio(0, least, most);
        const double of_partition = tally.typical_ratio(1, least, most);
        text +=
            std::isnan(of_entropy) ? " none |" : fmt::format(" {:.0f}; {:.0f} |", of_entropy, of_partition);
      }
    }
    text += "\n";
  }
  return text;
}

std::string law_table(const std::vector<Tally>& tallies) {
  std::string text = "| law | direct | expansion | interpolation |\n|---|---|---|---|\n";
  for (const std::string& law : corpus_laws()) {
    text += "| " + law + " |";
    for (const Tally& tally : tallies) {
      if (tally.way().tolerance == 1e-12) {
        text += fmt::format(" {} |", share(tally.worst_of_law(law)));
      }
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string markdown_tables(const std::vector<Tally>& tallies, std::uint64_t rows,
                            const CorpusSettings& settings, double seconds) {
  std::int64_t violations = 0;
  double bound = 0;
  for (const Tally& tally : tallies) {
    violations += tally.violations();
    bound = std::max(bound, tally.largest_bound());
  }
  std::string text = fmt::format(
      "{} rows{}, seed {}, {} points a line; {} broken promises; the largest stated bound is {} of its "
      "tolerance; "
      "{:.0f} s.\n\n",
      rows, settings.model_logits.empty() ? " (none of a model)" : "", settings.seed,
      tallies.front().points(), violations, share(bound), seconds);
  text += "Worst error as a share of what is promised, and of what the backend stated for the row:\n\n" +
          promised_table(tallies);
  text += "\nThe worst of the promised figures by law, tolerance 1e-12:\n\n" + law_table(tallies);
  text +=
      "\nMedian over rows of the stated bound over the row's largest error, of entropy; of shifted Z "
      "(tolerance 1e-12):\n\n" +
      ratio_table(tallies);
  text +=
      "\nWhat follows from the sums and has no promise of its own, as a share of `allowed`, tolerance "
      "1e-12:\n\n" +
      other_table(tallies);
  return text;
}

}  // namespace tempsweep::testing
