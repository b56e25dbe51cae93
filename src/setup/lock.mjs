// One setup at a time: a lock file whose holder keeps touching it.
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimes, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const beatMs = 2000
const staleMs = 30000

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** The holder's process id, or undefined when nobody holds the lock any more. */
function holderOf(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    const age = Date.now() - statSync(path).mtimeMs
    // An empty file is a lock about to be written.
    if (age > staleMs || (pid > 0 && !isAlive(pid))) return undefined
    return pid
  } catch {
    return undefined
  }
}

/** Waits for the lock, calls `onWait(pid)` once when another holds it, and returns the function that lets it go. */
export async function takeLock(path, onWait) {
  for (let waited = false; ; waited = true) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = holderOf(path)
    if (holder === undefined) {
      // Renaming away works for one process only, so two waiting ones don't both clear it.
      try {
        renameSync(path, `${path}.${process.pid}`)
        rmSync(`${path}.${process.pid}`)
      } catch {}
      continue
    }
    if (!waited) onWait(holder)
    await sleep(200)
  }
  const beat = setInterval(() => utimes(path, new Date(), new Date(), () => {}), beatMs)
  beat.unref()
  const release = () => {
    clearInterval(beat)
    rmSync(path, { force: true })
  }
  process.once('exit', release)
  return () => {
    process.off('exit', release)
    release()
  }
}
