// The whole desk as one tree of parameters and meters: what a strip, a bus and the master are made of.
import { analyser, masterSpectrum, spectrumMeters } from '../processors/analyser/params.js'
import { automix } from '../processors/automix/params.js'
import { ballisticMeters, masterBallistics } from '../processors/ballistics/params.js'
import { chain, chainStage } from '../processors/chain/params.js'
import {
  channel,
  colors,
  dca,
  dcaMember,
  insertOrders,
  muteGroup,
  muteGroupCount,
  panLaws,
  panModes,
  send,
} from '../processors/channel/params.js'
import { clipper } from '../processors/clipper/params.js'
import { compressor } from '../processors/compressor/params.js'
import { balanceMeter, correlationMeter } from '../processors/correlation/params.js'
import { crest } from '../processors/crest/params.js'
import { dcFilter } from '../processors/dc/params.js'
import { dynEq } from '../processors/dyn-eq/params.js'
import { eq, masterEq } from '../processors/eq/params.js'
import { fx } from '../processors/fx/params.js'
import { gate } from '../processors/gate/params.js'
import { glue } from '../processors/glue/params.js'
import { hpf } from '../processors/hpf/params.js'
import { imager } from '../processors/imager/params.js'
import { input } from '../processors/input/params.js'
import { limiter } from '../processors/limiter/params.js'
import { loudnessMeters } from '../processors/loudness/params.js'
import { monitor } from '../processors/monitor/params.js'
import { multiband } from '../processors/multiband/params.js'
import { oscillator, oscillatorFeed } from '../processors/oscillator/params.js'
import { busOutput, centreBusNames, outputPatch } from '../processors/routing/params.js'
import { saturation } from '../processors/saturation/params.js'
import { stereoInput, stereoWidth } from '../processors/stereo/params.js'
import { talkback, talkbackFeed } from '../processors/talkback/params.js'
import { target } from '../processors/target/params.js'
import { transport } from '../processors/transport/params.js'
import { recallSafe, scene } from './scene.js'
import { type Block, bool, choice, faderLevel, meter, repeat, text } from './spec.js'

const level = {
  peakDb: meter('Peak', 'dBFS', 'amplitude'),
  rmsDb: meter('RMS, 300 ms', 'dBFS', 'power'),
}

const strip: Block = {
  name: text('Name', 'Strip #'),
  color: choice('Colour', colors),
  ...input,
  ...stereoInput,
  order: choice('Order of gate, EQ and compressor', insertOrders),
  hpf,
  gate,
  eq,
  comp: compressor,
  ...stereoWidth,
  automix,
  panMode: choice('Pan between left and right, or over the centre bus', panModes),
  ...channel,
  recallSafe,
  send: repeat('buses', send),
  dca: dcaMember,
  meter: {
    ...level,
    gateDb: meter('Gate gain', 'dB', 'amplitude'),
    compDb: meter('Compressor gain', 'dB', 'amplitude'),
    automixDb: meter('Automix gain', 'dB', 'amplitude'),
    clips: meter('Samples at or above 0 dBFS', ''),
    ...correlationMeter,
  },
}

const bus: Block = {
  name: text('Name', 'Bus #'),
  color: choice('Colour', colors),
  eq,
  comp: compressor,
  ...channel,
  recallSafe,
  output: busOutput,
  arm: bool('Record arm'),
  oscillator: oscillatorFeed,
  talkback: talkbackFeed,
  dca: dcaMember,
  meter: {
    ...level,
    compDb: meter('Compressor gain', 'dB', 'amplitude'),
    clips: meter('Samples at or above 0 dBFS', ''),
    ...correlationMeter,
  },
}

export const deskTree: Block = {
  desk: {
    panLaw: choice('Pan law', panLaws),
    centreBus: choice('Bus whose left side is the centre of lcr strips', centreBusNames),
  },
  master: {
    chain,
    dc: chainStage(dcFilter),
    eq: chainStage(masterEq),
    dynEq: chainStage(dynEq),
    multiband: chainStage(multiband),
    glue: chainStage(glue),
    crest: chainStage(crest),
    saturation: chainStage(saturation),
    imager: chainStage(imager),
    clipper: chainStage(clipper),
    target: chainStage(target),
    faderDb: faderLevel('Master fader', 0),
    mute: bool('Master mute'),
    recallSafe,
    oscillator: oscillatorFeed,
    limiter,
    spectrum: masterSpectrum,
    ballistics: masterBallistics,
    meter: {
      ...level,
      ...loudnessMeters,
      limiterDb: meter('Limiter gain', 'dB', 'amplitude'),
      clips: meter('Samples at or above 0 dBFS', ''),
      ...correlationMeter,
      ...balanceMeter,
      ...ballisticMeters,
      ...spectrumMeters,
    },
  },
  monitor,
  oscillator,
  talkback,
  analyser,
  transport,
  scene,
  muteGroup: repeat(muteGroupCount, { name: text('Name', 'Mute group #'), ...muteGroup }),
  dca: repeat('dcas', { name: text('Name', 'DCA #'), color: choice('Colour', colors), ...dca, recallSafe }),
  output: repeat('outputs', outputPatch),
  bus: repeat('buses', bus),
  fx: repeat('fx', { ...fx, recallSafe }),
  strip: repeat('strips', strip),
}
