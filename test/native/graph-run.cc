// Runs the graph by itself, so that every device output and the raw master can be looked at: `graph-run JOB`.
// A job is lines of words, see below; samples go in and come out as files of 32-bit float planes.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../../src/native/fixed-values.h"
#include "../../src/native/flush-denormals.h"

namespace deskd {
Graph* DESKD_CREATE_GRAPH(const GraphSpec& spec);
}

using namespace deskd;

struct Move {
  int64_t frame;
  uint32_t index;
  float value;
};

struct Job {
  double rate = 48000;
  std::vector<uint8_t> stereo;
  int buses = 2, outputs = 2, deviceOutputs = 2, dcas = 0, fx = 0;
  int64_t frames = 0;
  std::vector<Move> values, moves;
  std::string sources, result;
};

static Job readJob(const char* path) {
  Job job;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "rate") words >> job.rate;
    else if (word == "buses") words >> job.buses;
    else if (word == "fx") words >> job.fx;
    else if (word == "outputs") words >> job.outputs;
    else if (word == "dcas") words >> job.dcas;
    else if (word == "deviceOutputs") words >> job.deviceOutputs;
    else if (word == "frames") words >> job.frames;
    else if (word == "sources") words >> job.sources;  // left and right plane of every strip
    else if (word == "result") words >> job.result;    // plane of every output, then master left and right
    else if (word == "stereo") {
      for (int flag; words >> flag;) job.stereo.push_back(static_cast<uint8_t>(flag));
    } else if (word == "set" || word == "move") {  // [frame] index value
      Move move{};
      if (word == "move") words >> move.frame;
      std::string value;
      words >> move.index >> value;
      move.value = std::stof(value);
      (word == "set" ? job.values : job.moves).push_back(move);
    }
  }
  return job;
}

int main(int, char** arguments) {
  const FlushDenormals flush;
  const Job job = readJob(arguments[1]);
  const int strips = static_cast<int>(job.stereo.size());
  const size_t frames = static_cast<size_t>(job.frames);
  std::vector<float> sources(2 * static_cast<size_t>(strips) * frames);
  std::ifstream(job.sources, std::ios::binary)
      .read(reinterpret_cast<char*>(sources.data()), static_cast<std::streamsize>(sources.size() * 4));

  const ParamMap map{static_cast<uint32_t>(strips), static_cast<uint32_t>(job.buses), static_cast<uint32_t>(job.outputs),
                     static_cast<uint32_t>(job.dcas), static_cast<uint32_t>(job.fx)};
  std::vector<float> values(map.total());
  for (const Move& m : job.values) values[m.index] = m.value;
  const FixedValues fixed(values.data(), map);
  GraphSpec spec{strips, job.stereo.data(), job.buses, job.outputs, job.rate, 0, job.dcas};
  fixed.into(spec);
  spec.fxCount = job.fx;
  Graph* graph = DESKD_CREATE_GRAPH(spec);
  for (const Move& m : job.values) graph->setParam(m.index, m.value, true);

  struct alignas(64) Row {
    float samples[kQuantum];
  };
  std::vector<Row> in(2 * static_cast<size_t>(strips)), out(static_cast<size_t>(job.outputs));
  std::vector<const float*> inRows;
  std::vector<float*> outRows;
  for (Row& row : in) inRows.push_back(row.samples);
  for (Row& row : out) outRows.push_back(row.samples);
  const size_t planes = static_cast<size_t>(job.outputs) + 2;
  std::vector<float> result(planes * frames);
  size_t next = 0;
  for (size_t frame = 0; frame + kQuantum <= frames; frame += kQuantum) {
    for (; next < job.moves.size() && job.moves[next].frame <= static_cast<int64_t>(frame); next++)
      graph->setParam(job.moves[next].index, job.moves[next].value, false);
    for (size_t i = 0; i < in.size(); i++) std::copy_n(sources.data() + i * frames + frame, kQuantum, in[i].samples);
    graph->process({inRows.data(), outRows.data(), job.deviceOutputs, inRows.data(), static_cast<int>(inRows.size())});
    for (size_t p = 0; p < planes; p++) {
      const float* from = p < out.size() ? out[p].samples : graph->master(static_cast<int>(p - out.size()));
      std::copy_n(from, kQuantum, result.data() + p * frames + frame);
    }
  }
  std::ofstream(job.result, std::ios::binary)
      .write(reinterpret_cast<const char*>(result.data()), static_cast<std::streamsize>(result.size() * 4));
  std::printf("{\"latencyFrames\": %d, \"nonFinite\": %.0f}\n", graph->latencyFrames(), graph->nonFinite());
  delete graph;
}
