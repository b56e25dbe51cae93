// `deskd chain store A` and `deskd chain recall A`: snapshots of a running desk's mastering chain.
import { DeskError } from '../errors.js'
import { actionAddress, whyNot } from '../params/actions.js'
import { withDesk } from './get.js'
import { printJson, printLines } from './print.js'
import type { ReachOptions } from './running-desk.js'

export async function chain(
  what: 'store' | 'recall',
  slot: string,
  options: ReachOptions & { readonly json?: boolean },
): Promise<void> {
  const action = `chain.${what}` as const
  const wrong = whyNot(action, [slot])
  if (wrong) throw new DeskError('usage', `chain ${what}: ${wrong}, found ${slot}`)
  const trim = await withDesk(options, async (client) => {
    await client.act(actionAddress(action), [slot])
    return (await client.ask(['/master/chain/trimDb'])).get('/master/chain/trimDb')
  })
  const snapshot = slot.toUpperCase()
  if (options.json) printJson({ snapshot, trimDb: Number(trim) })
  else printLines([what === 'store' ? `stored ${snapshot}` : `recalled ${snapshot}, trimmed by ${Number(trim).toFixed(1)} dB`])
}
