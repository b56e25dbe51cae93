// The mixing graph: strips in lane groups → sends and buses → master → monitor and output patch, one quantum at a time.
#pragma once
#include "graph/analysers.h"

namespace deskd::DESKD_ISA {

class GraphImpl final : public Graph, private GraphAnalysers {
 public:
  explicit GraphImpl(const GraphSpec& spec) : GraphAnalysers(spec) {
    setParameter(params_.deskBase, 0, true);
    resolve();
  }

  void setParam(uint32_t index, float value, bool jump) noexcept override { setParameter(index, value, jump); }

  void process(const GraphBlock& block) noexcept override {
    resolve();
    __builtin_memset(summed_, 0, (size_t)outputs_);
    runStrips(block);
    shareGains();
    for (int g = 0; g < groupCount_; g++) {
      runStripCompressor(g);
      runEqAt(g, kEqBehindCompressor);
      group_[g].width.run(table_, tile(g));
      runAutomix(g);
      fadeOrder(g);
      fetchNext(g, 2, block);
      core_->nonFinite += group_[g].unloadMetered(tile(g), rows(g), peakDecay_, rmsStep_);
      mixGroup(g);
      fetchNext(g, 3, block);
    }
    runOscillator();
    delaySums();
    runBuses();
    runFx();
    runMaster();
    runMonitor();
    runTalkback(block);
    runOutputs(block);
    runAnalysers();
    core_->frame += kQuantum;
  }

  const float* master(int channel) const noexcept override { return masterRows_ + channel * kQuantum; }
  const float* bus(int bus, int channel) const noexcept override { return aligned_[2 * bus + channel]; }
  int latencyFrames() const noexcept override { return latency_; }
  double nonFinite() const noexcept override { return core_->nonFinite; }
  char* state() noexcept override { return state_; }
  size_t coreBytes() const noexcept override { return coreBytes_; }
  int laneCount() const noexcept override { return groupCount_ * kLanes; }
  size_t ringFrames() const noexcept override { return (size_t)ringLength_; }
  float* ring(int lane) noexcept override { return rings_ + (size_t)lane * ringLength_; }
  bool ringInUse(int lane) const noexcept override { return delay_[lane].valid > 0; }

  const float* fxOutput(int slot, int channel) const noexcept override { return fx_[slot].out[channel]; }
  size_t fxLineFloats() const noexcept override { return (size_t)fxPlan_.floats; }
  size_t fxLinesInUse(int slot) const noexcept override { return (size_t)fx_[slot].floatsInUse(fxPlan_); }
  float* fxLines(int slot) noexcept override { return GraphState::fxLines(slot); }
  void keepFxLines(float* to) noexcept override { beginKeeping(to); }
  bool fxLinesKept() const noexcept override { return isKept(); }

  LoudnessReading loudness() const noexcept override {
    return {loudness_->integrated(), loudness_->loudnessRange(), loudness_->truePeak(), loudness_->samplePeak()};
  }
  void resetMeters() noexcept override {
    loudness_->reset();
    core_->masterClips = 0;
    for (int g = 0; g < groupCount_; g++)
      for (double& c : group_[g].clips) c = 0;
    for (int g = 0; g < busGroupCount_; g++)
      for (double& c : busGroup_[g].clips) c = 0;
  }

