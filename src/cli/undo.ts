// `deskd undo` and `deskd redo`.
import type { Status } from '../control/status.js'
import { withDesk } from './get.js'
import { printJson, printLines } from './print.js'
import type { ReachOptions } from './running-desk.js'

export async function undo(what: 'undo' | 'redo', options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const answers = await withDesk(options, async (client) => {
    await client.act(`/edit/${what}`)
    return client.ask(['/status'])
  })
  const status = JSON.parse(String(answers.get('/status'))) as Status
  if (options.json) printJson(status.undo)
  else printLines([`steps to undo: ${status.undo.undo}, to redo: ${status.undo.redo}`])
}
