// How left and right belong together.
import { meter } from '../../params/spec.js'

/** E[L·R]/√(E[L²]·E[R²]), means over 300 ms: 1 the same, 0 independent or one side silent, −1 inverted. */
export const correlationMeter = { correlation: meter('Correlation of left and right, 300 ms', '') }

/** (E[R²] − E[L²])/(E[L²] + E[R²]): −1 all left, 0 in the middle or silent, 1 all right. */
export const balanceMeter = { balance: meter('Balance, −1 left to 1 right, 300 ms', '') }