  void writeMeters(float* slots) const noexcept override {
    namespace sm = deskd::meters::strip::meter;
    namespace bm = deskd::meters::bus::meter;
    namespace mm = deskd::meters::master::meter;
    for (int s = 0; s < spec_.stripCount; s++) {
      float* m = slots + meters_.stripBase() + (uint32_t)s * meters_.stripStride();
      const int lane = strip_[s].lane;
      const LaneGroup& g = group_[lane / kLanes];
      const int i = lane % kLanes, j = strip_[s].stereo ? i + 1 : i;
      m[sm::peakDb] = larger(g.peak[i], g.peak[j]);
      m[sm::rmsDb] = larger(g.meanSquare[i], g.meanSquare[j]);
      m[sm::gateDb] = g.gateGain(i);
      m[sm::compDb] = g.comp.used ? (float)__builtin_exp2(-larger(g.comp.reduction[i], g.comp.reduction[j])) : 1;
      m[sm::automixDb] = automix_[lane / kLanes].gain.value[i];
      m[sm::clips] = (float)(g.clips[i] + (i == j ? 0 : g.clips[j]));
      m[sm::correlation] = strip_[s].stereo ? g.correlation(i) : 1;
    }
    for (int b = 0; b < spec_.busCount; b++) {
      float* m = slots + meters_.busBase() + (uint32_t)b * meters_.busStride();
      const LaneGroup& g = busGroup_[2 * b / kLanes];
      const int i = 2 * b % kLanes, j = i + 1;
      m[bm::peakDb] = larger(g.peak[i], g.peak[j]);
      m[bm::rmsDb] = larger(g.meanSquare[i], g.meanSquare[j]);
      m[bm::compDb] = g.comp.used ? (float)__builtin_exp2(-larger(g.comp.reduction[i], g.comp.reduction[j])) : 1;
      m[bm::clips] = (float)(g.clips[i] + g.clips[j]);
      m[bm::correlation] = g.correlation(i);
    }
    for (int f = 0; f < spec_.fxCount; f++) {
      namespace fm = deskd::meters::fx::meter;
      float* m = slots + meters_.fxBase() + (uint32_t)f * meters_.fxStride();
      m[fm::inputDb] = fx_[f].inputPeak;
      m[fm::peakDb] = fx_[f].peak;
    }
    float* m = slots + meters_.masterBase + mm::base;
    m[mm::peakDb] = core_->masterPeak;
    m[mm::rmsDb] = core_->masterMeanSquare;
    m[mm::truePeakDbtp] = loudness_->truePeak();
    m[mm::momentaryLufs] = (float)loudness_->momentary();
    m[mm::shortTermLufs] = (float)loudness_->shortTerm();
    m[mm::maxMomentaryLufs] = (float)loudness_->maxMomentary();
    m[mm::maxShortTermLufs] = (float)loudness_->maxShortTerm();
    m[mm::plrLu] = over(loudness_->truePeak(), loudness_->integrated());
    writeBallistics(m);
    m[mm::integratedLufs] = (float)loudness_->integrated();
    m[mm::loudnessRangeLu] = (float)loudness_->loudnessRange();
    m[mm::correlation] = core_->masterPowers.correlation();
    m[mm::balance] = core_->masterPowers.balance();
    for (int band = 0; band < kThirdOctaves; band++) {
      m[mm::band::base + (uint32_t)band * mm::band::stride] = (float)banks_[0].power[band];
      namespace am = deskd::meters::analyser::meter;
      slots[meters_.analyserBase + am::base + am::band::base + (uint32_t)band * am::band::stride] = (float)banks_[1].power[band];
    }
    core_->chain.writeMeters(slots + meters_.masterBase);
    m[mm::limiterDb] = core_->limiter.minGain();
    m[mm::clips] = (float)core_->masterClips;
  }

 private:
  // A linear peak in dB over a level in dB; 0 without one.
  static float over(double peak, double db) noexcept {
    return peak > 0 && db > -__builtin_inf() ? (float)(20 * __builtin_log10(peak) - db) : 0;
  }

  void writeBallistics(float* m) const noexcept {
    namespace mm = deskd::meters::master::meter;
    const BallisticPointers at = core_->ballistics.pointers();
    // What stands at 0 dB of each scale, as an amplitude.
    constexpr double din = 0.35481338923357547, ebu = 0.12589254117941673, k20 = 0.1, k14 = 0.19952623149688797,
                     k12 = 0.25118864315095801;
    const uint32_t sides[][2] = {{mm::ppm1LeftDb, mm::ppm1RightDb}, {mm::ppm2bLeftDb, mm::ppm2bRightDb},
                                 {mm::vuLeftDb, mm::vuRightDb},     {mm::k20LeftDb, mm::k20RightDb},
                                 {mm::k14LeftDb, mm::k14RightDb},   {mm::k12LeftDb, mm::k12RightDb}};
    const V2d levels[] = {at.ppm1 / din, at.ppm2 / ebu, at.vu / ebu, at.k / k20, at.k / k14, at.k / k12};
    for (int i = 0; i < 6; i++)
      for (int side = 0; side < 2; side++) m[sides[i][side]] = larger(0, (float)levels[i][side]);
    // The scale has no marks below 0; it is 4 dB a mark.
    const auto mark = [](double level) {
      const double at = level > 0 ? 4 + 5 * __builtin_log10(level) : 0;
      return (float)(at > 0 ? at : 0);
    };
    m[mm::ppm2aLeft] = mark(levels[1][0]);
    m[mm::ppm2aRight] = mark(levels[1][1]);
    const RecentLevels& recent = core_->recentLevels;
    const double power = recent.meanSquare();
    m[mm::psrLu] = over(recent.truePeak(), loudness_->shortTerm());
    m[mm::crestDb] = power > 0 ? over(recent.samplePeak(), 10 * __builtin_log10(power)) : 0;
    m[mm::dcLeft] = (float)recent.mean(0);
    m[mm::dcRight] = (float)recent.mean(1);
  }
};

}  // namespace deskd::DESKD_ISA
