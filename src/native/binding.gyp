{
  'variables': {
    'graph_flags': ['-std=c++20', '-O3', '-ffp-contract=off', '-fno-exceptions', '-fno-rtti', '-Wall', '-Wextra',
                    '-Wno-uninitialized', '-Wno-maybe-uninitialized', '-Wno-psabi'],
    'graph_unwanted': ['-std=gnu++17', '-std=gnu++20', '-O2', '-fomit-frame-pointer'],
  },
  'targets': [
    {
      'target_name': 'deskd',
      'sources': [
        'addon.cc', 'addon-mending.cc', 'addon-recordings.cc', 'engine.cc', 'engine-state.cc', 'live-take.cc', 'transport.cc', 'render.cc', 'instruction-sets.cc',
        'disk/audio-file.cc', 'disk/conform.cc', 'disk/file-head.cc', 'disk/flac.cc', 'disk/offline-player.cc', 'disk/quantiser.cc', 'disk/sound-ends.cc', 'disk/streaming-player.cc',
        'disk/tags.cc', 'disk/take-recorder.cc', 'disk/track-stream.cc', 'disk/wav-cues.cc', 'disk/wav-header.cc',
        'disk/wav-repair.cc', 'disk/wav-writer.cc',
        'addon-measure.cc', 'measure/averaged-spectrum.cc', 'measure/loudness-of.cc', 'measure/measuring.cc', 'measure/sound-meter.cc',
        'mending/autoregression.cc', 'mending/clicks.cc', 'mending/clips.cc', 'mending/hum.cc', 'mending/mend.cc',
        'mending/offset.cc', 'mending/sides.cc', 'mending/sound.cc',
        'hosts/block-runner.cc', 'hosts/devices.cc', 'hosts/host-switch.cc', 'hosts/portaudio-library.cc',
        'hosts/portaudio-stream.cc', 'hosts/realtime-thread.cc', 'hosts/virtual-host.cc',
      ],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")", "<!(node portaudio-include.mjs)"],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_CPP_EXCEPTIONS'],
      'cflags_cc!': ['-std=gnu++17', '-fno-exceptions', '-fno-rtti'],
      'cflags_cc': ['-std=c++20', '-O3', '-ffp-contract=off', '-Wall', '-Wextra', '-fexceptions'],
      'libraries': ['-lsndfile', '-lsoxr', '-ldl', '-lpthread'],
      'conditions': [
        ['target_arch=="x64"', {'dependencies': ['graph_avx512', 'graph_avx2', 'graph_sse2']}],
        ['target_arch=="arm64"', {'dependencies': ['graph_neon']}],
        ['target_arch not in ["x64", "arm64"]', {'dependencies': ['graph_portable']}],
      ],
    },
  ],
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {'target_name': 'graph_avx512', 'type': 'static_library', 'sources': ['graph-avx512.cc', 'measure/sound-meter-avx512.cc'],
         'cflags_cc!': ['<@(graph_unwanted)'], 'cflags!': ['-O2'],
         'cflags_cc': ['<@(graph_flags)', '-mavx512f', '-mavx512dq', '-mavx512bw', '-mavx512vl', '-mfma', '-mprefer-vector-width=512', '-fPIC']},
        {'target_name': 'graph_avx2', 'type': 'static_library', 'sources': ['graph-avx2.cc', 'measure/sound-meter-avx2.cc'],
         'cflags_cc!': ['<@(graph_unwanted)'], 'cflags_cc': ['<@(graph_flags)', '-mavx2', '-mfma', '-fPIC']},
        {'target_name': 'graph_sse2', 'type': 'static_library', 'sources': ['graph-sse2.cc', 'measure/sound-meter-sse2.cc'],
         'cflags_cc!': ['<@(graph_unwanted)'], 'cflags_cc': ['<@(graph_flags)', '-fPIC']},
      ],
    }],
    ['target_arch=="arm64"', {
      'targets': [
        {'target_name': 'graph_neon', 'type': 'static_library', 'sources': ['graph-neon.cc', 'measure/sound-meter-neon.cc'],
         'cflags_cc!': ['<@(graph_unwanted)'], 'cflags_cc': ['<@(graph_flags)', '-fPIC']},
      ],
    }],
    ['target_arch not in ["x64", "arm64"]', {
      'targets': [
        {'target_name': 'graph_portable', 'type': 'static_library', 'sources': ['graph-portable.cc', 'measure/sound-meter-portable.cc'],
         'cflags_cc!': ['<@(graph_unwanted)'], 'cflags_cc': ['<@(graph_flags)', '-fPIC']},
      ],
    }],
  ],
}
