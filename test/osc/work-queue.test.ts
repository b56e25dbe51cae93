import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { queueLimits, WorkQueue } from '../../src/osc/work-queue.js'

let nowMs = 0
beforeEach(() => {
  nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const turn = (): Promise<void> => new Promise(setImmediate)

/** A job of some steps that take `stepMs` each and note themselves. */
const job = (notes: string[], name: string, steps: number, stepMs: number) =>
  function* (): Generator<void> {
    for (let i = 1; i <= steps; i++) {
      nowMs += stepMs
      notes.push(`${name}${i}`)
      yield
    }
  }

describe('WorkQueue', () => {
  it('does nothing before the next turn of the loop', async () => {
    const queue = new WorkQueue()
    const notes: string[] = []
    queue.push('a', job(notes, 'a', 1, 0))
    expect(notes).toEqual([])
    await turn()
    expect(notes).toEqual(['a1'])
  })

  it('interrupts a job after 2 ms and goes on with it in the next turn', async () => {
    const queue = new WorkQueue()
    const notes: string[] = []
    queue.push('a', job(notes, 'a', 10, 0.5), 1)
    for (const done of [4, 8, 10]) {
      await turn()
      expect(notes).toHaveLength(done)
    }
    expect(queue.pending).toBe(0)
  })

  it('begins no job after 1 ms', async () => {
    const queue = new WorkQueue()
    const notes: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) queue.push('lane', job(notes, name, 1, 0.6))
    await turn()
    expect(notes).toEqual(['a1', 'b1'])
    await turn()
    expect(notes).toEqual(['a1', 'b1', 'c1', 'd1'])
  })

  it('keeps the order of a lane and gives lanes their turns', async () => {
    const queue = new WorkQueue()
    const notes: string[] = []
    queue.push('x', job(notes, 'long', 8, 0.5))
    queue.push('x', job(notes, 'after', 1, 0))
    queue.push('y', job(notes, 'other', 1, 0))
    for (let i = 0; i < 5; i++) await turn()
    expect(notes.indexOf('other1')).toBe(4)
    expect(notes.at(-1)).toBe('after1')
  })

  it('takes 100,000 messages or 32 MiB and refuses more', () => {
    const queue = new WorkQueue()
    expect(queue.push('a', () => undefined, queueLimits.messages)).toBe(true)
    expect(queue.push('a', () => undefined, 1)).toBe(false)
    expect(queue.push('a', () => undefined)).toBe(true)
    const bytes = new WorkQueue()
    expect(bytes.push('a', () => undefined, 1, queueLimits.bytes)).toBe(true)
    expect(bytes.push('a', () => undefined, 1, 1)).toBe(false)
    queue.close()
    bytes.close()
  })

  it('takes what comes in before feedback, and lets neither keep the other waiting', async () => {
    const queue = new WorkQueue()
    const notes: string[] = []
    for (const client of ['a', 'b', 'c']) queue.pushFeedback(client, job(notes, `meters ${client} `, 1, 0.6))
    for (const client of ['x', 'y', 'z']) queue.push(client, job(notes, `move ${client} `, 1, 0.6))
    await turn()
    expect(notes).toEqual(['move x 1', 'move y 1', 'meters a 1'])
    await turn()
    expect(notes.slice(3)).toEqual(['move z 1', 'meters b 1'])
    await turn()
    expect(notes.slice(5)).toEqual(['meters c 1'])
  })

  it('goes on after a job that throws', async () => {
    const queue = new WorkQueue()
    const notes: string[] = []
    queue.push('a', () => {
      throw new Error('a test of what a fault does')
    })
    queue.push('a', job(notes, 'a', 1, 0))
    await turn()
    expect(notes).toEqual(['a1'])
  })
})
