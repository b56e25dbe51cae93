// A strip's filters (HPF 24 dB/oct at 20 Hz, 4 bells) against the same design in double: what float arithmetic leaves.
#define DESKD_ISA bench_reference
#include "../../../src/processors/hpf/hpf.h"

#include <cmath>

#include "rows.h"

namespace bench {
namespace {

namespace ref = deskd::bench_reference;
namespace strip = deskd::params::strip;

// The filter of src/processors/svf/svf.h, one channel in double.
struct Reference {
  double c1, c2, direct, n1, n2, S1 = 0, s2 = 0;

  explicit Reference(const ref::SvfDesign& d)
      : c1(d.c1[0]), c2(d.c2[0]), direct(d.direct[0]), n1(d.n1[0]), n2(d.n2[0]) {}
  double operator()(double x) {
    const double u = x - s2, b = u - c2 * S1 + S1;
    const double y = direct * x + n1 * b + n2 * u;
    S1 = b + b - S1;
    s2 += c1 * b;
    return y;
  }
};

std::vector<Reference> referenceChain() {
  constexpr double perHz = 6.283185307179586 / kSampleRateHz;
  std::vector<Reference> chain;
  for (double q : {0.54119610014619698, 1.3065629648763766})
    chain.emplace_back(ref::svfOf(ref::designHighPass(ref::splatd(20 * perHz), ref::splatd(q), ref::Vl{})));
  for (const Bell& bell : kStripBells)
    chain.emplace_back(ref::designBand(deskd::BandType::Bell, ref::splatd(bell.frequencyHz * perHz),
                                       ref::splatd(bell.gainDb), ref::splatd(bell.q), ref::splatd(1)));
  return chain;
}

// Pink noise (P. Kellet's filter) at −16 dBFS RMS.
std::vector<float> programme(size_t frames) {
  std::vector<double> x(frames);
  uint32_t seed = 99;
  double b[6] = {}, sum = 0;
  constexpr double pole[6] = {0.99886, 0.99332, 0.96900, 0.86650, 0.55000, -0.7616};
  constexpr double gain[6] = {0.0555179, 0.0750759, 0.1538520, 0.3104856, 0.5329522, -0.0168980};
  for (double& y : x) {
    seed = seed * 1664525u + 1013904223u;
    const double white = (seed >> 8) / 8388608.0 - 1;
    y = white * 0.5362;
    for (int i = 0; i < 6; i++) y += b[i] = pole[i] * b[i] + gain[i] * white;
    sum += y * y;
  }
  const double scale = std::pow(10, -16.0 / 20) / std::sqrt(sum / double(frames));
  std::vector<float> out(frames);
  for (size_t n = 0; n < frames; n++) out[n] = float(x[n] * scale);
  return out;
}

}  // namespace

void measurePrecision(const Sets& sets) {
  constexpr size_t kFrames = 480000;  // 10 s
  const std::vector<float> input = programme(kFrames);
  std::vector<double> wanted(kFrames);
  auto chain = referenceChain();
  for (size_t n = 0; n < kFrames; n++) {
    double x = input[n];
    for (auto& filter : chain) x = filter(x);
    wanted[n] = x;
  }
  for (const auto* set : sets) {
    Desk desk(*set, Job::P, 1);
    desk.setStrip(0, strip::hpf::base + strip::hpf::frequencyHz, 20);
    desk.setStrip(0, strip::comp::base + strip::comp::on, 0);
    desk.setStrip(0, strip::faderDb, 0);
    desk.setStrip(0, strip::pan, -100);
    namespace master = deskd::params::master;
    for (uint32_t on : {master::eq::base + master::eq::on, master::limiter::base + master::limiter::on})
      desk.graph().setParam(deskd::ParamMap::masterBase + on, 0, true);
    const size_t latency = size_t(desk.graph().latencyFrames());
    alignas(64) float row[kBlockFrames];
    const float* rows[1] = {row};
    double error = 0;
    for (size_t at = 0; at < kFrames; at += kBlockFrames) {
      std::copy_n(input.begin() + long(at), kBlockFrames, row);
      desk.process(rows);
      for (size_t n = at; n < at + kBlockFrames; n++)
        if (n >= latency) error += std::pow(desk.master(0)[n - at] - wanted[n - latency], 2);
    }
    printRow(text("strip (HPF 20 Hz, 4 bells) against f64, %s", set->name),
             10 * std::log10(error / double(kFrames - latency)), "dBFS RMS", -135, false, "pink noise at -16 dBFS");
  }
}

}  // namespace bench
