// The player's transport. Play, stop, locate and record are actions, not parameters.
import { bool, meter, number } from '../../params/spec.js'

export const transport = {
  loop: {
    on: bool('Loop on'),
    startS: number('Loop start', 's', 0, 86400, 0),
    endS: number('Loop end', 's', 0, 86400, 0),
  },
  punch: {
    on: bool('Punch on: a recording begins and ends at its points'),
    inS: number('Punch in', 's', 0, 86400, 0),
    outS: number('Punch out', 's', 0, 86400, 0),
  },
  tempoBpm: number('Tempo', 'BPM', 20, 300, 120),
  preRollS: number('Pre-roll: how much from before a recording is asked for it begins with', 's', 0, 60, 0),
  playing: meter('Playing', ''),
  recording: meter('Recording', ''),
  positionS: meter('Position', 's'),
}
