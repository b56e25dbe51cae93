// What a take keeps beside its master: what is armed, or also every input, every bus, or both.

export const recordWhats = ['armed', 'inputs', 'buses', 'all'] as const
export type RecordWhat = (typeof recordWhats)[number]
