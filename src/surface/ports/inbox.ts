// What a link has received: kept until somebody listens, then handed on as it comes.
import { concat, defer, from, type Observable, Subject } from 'rxjs'

const mostEarly = 256

export class Inbox {
  private early: Uint8Array[] | undefined = []
  private readonly late = new Subject<Uint8Array>()

  readonly messages$: Observable<Uint8Array> = defer(() => {
    const early = this.early ?? []
    this.early = undefined
    return concat(from(early), this.late)
  })

  next(message: Uint8Array): void {
    if (this.early === undefined) this.late.next(message)
    else if (this.early.length < mostEarly) this.early.push(message)
  }

  complete(): void {
    this.late.complete()
  }
}
