// Setting and driving of a graph.
#include "desk.h"

#include <cstring>

#include "../../../src/native/flush-denormals.h"

namespace bench {
namespace {

namespace strip = deskd::params::strip;
namespace master = deskd::params::master;

}  // namespace

Desk::Desk(const deskd::InstructionSet& set, Job job, int stripCount)
    : stripCount_(stripCount), stereo_(stripCount, 0), sources_(2 * stripCount, nullptr), rows_(stripCount, nullptr) {
  graph_.reset(set.create({stripCount, stereo_.data(), kBuses, kOutputs, kSampleRateHz, kLookaheadMs}));
  for (int o = 0; o < kOutputs; o++) outputs_[o] = output_[o];
  setJob(job);
}

void Desk::setStrip(int s, uint32_t offset, double value, bool jump) {
  const deskd::ParamMap map{uint32_t(stripCount_), kBuses, kOutputs};
  graph_->setParam(map.stripBase() + uint32_t(s) * map.stripStride() + offset, float(value), jump);
}

void Desk::setJob(Job job) {
  const auto setBell = [](auto set, uint32_t band, const Bell& bell) {
    set(band + strip::eq::band::frequencyHz, bell.frequencyHz);
    set(band + strip::eq::band::gainDb, bell.gainDb);
    set(band + strip::eq::band::q, bell.q);
  };
  for (int s = 0; s < stripCount_; s++) {
    const auto set = [&](uint32_t offset, double value) { setStrip(s, offset, value); };
    const auto band = [](uint32_t b) { return strip::eq::base + strip::eq::band::base + b * strip::eq::band::stride; };
    set(strip::faderDb, faderDb(stripCount_));
    set(strip::pan, pan(s));
    set(strip::hpf::base + strip::hpf::on, 1);
    set(strip::hpf::base + strip::hpf::slope, 3);  // 24 dB/oct
    set(strip::hpf::base + strip::hpf::frequencyHz, kHighPassHz);
    set(strip::eq::base + strip::eq::on, 1);
    for (uint32_t b = 0; b < 4; b++) setBell(set, band(b), kStripBells[b]);
    set(strip::comp::base + strip::comp::on, 1);
    set(strip::comp::base + strip::comp::thresholdDb, kThresholdDb);
    set(strip::comp::base + strip::comp::ratio, kRatio);
    set(strip::comp::base + strip::comp::kneeDb, kKneeDb);
    set(strip::comp::base + strip::comp::attackMs, kAttackMs);
    set(strip::comp::base + strip::comp::releaseMs, kReleaseMs);
    set(strip::comp::base + strip::comp::mixPercent, 100);
    if (job == Job::P) continue;
    for (uint32_t b = 4; b < 6; b++) setBell(set, band(b), kFurtherBells[b - 4]);
    set(strip::gate::base + strip::gate::on, 1);
    set(strip::gate::base + strip::gate::thresholdDb, -40);
    set(strip::gate::base + strip::gate::rangeDb, 40);
    set(strip::gate::base + strip::gate::attackMs, 1);
    set(strip::gate::base + strip::gate::holdMs, 50);
    set(strip::gate::base + strip::gate::releaseMs, 200);
    for (uint32_t b = 0; b < kBuses; b++) {
      set(strip::send::base + b * strip::send::stride + strip::send::levelDb, -15);
      set(strip::send::base + b * strip::send::stride + strip::send::pan, double(b) * 20 - 70);
    }
  }
  const auto setMaster = [&](uint32_t offset, double value) {
    graph_->setParam(deskd::ParamMap::masterBase + offset, float(value), true);
  };
  setMaster(master::eq::base + master::eq::on, 1);
  for (uint32_t b = 0; b < 5; b++)
    setBell(setMaster, master::eq::base + master::eq::band::base + b * master::eq::band::stride, kMasterBells[b]);
  setMaster(master::limiter::base + master::limiter::on, 1);
  setMaster(master::limiter::base + master::limiter::ceilingDbtp, kCeilingDb);
  setMaster(master::limiter::base + master::limiter::releaseMs, kLimiterReleaseMs);
}

void Desk::process(const float* const* sources) {
  const deskd::FlushDenormals flush;
  for (int at = 0; at < kBlockFrames; at += deskd::kQuantum) {
    for (int s = 0; s < stripCount_; s++) sources_[2 * s] = sources[s] + at;
    graph_->process({sources_.data(), outputs_, kOutputs});
    for (int c = 0; c < 2; c++) std::memcpy(master_[c] + at, graph_->master(c), sizeof(float) * deskd::kQuantum);
  }
}

void Desk::processMusic(const Music& music, long frame) {
  for (int s = 0; s < stripCount_; s++) rows_[s] = music.at(s, frame);
  process(rows_.data());
}

}  // namespace bench
