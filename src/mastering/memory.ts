// Work that holds whole files in memory: no more of it at a time than there is room for, and none that would never fit.
import { freemem } from 'node:os'
import { DeskError } from '../errors.js'

/** Of what is free; the rest is the system's, and other programs'. */
const share = 0.8

/** A container's limit counts. Node before 20.13 knows the machine's alone. */
const freeBytes = (): number => process.availableMemory?.() ?? freemem()

interface Waiting {
  readonly bytes: number
  readonly begin: () => void
}

let taken = 0
let budget = 0
const queue: Waiting[] = []

/** Runs `work`, which takes up to `bytes`, when there is room beside what runs already. Throws a DeskError where there is too little at all. */
export async function withMemory<T>(path: string, bytes: number, work: () => Promise<T>): Promise<T> {
  if (taken === 0) budget = share * freeBytes()
  if (bytes > budget)
    throw new DeskError(
      'memory',
      `${path}: expected ${gigabytes(bytes)} of free memory to look for faults, found ${gigabytes(budget)}; split it first`,
    )
  if (taken + bytes > budget || queue.length > 0) await new Promise<void>((begin) => queue.push({ bytes, begin }))
  else taken += bytes
  try {
    return await work()
  } finally {
    taken -= bytes
    while (queue[0] && taken + queue[0].bytes <= budget) {
      taken += queue[0].bytes
      queue.shift()!.begin()
    }
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`
