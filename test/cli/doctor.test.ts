// What the doctor makes of what the system says.
import { describe, expect, it } from 'vitest'
import { canRun, type Finding, instructionSetText, realtimePriority } from '../../src/cli/doctor.js'

const limits = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax realtime priority     ${soft.padEnd(20)} 99\n`

describe('realtimePriority', () => {
  it('is the soft limit for an ordinary user', () => {
    expect(realtimePriority(limits('95'), 'CapEff:\t0000000000000000\n')).toBe(95)
    expect(realtimePriority(limits('0'), 'CapEff:\t0000000000000000\n')).toBe(0)
    expect(realtimePriority(limits('unlimited'), 'CapEff:\t0000000000000000\n')).toBe(99)
  })

  it('is 99 with CAP_SYS_NICE, bit 23, and not with the bits beside it', () => {
    expect(realtimePriority(limits('0'), 'CapEff:\t0000000000800000\n')).toBe(99)
    expect(realtimePriority(limits('0'), 'CapEff:\t0000000001400000\n')).toBe(0)
  })
})

describe('canRun', () => {
  it('needs what is required and nothing else', () => {
    const finding = (ok: boolean, required: boolean): Finding => ({ name: '', detail: '', ok, required })
    expect(canRun([finding(true, true), finding(false, false)])).toBe(true)
    expect(canRun([finding(true, true), finding(false, true)])).toBe(false)
  })
})

describe('the instruction set', () => {
  it('is the best here, or the one that a running desk uses, with those that --isa can force', () => {
    expect(instructionSetText(['avx2', 'sse2'])).toBe('avx2, the best here; --isa can force sse2')
    expect(instructionSetText(['avx2', 'sse2'], 'sse2')).toBe('sse2, in use by the running desk; --isa can force avx2')
    expect(instructionSetText(['neon'])).toBe('neon, the best here')
  })
})
