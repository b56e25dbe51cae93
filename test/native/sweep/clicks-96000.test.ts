import { describe } from 'vitest'
import { describeClicks } from './clicks.js'

describe('a parameter that moves at 96000 Hz', () => describeClicks(96000))
