// What learning says to a person.
import type { Said } from '../mapping/learn-session.js'

const asks = {
  touch: 'Touch a control: turn it clockwise and back, push it up and down, or press it twice.  (Ctrl-D when all are learnt)',
  turnBack: 'Turn it all the way back, and once more to and fro.',
  hold: 'Press it again, hold it for a second, and let it go.',
  more: 'That was little: once more, further and slower.',
  one: 'Several controls spoke: touch one alone.',
} as const

/** `hasDesk`: a running one hears what others move. */
export function saidText(said: Said, hasDesk: boolean): string {
  switch (said.kind) {
    case 'refused':
      return `  ${said.why}`
    case 'learnt': {
      const { control, binding } = said.learnt
      const target =
        binding === undefined
          ? 'nothing yet'
          : typeof binding === 'string'
            ? binding
            : [binding.do, binding.with].join(' ').trim()
      return `  ${control} moves ${target}`
    }
    default:
      if (said.what === 'target')
        return `${said.encoding}
What does it move? Type an id (strip.1.faderDb, transport.play),${hasDesk ? ' or move it in another client,' : ''} or Enter for nothing yet.`
      if (said.what === 'series')
        return `Does it go on like that, with ${said.next} next? Type the last number, or touch the next control.`
      return `${asks[said.what]}${said.wires.length > 0 ? `  (${said.wires.join(', ')})` : ''}`
  }
}
