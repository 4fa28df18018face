// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <cmath>
#include <iomanip>
#include <sstream>

namespace tempsweep::roofs {
namespace {

// Names of devices are the only free text; they hold neither quotes nor control characters, but nobody
// promised.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      out += '\\';
    }
    out += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
  }
  return out + '"';
}

std::string number(double value) {
  std::ostringstream out;
  out << std::setprecision(9) << value;
  return std::isfinite(value) ? out.str() : "null";
}

std::string number_or_null(double value) {
  return value > 0 ? number(value) : "null";
}

std::string hex(std::uint32_t bits) {
  std::ostringstream out;
  out << "0x" << std::hex << std::setw(8) << std::setfill('0') << bits;
  return out.str();
}

void write_roof(std::ostream& out, const Roof& roof) {
  out << "    {\"name\": " << quoted(roof.name) << ", \"unit\": " << quoted(roof.unit)
      << ", \"per_second\": " << number(roof.per_second)
      << ", \"sm_clock_hz\": " << number_or_null(roof.sm_clock_hz)
      << ", \"per_clock_per_sm\": " << number_or_null(roof.per_clock_per_sm)
      << ", \"seconds\": " << number(roof.seconds) << ", \"repeats\": " << roof.repeats << "}";
}

}  // namespace

void write_json(std::ostream& out, const Report& report) {
  const DeviceFacts& device = report.device;
  out << "{\n  \"device\": {\"name\": " << quoted(device.name)
      << ", \"compute_capability\": " << quoted(device.compute_capability)
      << ", \"multiprocessors\": " << device.multiprocessors
      << ", \"max_clock_hz\": " << number(device.max_clock_hz)
      << ", \"memory_bytes\": " << device.memory_bytes << ", \"driver_version\": " << device.driver_version
      << ", \"runtime_version\": " << device.runtime_version << "},\n  \"results\": [\n";
  for (std::size_t i = 0; i < report.roofs.size(); ++i) {
    write_roof(out, report.roofs[i]);
    out << (i + 1 < report.roofs.size() ? ",\n" : "\n");
  }
  out << "  ],\n  \"ex2_error\": {\"max_relative\": " << number(report.ex2_error.max_relative)
      << ", \"worst_input\": " << quoted(hex(report.ex2_error.worst_input))
      << ", \"inputs\": " << report.ex2_error.inputs << "}\n}\n";
}

void write_table(std::ostream& out, const Report& report) {
  out << report.device.name << ", " << report.device.multiprocessors << " SMs, compute capability "
      << report.device.compute_capability << '\n';
  out << std::left << std::setw(22) << "roof" << std::right << std::setw(12) << "G/s" << std::setw(12)
      << "SM GHz" << std::setw(18) << "per clock per SM" << '\n';
  out << std::fixed;
  for (const Roof& roof : report.roofs) {
    out << std::left << std::setw(22) << roof.name << std::right << std::setprecision(1) << std::setw(12)
        << roof.per_second * 1e-9;
    if (roof.sm_clock_hz > 0) {
      out << std::setprecision(3) << std::setw(12) << roof.sm_clock_hz * 1e-9 << std::setprecision(2)
          << std::setw(18) << roof.per_clock_per_sm;
    }
    out << (roof.unit == "bytes" ? "  bytes\n" : "\n");
  }
  out << std::defaultfloat << "ex2.approx.ftz.f32: largest relative error " << std::setprecision(4)
      << report.ex2_error.max_relative << " (2^" << std::setprecision(5)
      << std::log2(report.ex2_error.max_relative) << ") at " << hex(report.ex2_error.worst_input) << ", "
      << report.ex2_error.inputs << " inputs\n";
}

}  // namespace tempsweep::roofs
