// Dynamic equaliser of the mastering chain: bells and shelves whose gain follows the level in their own range. A de-esser is a node.
import { type Block, bool, choice, meter, number, repeat } from '../../params/spec.js'

/** In the order of an equaliser's band types. */
export const nodeTypes = ['bell', 'lowShelf', 'highShelf'] as const

export const nodeCount = 6

export const dynEq: Block = {
  on: bool('Dynamic EQ on'),
  node: repeat(
    nodeCount,
    {
      on: bool('Node on', true),
      type: choice('Node type', nodeTypes),
      frequencyHz: number('Node frequency', 'Hz', 20, 20000, 6000, 'log'),
      q: number('Node Q', '', 0.1, 40, 1, 'log'),
      thresholdDb: number('Node threshold, of the level in its range', 'dBFS', -60, 0, -30),
      rangeDb: number('Most that the node cuts or boosts', 'dB', -12, 12, 0),
      ratio: number('Node ratio', ':1', 1, 20, 3, 'log'),
      attackMs: number('Node attack', 'ms', 0.1, 250, 2, 'log'),
      releaseMs: number('Node release', 'ms', 5, 2000, 80, 'log'),
      listen: bool('Listen to the level in its range'),
      gainDb: meter('Gain of the node', 'dB', 'amplitude'),
    },
    true,
  ),
}
