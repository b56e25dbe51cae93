// The cue sheet of an album: one file a track, as players and burners read it.

export interface CueTrack {
  /** Name of its file, beside the cue sheet. */
  readonly file: string
  readonly title: string
  readonly artist?: string
}

export interface CueAlbum {
  readonly title?: string
  readonly artist?: string
  readonly tracks: readonly CueTrack[]
}

/** The format has no way to write a quotation mark, nor an end of line. */
const quoted = (text: string): string => `"${text.replace(/[\r\n]+/g, ' ').replaceAll('"', '’')}"`

/** FLAC files are `WAVE` too: what a player decodes. */
export function cueSheetText({ title, artist, tracks }: CueAlbum): string {
  const lines = [
    ...(artist ? [`PERFORMER ${quoted(artist)}`] : []),
    ...(title ? [`TITLE ${quoted(title)}`] : []),
    ...tracks.flatMap((track, i) => [
      `FILE ${quoted(track.file)} WAVE`,
      `  TRACK ${String(i + 1).padStart(2, '0')} AUDIO`,
      `    TITLE ${quoted(track.title)}`,
      ...(track.artist ? [`    PERFORMER ${quoted(track.artist)}`] : []),
      '    INDEX 01 00:00:00',
    ]),
  ]
  return `${lines.join('\r\n')}\r\n`
}
