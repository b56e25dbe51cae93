// Notices an engine that lives but makes no sound: its frame counter stands still.

/** Looks often enough for a second of silence to be seen within a quarter more. */
export const lookEveryMs = 250
const looksUntilStalled = 4
/** A sound card may take its time until the first block. */
const patienceLooks = 12

export class StallWatch {
  private frames = -1
  private unchanged = 0
  private looks = 0

  /** A new engine is there. */
  reset(): void {
    this.frames = -1
    this.unchanged = 0
    this.looks = 0
  }

  /** Takes a reading of the frame counter; true when it has stood still for a second. */
  look(frames: number): boolean {
    this.looks++
    this.unchanged = frames === this.frames ? this.unchanged + 1 : 0
    this.frames = frames
    return this.looks > patienceLooks && this.unchanged >= looksUntilStalled
  }
}
