import { describe } from 'vitest'
import { describeClicks } from './clicks.js'

describe('a parameter that moves at 44100 Hz', () => describeClicks(44100))
