// A bar on the terminal, on stderr; nothing where stderr is no terminal.

const width = 30

/** Gives the function that shows how much of `total` is done; called with `total` it ends the line. */
export function progressBar(what: string, total: number, stream: NodeJS.WriteStream = process.stderr): (done: number) => void {
  if (!stream.isTTY || total <= 0) return () => {}
  let shown = ''
  return (done) => {
    const share = Math.min(1, done / total)
    const full = Math.round(share * width)
    const line = `${what} ${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.floor(share * 100)} %`
    if (line !== shown) stream.write(`\r${line}${share === 1 ? '\n' : ''}`)
    shown = line
  }
}
