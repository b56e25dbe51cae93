// Notices a process that lives but does nothing: a counter of its own stands still.

/** Looks often enough for a second of silence to be seen within a quarter more. */
export const lookEveryMs = 250
/** Of the engine's frames. */
export const engineStalledMs = 1000
/** Of control's word that it is alive, which it gives every second: a busy one is given time. */
export const controlStalledMs = 5000
/** A sound card may take its time until the first block. */
const patienceLooks = 12

export class StallWatch {
  private count = -1
  private unchanged = 0
  private looks = 0

  constructor(private readonly stalledMs: number) {}

  /** A new process is there. */
  reset(): void {
    this.count = -1
    this.unchanged = 0
    this.looks = 0
  }

  /** Takes a reading of the counter; true when it has stood still for too long. */
  look(count: number): boolean {
    this.looks++
    this.unchanged = count === this.count ? this.unchanged + 1 : 0
    this.count = count
    return this.looks > patienceLooks && this.unchanged * lookEveryMs >= this.stalledMs
  }
}
