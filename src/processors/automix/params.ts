// Automatic microphone mixing by gain sharing.
import { bool, choice, number } from '../../params/spec.js'

export const automix = {
  on: bool('Automix on'),
  group: choice('Automix group', ['A', 'B']),
  weightDb: number('Automix weight', 'dB', -12, 12, 0),
}
