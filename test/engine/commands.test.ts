// Slow commands over the engine's socket: answers, errors in words, a socket for one user.
import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { askEngine, type CommandHandlers, serveCommands } from '../../src/engine/commands.js'
import { DeskError } from '../../src/errors.js'

const handlers: CommandHandlers = {
  info: async () => ({ pid: 42, isa: 'avx2', takeError: '' }),
  loadTracks: async (tracks) => {
    if (tracks.length === 0) throw new DeskError('audioFile', 'kick.wav: expected audio, found text')
    return null
  },
  startTake: async ({ masterPath }) => ({ startFrame: masterPath.length, playing: false, positionFrames: 0, valuesBase64: '' }),
  stopTake: () => new Promise(() => {}),
  devices: async () => {
    throw new Error('no library')
  },
}

describe('the engine’s socket', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'deskd-socket-')), 'engine.sock')
  let close = (): void => {}
  afterEach(() => close())
  const serve = async (): Promise<void> => {
    const server = await serveCommands(path, handlers)
    close = () => server.close()
  }

  it('answers 20 commands at once, and only to its own user', async () => {
    await serve()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const asked = Array.from({ length: 20 }, (_, i) =>
      askEngine(path, 'startTake', { masterPath: 'x'.repeat(i), bits: '24', inputs: [] }),
    )
    expect((await Promise.all(asked)).map(({ startFrame }) => startFrame)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(await askEngine(path, 'loadTracks', [{ path: 'a.wav', strip: 0 }])).toBeNull()
  })

  it('hands on a DeskError with its code, and any other error as an engine error', async () => {
    await serve()
    await expect(askEngine(path, 'loadTracks', [])).rejects.toMatchObject({
      code: 'audioFile',
      message: 'kick.wav: expected audio, found text',
    })
    await expect(askEngine(path, 'devices', null)).rejects.toMatchObject({ code: 'engine', message: 'no library' })
  })

  it('says so when the engine does not answer or is not there', async () => {
    await serve()
    await expect(askEngine(path, 'stopTake', null, 50)).rejects.toThrow(
      'the engine does not answer stopTake: nothing came in 50 ms',
    )
    await expect(askEngine(`${path}.gone`, 'info', null)).rejects.toMatchObject({ code: 'engine' })
  })
})
