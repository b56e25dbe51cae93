// The sections of disk-test, by the name each is asked for.
#pragma once
#include <map>
#include <string>

void wavFloat();
void wav24();
void wav16();
void wav20();
void dither();
void noiseShapes();
void rf64();
void headerWhileWriting();
void diskFull();
void fileLimit();
void past4Gb();
void repairKilled();
void repairOther();
void cuePoints();
void flacFromWav();

void fileFormats();
void badFiles();
void strangeSamples();
void flacLocate();
void sessionLocate();

void conformSine();
void conformLength();

void loopPosition();
void offlineLoop();
void streamingEqualsOffline();
void sessionStreaming();
void brokenTrack();
void joinedFiles();

void frameRing();
void recorderTake();
void recorderOverrun();
void recorderFailure();
void recorderDiskFull();

inline const std::map<std::string, void (*)()> sections = {
    {"wav-float", wavFloat},
    {"wav-24", wav24},
    {"wav-16", wav16},
    {"wav-20", wav20},
    {"dither", dither},
    {"noise-shapes", noiseShapes},
    {"rf64", rf64},
    {"header-while-writing", headerWhileWriting},
    {"disk-full", diskFull},
    {"file-limit", fileLimit},
    {"past-4-gb", past4Gb},
    {"repair-killed", repairKilled},
    {"repair-other", repairOther},
    {"cue-points", cuePoints},
    {"flac-from-wav", flacFromWav},
    {"file-formats", fileFormats},
    {"bad-files", badFiles},
    {"strange-samples", strangeSamples},
    {"flac-locate", flacLocate},
    {"session-locate", sessionLocate},
    {"conform-sine", conformSine},
    {"conform-length", conformLength},
    {"loop-position", loopPosition},
    {"offline-loop", offlineLoop},
    {"streaming-equals-offline", streamingEqualsOffline},
    {"session-streaming", sessionStreaming},
    {"broken-track", brokenTrack},
    {"joined-files", joinedFiles},
    {"frame-ring", frameRing},
    {"recorder-take", recorderTake},
    {"recorder-overrun", recorderOverrun},
    {"recorder-failure", recorderFailure},
    {"recorder-disk-full", recorderDiskFull},
};
