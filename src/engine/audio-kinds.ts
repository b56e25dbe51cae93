// What can drive the engine live: the default sound card if it opens, a sound card, or the virtual clock.

export const audioKinds = ['auto', 'portaudio', 'virtual'] as const
export type AudioKind = (typeof audioKinds)[number]
