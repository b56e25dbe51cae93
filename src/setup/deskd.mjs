#!/usr/bin/env node
// The `deskd` command: sets up what a fresh clone lacks, then hands over to the built program.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { addonPath, mainPath, root, setupOrExit } from './setup.mjs'

const isComplete = [mainPath, addonPath, join(root, 'node_modules/.package-lock.json')].every((path) => existsSync(path))
// `npm start` looks for changed sources too; `npx deskd` only for missing builds, to stay quick.
if (!isComplete || process.env.npm_lifecycle_event === 'start') {
  const cwd = process.cwd()
  await setupOrExit()
  process.chdir(cwd)
}
await import('../../dist/main.js')
