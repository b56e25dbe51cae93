// The host's configuration: sound card, rate, OSC port, folders. A YAML file below, the command line above.
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type AudioKind, audioKinds } from '../engine/audio-kinds.js'
import { instructionSets } from '../engine/instruction-set.js'
import type { WavBits } from '../engine/native.js'
import { type RecordFormat, type RecordWhat, recordFormats, recordWhats } from '../engine/record-what.js'
import { DeskError } from '../errors.js'
import type { RunOptions } from '../supervisor/run-options.js'
import { defaultMidi, type MidiConfig, readMidi, readSurfaces, type SurfaceConfig } from './surfaces-config.js'
import { type Entry, type Field, oneOf, readYaml, wholeNumber, words, type YamlFile, yesNo } from './yaml-file.js'

export interface OscConfig {
  readonly host: string
  /** 0…65535; 0 takes any free port. */
  readonly port: number
  /** Networks that may speak to the desk, beside this machine: `192.168.1.0/24`. */
  readonly allow: readonly string[]
}

export interface Config {
  readonly audio: AudioKind
  /** Part of a sound card's name; empty for the default card. */
  readonly device: string
  readonly sampleRateHz: number
  readonly bufferFrames: number
  /** Frames from output to input of the sound card, where it was measured: overdubs are put back by this much. */
  readonly roundTripFrames?: number
  /** The virtual card's outputs are wired to its inputs. */
  readonly loopback: boolean
  readonly osc: OscConfig
  readonly midi: MidiConfig
  /** Surfaces that are to be known by name; others are found by their drivers. */
  readonly surfaces: readonly SurfaceConfig[]
  /** Absolute path of the state folder. */
  readonly state: string
  readonly desk?: string
  readonly play?: string
  readonly record?: string
  readonly recordBits: WavBits
  /** Instruction set of the graph; '' for the machine's best. */
  readonly isa: string
  readonly recordFormat: RecordFormat
  readonly recordWhat: RecordWhat
}

/** systemd's StateDirectory, else the XDG state folder. */
export const defaultStateFolder = (): string =>
  process.env.STATE_DIRECTORY ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'deskd')

export const sampleRate = wholeNumber(44100, 192000, 'Hz')
export const buffer = wholeNumber(16, 8192, 'frames')

const fields = {
  audio: oneOf(audioKinds),
  device: words,
  sampleRateHz: sampleRate,
  bufferFrames: buffer,
  roundTripFrames: wholeNumber(0, 192000, 'frames'),
  loopback: yesNo,
  state: words,
  desk: words,
  play: words,
  record: words,
  recordBits: oneOf<WavBits>(['16', '24', '32f']),
  isa: oneOf(instructionSets),
  recordFormat: oneOf(recordFormats),
  recordWhat: oneOf(recordWhats),
}

const port = wholeNumber(0, 65535)

const network: Field<string> = {
  expected: 'a network like 192.168.1.0/24',
  read(value) {
    const [address = '', bits, more] = String(value).split('/')
    const version = isIP(address)
    if (version === 0 || more !== undefined) return undefined
    if (bits === undefined) return address
    return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) ? `${address}/${bits}` : undefined
  },
}

type FileValues = { -readonly [K in keyof Config]?: Config[K] extends OscConfig ? Partial<OscConfig> : Config[K] }

