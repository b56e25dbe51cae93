import { describe } from 'vitest'
import { describeClicks } from './clicks.js'

describe('a parameter that moves at 48000 Hz', () => describeClicks(48000))
