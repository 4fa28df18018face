#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants one fault at a time in a private copy of the kernel bodies and sees that cuda_kernels_test goes red.

planted_faults.py ROOT COMPILER WORK_FOLDER [LINK_ARGUMENT ...]

The copy is compiled into a runtime of its own, which is linked before the right one. A fault that no test catches, and
a text that the bodies no longer hold, are both failures of this program.
"""

from __future__ import annotations

import concurrent.futures
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    name: str
    file: str
    right: str
    wrong: str
    tests: str  # gtest filter
    says: str = ""  # a word that must appear: which check caught it


FAULTS = [
    Fault("a missing barrier", "collectives.hpp",
          "    scratch[block.warp()] = value;\n  }\n  block.sync();\n", "    scratch[block.warp()] = value;\n  }\n",
          "AliasBuild.*", "shared_uninitialised"),
    Fault("a missing barrier before reuse", "collectives.hpp", "  block.sync();\n  return total;\n", "  return total;\n",
          "AliasBuild.*", "shared_race"),
    Fault("a shuffle outside the mask", "direct_f64.hpp", "block.shuffle_xor(sums, distance)",
          "block.shuffle_xor(sums, distance, 0xffffU)", "DirectF64.*", "bad_shuffle"),
    Fault("an off-by-one tail", "direct_f64.hpp", "if (last + 1 < tokens)", "if (last + 2 < tokens)", "DirectF64.*"),
    Fault("an off-by-one slice", "row_scan.hpp", "if (i + k < end)", "if (i + k <= end)", "Offsets.*"),
    Fault("a 32-bit offset in the scan", "row_scan.hpp", "a.logits + row * a.stride",
          "a.logits + static_cast<std::uint32_t>(row * a.stride)", "Offsets.*"),
    Fault("a 32-bit offset in the sums", "direct_f32.hpp", "a.depths + item.row * a.stride",
          "a.depths + static_cast<std::uint32_t>(item.row * a.stride)", "Offsets.*"),
    Fault("multiply-adds at another temperature", "direct_f32.hpp", "exp2_of_product(d.lane[k], scale[p])",
          "exp2_of_product(d.lane[k], scale[0])", "FloatSums.*"),
    Fault("depths of the row before", "float_probabilities.hpp", "        next_row += a.temperatures;\n        depths.load(a, row, i);\n",
          "        next_row += a.temperatures;\n", "FloatProbabilities.*"),
    Fault("densities read before they are there", "float_probabilities.hpp", "    block.sync();\n    write_group(", "    write_group(",
          "FloatProbabilities.*", "shared_"),
    Fault("a last token left out of its four", "float_probabilities.hpp", "k < inside ? any", "k + 1 < inside ? any",
          "FloatProbabilities.*"),
    Fault("a 32-bit offset of counts", "draw.hpp", "a.counts + place * a.tokens",
          "a.counts + static_cast<std::uint32_t>(place * a.tokens)", "Offsets.*"),
    Fault("bins flushed before they are full", "draw_counters.hpp", "    block.sync();\n    for (std::int64_t i =", "    for (std::int64_t i =",
          "DrawTokens.*", "shared_race"),
    Fault("shared bins flushed before they are full", "draw_counters.hpp", "    block.sync();\n    for (std::int64_t slot =",
          "    for (std::int64_t slot =", "DrawTokens.*", "shared_race"),
    Fault("hot draws of one warp alone", "draw_counters.hpp", "if (block.lane() == 0 && all != 0)",
          "if (block.thread() == 0 && all != 0)", "DrawTokens.*"),
    Fault("a shared bin for all its tokens", "draw_counters.hpp", "rest = tag == no_tag || tag != token >> static_cast<unsigned>(bits);",
          "rest = tag == no_tag;", "DrawTokens.*"),
    Fault("a shared bin named by its slot", "draw_counters.hpp", "(std::int64_t{tag} << bits) + slot, draws", "slot, draws",
          "DrawTokens.*"),
    Fault("32-bit flushes", "draw_counters.hpp", "block.atomic_add(counts + (names == nullptr ? token : names[token]), draws);",
          "block.atomic_add(reinterpret_cast<std::uint32_t*>(counts + (names == nullptr ? token : names[token])), "
          "static_cast<std::uint32_t>(draws));", "DrawTokens.*"),
    Fault("a table looked at before it is there", "draw.hpp", "      block.sync();\n      draw_chunk(block, chunk, AliasTokens<Entries>",
          "      draw_chunk(block, chunk, AliasTokens<Entries>", "DrawTokens.*", "shared_"),
    Fault("a draw too many at the end", "draw.hpp", "draw + 1 < chunk.n", "draw + 2 <= chunk.n + 1", "DrawTokens.*"),
    Fault("both pairs of a round the same", "draw.hpp", "block(first + pair + threads)", "block(first + pair)", "DrawTokens.*"),
    Fault("parts that all begin at draw 0", "draw.hpp", "a.n_first + done, n", "done, n", "DrawTokens.*"),
    Fault("a right half that gets all", "draw_multinomial.hpp", "nodes[middle] = count - left;", "nodes[middle] = count;",
          "DrawMultinomial.*"),
    Fault("counts written before they are shared", "draw_multinomial.hpp",
          "    block.sync();\n    const std::uint32_t* const names", "    const std::uint32_t* const names",
          "DrawMultinomial.*"),
    Fault("a lowest level left out", "draw_multinomial.hpp", "level > 0; --level", "level > 1; --level", "DrawMultinomial.*"),
    Fault("a 32-bit offset of multinomial counts", "draw_multinomial.hpp", "a.counts + place * a.tokens",
          "a.counts + static_cast<std::uint32_t>(place * a.tokens)", "Offsets.*"),
    Fault("a merge in the wrong order", "direct_f64.hpp",
          "for (int distance = 4; distance < warp_threads; distance *= 2)",
          "for (int distance = 16; distance >= 4; distance /= 2)", "DirectF64.*"),
    Fault("slices merged from the end", "direct_f64.hpp", "tree.add(parts[slice * points + point]);",
          "tree.add(parts[(slices - 1 - slice) * points + point]);", "DirectF64.*"),
    Fault("units given to the wrong tie", "alias_build.hpp", "tie.before.ties < cut.ties", "tie.before.ties <= cut.ties",
          "AliasBuild.*"),
    Fault("a unit too many in the running sums", "inverse_build.hpp", "ties + tie.before < cut.ties",
          "ties + tie.before <= cut.ties", "InverseBuild.*"),
    Fault("a race without its last token", "races.hpp", "if (token + 1 < tokens)", "if (token + 2 < tokens)", "Races.*"),
    Fault("a light column filled by its neighbour", "alias_build.hpp", "if (excess(middle) > amount)",
          "if (excess(middle) >= amount)", "AliasBuild.*"),
    Fault("a tree built before its leaves", "ordering.hpp",
          "least(order_leaf, tokens - first));\n  }\n  block.sync();\n", "least(order_leaf, tokens - first));\n  }\n",
          "OrderRows.*"),
    Fault("a 32-bit offset of sorted rows", "ordering.hpp", "a.sorted + row * a.stride",
          "a.sorted + static_cast<std::uint32_t>(row * a.stride)", "Offsets.*"),
    Fault("a 32-bit offset of depths", "ordering.hpp", "double* const depths = a.depths + row * a.stride",
          "double* const depths = a.depths + static_cast<std::uint32_t>(row * a.stride)", "Offsets.*"),
    Fault("a lane that forgets what rounding lost", "judge_team.hpp", "mine[p].add(here.term[p]);",
          "mine[p].sum += here.term[p];", "JudgePoints.*"),
    Fault("cells folded before they are there", "judge_team.hpp", "      block_.sync();\n      if (block_.thread() == 0) {\n        int taken",
          "      if (block_.thread() == 0) {\n        int taken", "JudgePoints.*", "shared_"),
    Fault("a residual that others may overtake", "judge_team.hpp", "        mine.pop();\n", "", "JudgePoints.*"),
    Fault("a truncation that is not judged", "judge.hpp", "a.cuts == nullptr ? scan.unmasked : a.cuts[place].left",
          "scan.unmasked", "JudgePoints.*"),
    Fault("a 32-bit offset of judged counts", "judge.hpp", "a.counts + place * a.tokens",
          "a.counts + static_cast<std::uint32_t>(place * a.tokens)", "Offsets.*"),
    Fault("a 32-bit offset of ranks", "judge.hpp", "a.order + row * a.ordered_stride",
          "a.order + static_cast<std::uint32_t>(row * a.ordered_stride)", "Offsets.*"),
    Fault("a 32-bit offset of judged depths", "judge.hpp", "a.depths + row * a.ordered_stride",
          "a.depths + static_cast<std::uint32_t>(row * a.ordered_stride)", "Offsets.*"),
    Fault("a float sum trusted too far", "merge_f32.hpp", "a.failed[point] = good ? 0 : 1;", "a.failed[point] = 0;",
          "FloatSums.*"),
    Fault("a missing barrier in the sort", "ladder_build.hpp", "  place_leaves(block, space, leaves);\n  block.sync();\n",
          "  place_leaves(block, space, leaves);\n", "LadderBuild.*", "shared_race"),
    Fault("a missing barrier between chunks", "ladder_build.hpp",
          "      block.sync();  // the next chunk may overwrite both, and read what was stored\n", "", "LadderBuild.*",
          "shared_race"),
    Fault("an off-by-one leaf", "ladder_build.hpp", "static_cast<std::uint16_t>(ends[leaf]) - begin",
          "static_cast<std::uint16_t>(ends[leaf]) - begin - 1", "LadderBuild.*"),
    Fault("a place claimed twice", "ladder_build.hpp", "return first + count_bits(below);", "return first;",
          "LadderBuild.*"),
    Fault("a 32-bit offset in the ladder", "ladder_build.hpp", "a.depths + row * a.stride + at",
          "a.depths + static_cast<std::uint32_t>(row * a.stride) + at", "Offsets.*"),
    Fault("leaves merged from the last slice", "ladder_climb.hpp", "((row * a.slices + slice) * a.most_leaves + leaf)",
          "((row * a.slices + slices - 1 - slice) * a.most_leaves + leaf)", "MergeLeaves.*"),
    Fault("a shift to the wrong side", "ladder_climb.hpp", "shift_moments<-1>(near + ladder_moments, sums);",
          "shift_moments<1>(near + ladder_moments, sums);", "LadderClimb.*"),
    Fault("a missing barrier of the climb", "ladder_climb.hpp", "      block.sync();\n    }\n", "    }\n", "LadderClimb.*"),
    Fault("a missing barrier after a level", "ladder_evaluate.hpp",
          "bin_place(next, 0), level);\n    block.sync();\n", "bin_place(next, 0), level);\n", "LadderEvaluate.*", "shared_"),
    Fault("a sum about no mean", "ladder_evaluate.hpp",
          "const double centre = rough_mean(block, level, decays, own_decay, u);", "const double centre = 0;",
          "LadderEvaluate.*"),
    Fault("a point that keeps no promise", "ladder_evaluate.hpp", "a.choice.direct[point] = good ? 0 : 1;",
          "a.choice.direct[point] = 0;", "Choice.*"),
    Fault("a series read before it is there", "interpolate.hpp", "      block.sync();\n      evaluate_series",
          "      evaluate_series", "InterpolateSums.*", "shared_"),
    Fault("marks of another row", "point_choice.hpp", "a.marks + item / groups * a.count", "a.marks + item % groups * a.count",
          "ListGroups.*"),
    Fault("slices of a round in the wrong order", "direct_listed.hpp",
          "space.parts[warp * listed::points + p]);", "space.parts[(warp ^ 1) * listed::points + p]);", "DirectListed.*"),
    Fault("a 32-bit offset of listed sums", "direct_listed.hpp", "a.direct.depths + item.row * a.direct.stride",
          "a.direct.depths + static_cast<std::uint32_t>(item.row * a.direct.stride)", "Offsets.*"),
]


def environment() -> dict[str, str]:
    return {**os.environ, "GTEST_BRIEF": "1", "GTEST_FAIL_FAST": "1"}


def plant(fault: Fault, root: Path, compiler: str, work: Path, link: list[str]) -> str:
    """What is wrong with the tests, or nothing."""
    place = work / fault.name.replace(" ", "_")
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(root / "kernels", place / "kernels")
    body = place / "kernels" / "body" / fault.file
    text = body.read_text(encoding="utf-8")
    if text.count(fault.right) != 1:
        return f"{fault.name}: {fault.file} holds the text to change {text.count(fault.right)} times"
    body.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")
    made, program = str(place / "runtime.o"), str(place / "test")
    compiled = subprocess.run(
        [compiler, "-std=c++20", "-O1", "-w", "-ffp-contract=off", f"-I{place}", f"-I{root / 'include'}", "-c",
         str(place / "kernels" / "host" / "host_runtime.cpp"), "-o", made], capture_output=True, text=True, check=False)
    if compiled.returncode != 0:
        return f"{fault.name}: does not compile\n{compiled.stderr}"
    linked = subprocess.run([compiler, "-o", program, made, *link], capture_output=True, text=True, check=False)
    if linked.returncode != 0:
        return f"{fault.name}: does not link\n{linked.stderr}"
    run = subprocess.run([program, f"--gtest_filter={fault.tests}"], capture_output=True, text=True, check=False,
                         env=environment(), timeout=300)
    shutil.rmtree(place)
    if run.returncode == 0:
        return f"{fault.name}: no test of {fault.tests} caught it"
    if fault.says not in run.stdout + run.stderr:
        return f"{fault.name}: caught, but nobody said '{fault.says}':\n{run.stdout[-2000:]}"
    return ""


def main() -> int:
    root, compiler, work, link = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4:]
    right = subprocess.run([compiler, "-o", str(work / "right"), *link], capture_output=True, text=True, check=False)
    if right.returncode != 0:
        print(right.stderr)
        return 1
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda fault: plant(fault, root, compiler, work, link), FAULTS))
    wrong = [verdict for verdict in verdicts if verdict]
    print("\n".join(wrong) if wrong else f"{len(FAULTS)} planted faults, all caught")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
