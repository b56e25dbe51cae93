// Prints the folder of portaudio.h: naudiodon's, else the system's.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

try {
  const folder = join(dirname(createRequire(import.meta.url).resolve('naudiodon/package.json')), 'portaudio', 'include')
  console.log(existsSync(join(folder, 'portaudio.h')) ? folder : '/usr/include')
} catch {
  console.log('/usr/include')
}
