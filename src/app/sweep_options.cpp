// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_options.hpp"

namespace tempsweep::app {

const std::vector<OptionSpec>& sweep_options() {
  static const std::vector<OptionSpec> options = {
      {"output", "OUT.h5", "the result file", "", 'o'},
      {"force", "", "replace an existing result file"},
      {"synthetic", "LAW", "instead of INPUT: normal:SIGMA, gumbel, zipf:S, uniform:A:B"},
      {"synthetic-rows", "N", "rows of the synthetic input (1)"},
      {"rows", "A:B", "rows A to B-1 of the input (all)"},
      {"temperatures", "GRID",
       "0.1,0.5,1  lin:A:B:N  log:A:B:N  invlin:A:B:N  @file; 0 and inf (log:0.05:5:64)"},
      {"vocab", "SIZES", "10,1000,32000  log2:64:131072  all (all)"},
      {"vocab-by", "WAY", "prefix: the first V tokens, rank: the V highest logits (prefix)"},
      {"metrics", "LIST", "names, default or all (default); tempsweep sweep --help shows them below"},
      {"labels", "FILE", "true token of every row, for cross_entropy"},
      {"renyi-orders", "LIST", "orders for renyi_entropy: 0.5,2,inf"},
      {"nucleus-masses", "LIST", "masses for nucleus_size: 0.5,0.9,0.95,0.99"},
      {"mass-at-k", "LIST", "numbers of tokens for top_k_mass: 1,10,100"},
      {"min-p-levels", "LIST", "levels for min_p_survivors: 0.05,0.1"},
      {"thresholds", "LIST", "probabilities for tokens_above: 0.1"},
      {"tokens", "FILE", "names of the tokens, one a line"},
      {"probabilities", "FORMAT", "none, f32 or log16 (none)"},
      {"samples", "N", "draws a grid point; 10k, 1M, 1e6 (0)"},
      {"sampler", "NAME", "alias, inverse, gumbel or multinomial: ways to the same law (alias)"},
      {"top-k", "K", "draw from the K most probable tokens alone"},
      {"top-p", "P", "then from the fewest tokens whose mass, renormalised, is at least P"},
      {"min-p", "P", "then from tokens at least P times as probable as the top token"},
      {"seed", "N", "seed of draws and of synthetic input (0)"},
      {"counts", "POLICY", "auto, store or drop: auto stores up to 1 GiB (auto)"},
      {"alpha", "P", "level of the verdict on the draws (1e-3)"},
      {"backend", "NAME", "auto, cpu, cuda, or cuda-host: the CUDA kernels on the CPU, for checking (auto)"},
      {"device", "LIST", "numbers of CUDA devices, from tempsweep devices: 0,1 or all (0)"},
      {"threads", "N", "threads (all that the process may use)"},
      {"memory", "SIZE", "bytes the process may hold; 512M, 8G (half of what is free)"},
      {"method", "NAME", "auto, direct, expansion or interpolation (auto)"},
      {"tolerance", "X", "1e-12 to 1e-5 (1e-12)"},
      {"compression", "LEVEL", "none, fast or small (small)"},
      {"on-bad-row", "WAY", "stop or skip (stop)"},
      {"plan", "FILE.json", "options from a file; those on the command line win"},
      {"dry-run", "", "grid, bytes, memory and estimated time; computes and writes nothing"},
      {"json", "", "summary as JSON on stdout"},
      {"quiet", "", "no progress, no summary"},
      {"verbose", "", "also how the grid is cut"},
      {"color", "WHEN", "auto, always or never (auto)"},
      {"resume", "", "", "a stopped run starts again from the beginning"},
      {"shard", "I/N", "", "run the whole grid, or select with --rows"},
      {"input-dtype", "TYPE", "", "convert the input to f16, f32 or f64"},
  };
  return options;
}

}  // namespace tempsweep::app
