// The one error type, with codes from one catalogue. A message says what was expected, what was found, and what to do next.

export const errorCodes = {
  usage: 'the command line is not understood',
  config: 'the configuration file is not valid',
  desk: 'the desk file is not valid',
  mapping: 'the mapping is not valid',
  unknownId: 'no parameter has this id',
  outOfRange: 'the value is outside the range',
  routingLoop: 'a bus would feed itself',
  audioFile: 'the audio file cannot be read',
  output: 'the output cannot be written',
  diskFull: 'the disk is full',
  memory: 'there is too little memory',
  device: 'the audio device is not there',
  portInUse: 'the port is in use',
  running: 'a desk already runs here',
  notRunning: 'no desk answers',
  scene: 'the scene cannot be used',
  take: 'the take cannot be used',
  engine: 'the engine failed',
  native: 'the native addon is not there',
} as const

export type ErrorCode = keyof typeof errorCodes

export class DeskError extends Error {
  override readonly name = 'DeskError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** Bad input exits with 2, everything else with 1. */
export const exitCodeOf = (error: unknown): number => (error instanceof DeskError && error.code !== 'engine' ? 2 : 1)

/** All problems of one file at once, each with its line and path. */
export interface Problem {
  readonly line: number
  readonly path: string
  readonly expected: string
  readonly found: string
}

export const problemsError = (code: ErrorCode, file: string, problems: readonly Problem[]): DeskError =>
  new DeskError(
    code,
    [
      `${file}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
      ...problems.map((p) => `  ${file}:${p.line}: ${p.path || '(top)'}: expected ${p.expected}, found ${p.found}`),
    ].join('\n'),
  )
