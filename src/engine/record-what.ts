// What a take keeps beside its master: what is armed, or also every input, every bus, or both; and what its files are in the end.

export const recordWhats = ['armed', 'inputs', 'buses', 'all'] as const
export type RecordWhat = (typeof recordWhats)[number]

/** FLAC is made from the WAV files behind the stop, where it holds all that they hold. */
export const recordFormats = ['wav', 'flac'] as const
export type RecordFormat = (typeof recordFormats)[number]
