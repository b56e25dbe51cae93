// Where the player will be at a frame to come, from where it is now.

export interface TransportSample {
  readonly frame: number
  readonly playing: boolean
  readonly positionFrames: number
  readonly loop: { readonly on: boolean; readonly startFrame: number; readonly endFrame: number }
}

export function transportAt(frame: number, now: TransportSample): { playing: boolean; positionFrames: number } {
  const { playing, positionFrames, loop } = now
  if (!playing) return { playing, positionFrames }
  const ahead = positionFrames + Math.max(0, frame - now.frame)
  const length = loop.endFrame - loop.startFrame
  if (!loop.on || length < 32 || positionFrames >= loop.endFrame || ahead < loop.endFrame)
    return { playing, positionFrames: ahead }
  return { playing, positionFrames: loop.startFrame + ((ahead - loop.startFrame) % length) }
}