/** The configuration from an optional file, with the command line's options over it. Throws a DeskError with all problems. */
export function readConfig(options: RunOptions): Config {
  const file = options.config ? readFile(options.config) : {}
  const osc: OscConfig = { host: '127.0.0.1', port: 9000, allow: [], ...file.osc, ...options.osc }
  const given = <T>(fromCommandLine: T | undefined, fromFile: T | undefined, name: string): Record<string, T> => {
    const value = fromCommandLine ?? fromFile
    return value === undefined ? {} : { [name]: value }
  }
  const path = (wanted: string | undefined): string | undefined => (wanted === undefined ? undefined : resolve(wanted))
  const recordFormat = options.recordFormat ?? file.recordFormat ?? 'wav'
  checkRange('--sample-rate', options.sampleRateHz, sampleRate)
  checkRange('--buffer', options.bufferFrames, buffer)
  return {
    audio: options.audio ?? file.audio ?? 'auto',
    device: options.device ?? file.device ?? '',
    sampleRateHz: options.sampleRateHz ?? file.sampleRateHz ?? 48000,
    bufferFrames: options.bufferFrames ?? file.bufferFrames ?? 256,
    ...given(undefined, file.roundTripFrames, 'roundTripFrames'),
    loopback: file.loopback ?? false,
    osc,
    midi: file.midi ?? defaultMidi,
    surfaces: file.surfaces ?? [],
    state: path(options.state) ?? file.state ?? resolve(defaultStateFolder()),
    ...given(path(options.desk), file.desk, 'desk'),
    ...given(path(options.play), file.play, 'play'),
    ...given(path(options.record), file.record, 'record'),
    recordBits: bitsFor(recordFormat, file.recordBits),
    recordFormat,
    isa: options.isa ?? file.isa ?? '',
    recordWhat: options.recordWhat ?? file.recordWhat ?? 'armed',
  }
}

/** A take is 32-bit float; FLAC holds whole numbers, 24 bit unless 16 is asked for. */
function bitsFor(format: RecordFormat, wanted: WavBits | undefined): WavBits {
  if (format === 'flac' && wanted === '32f')
    throw new DeskError('config', 'recordBits: expected 16 or 24 with FLAC, which holds whole numbers, found 32f')
  return wanted ?? (format === 'flac' ? '24' : '32f')
}

function checkRange(name: string, value: number | undefined, field: Field<number>): void {
  if (value !== undefined && field.read(value) === undefined)
    throw new DeskError('outOfRange', `${name}: expected ${field.expected}, found ${value}`)
}

function readFile(file: string): FileValues {
  const yaml = readYaml(file, 'config')
  const values: Record<string, unknown> = {}
  const here = dirname(resolve(file))
  for (const entry of yaml.entries(yaml.root, '')) {
    if (entry.key === 'osc') values.osc = readOsc(yaml, entry)
    else if (entry.key === 'midi') values.midi = readMidi(yaml, entry)
    else if (entry.key === 'surfaces') values.surfaces = readSurfaces(yaml, entry)
    else if (!Object.hasOwn(fields, entry.key)) yaml.unknownKey(entry, [...Object.keys(fields), 'osc', 'midi', 'surfaces'])
    else {
      const value = yaml.field<unknown>(entry, fields[entry.key as keyof typeof fields])
      const isPath = ['state', 'desk', 'play', 'record'].includes(entry.key)
      if (value !== undefined) values[entry.key] = isPath ? resolve(here, String(value)) : value
    }
  }
  yaml.check('config')
  return values
}

function readOsc(yaml: YamlFile, osc: Entry): Partial<OscConfig> {
  const values: { -readonly [K in keyof OscConfig]?: OscConfig[K] } = {}
  for (const entry of yaml.entries(osc.value, osc.path)) {
    if (entry.key === 'host') {
      const host = yaml.field(entry, words)
      if (host !== undefined) values.host = host
    } else if (entry.key === 'port') {
      const number = yaml.field(entry, port)
      if (number !== undefined) values.port = number
    } else if (entry.key === 'allow') {
      const items = yaml.items(entry.value, entry.path)
      if (!items) yaml.problem(entry.line, entry.path, `a list of networks like [192.168.1.0/24]`, yaml.describe(entry.value))
      values.allow = (items ?? []).map((item) => yaml.field(item, network)).filter((item) => item !== undefined)
    } else yaml.unknownKey(entry, ['host', 'port', 'allow'])
  }
  return values
}
