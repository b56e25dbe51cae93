// The player's transport. Play, stop, locate and record are actions, not parameters.
import { bool, meter, number } from '../../params/spec.js'

export const transport = {
  loop: {
    on: bool('Loop on'),
    startS: number('Loop start', 's', 0, 86400, 0),
    endS: number('Loop end', 's', 0, 86400, 0),
  },
  playing: meter('Playing', ''),
  recording: meter('Recording', ''),
  positionS: meter('Position', 's'),
}
