// Loudness and true peak of the master, ITU-R BS.1770-5 and EBU Tech 3341.
import { meter } from '../../params/spec.js'

export const loudnessMeters = {
  truePeakDbtp: meter('True peak since reset', 'dBTP', 'amplitude'),
  momentaryLufs: meter('Momentary loudness', 'LUFS'),
  shortTermLufs: meter('Short-term loudness', 'LUFS'),
  maxMomentaryLufs: meter('Highest momentary loudness since reset', 'LUFS'),
  maxShortTermLufs: meter('Highest short-term loudness since reset', 'LUFS'),
  integratedLufs: meter('Integrated loudness', 'LUFS'),
  loudnessRangeLu: meter('Loudness range since reset', 'LU'),
  plrLu: meter('True peak over integrated loudness', 'LU'),
}
