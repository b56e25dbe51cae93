// Conversions between engineering units.
/** Amplitude ratio to dB; 0 gives −inf. */
export const dbOfAmplitude = (amplitude) => 20 * Math.log10(amplitude);
/** Mean square to dB; 0 gives −inf. */
export const dbOfPower = (power) => 10 * Math.log10(power);
/** dB to amplitude ratio; −inf gives 0. */
export const amplitudeOfDb = (db) => 10 ** (db / 20);
/** Speed of sound in dry air at 20 °C, in metres a second. */
export const soundMetresPerSecond = 343.2;
/** Shortest decimal text that reads back as the same 32-bit float: 0.1, not 0.10000000149011612. */
export function shortestFloat(value) {
    if (!Number.isFinite(value))
        return value;
    const f32 = Math.fround(value);
    for (let digits = 6; digits <= 9; digits++) {
        const candidate = Number(f32.toPrecision(digits));
        if (Math.fround(candidate) === f32)
            return candidate;
    }
    return f32;
}
