// What a tablet is told of for a job: the addresses that its layout shows.

const bands = '/master/eq/band*/{frequencyHz,gainDb,q}'
const limiter = '/master/limiter/{ceilingDbtp,releaseMs}'

/** Patterns, in the order in which a tablet that comes new is told. One that a desk has nothing for is left out. */
export const tabletJobs = {
  mix: [
    '/{strip,bus,dca}/*/name',
    '/norm/{strip,bus,dca}/*/faderDb',
    '/norm/master/faderDb',
    '/{strip,bus,dca}/*/{mute,solo}',
    '/master/mute',
    '/{strip,bus,dca}/*/color',
    '/norm/{strip,bus}/*/pan',
    '/text/{strip,bus}/*/pan',
    '/text/{strip,bus,dca}/*/faderDb',
    '/text/master/faderDb',
    '/muteGroup/*/{on,name}',
    '/norm/strip/*/send/*/levelDb',
    '/norm/{strip,bus}/*/meter/peakDb',
    '/norm/master/meter/peakDb',
    '/text/transport/positionS',
  ],
  master: [
    '/norm/master/faderDb',
    '/text/master/faderDb',
    '/master/mute',
    '/norm/monitor/levelDb',
    '/text/monitor/levelDb',
    '/monitor/{dim,mono}',
    '/master/*/on',
    '/master/eq/band*/on',
    `/norm${bands}`,
    `/text${bands}`,
    '/text/master/eq/band*/type',
    `/norm${limiter}`,
    `/text${limiter}`,
    '/master/chain/matchLevels',
    '/master/*/{bypass,delta}',
    '/text/master/*/meter/*Db',
    '/norm/master/meter/{momentaryLufs,shortTermLufs}',
    '/text/master/meter/{momentaryLufs,shortTermLufs,integratedLufs,loudnessRangeLu,truePeakDbtp}',
    '/norm/master/meter/{peakDb,limiterDb,correlation,balance}',
    '/text/master/meter/limiterDb',
    '/norm/master/meter/band/*/levelDb',
    '/text/transport/positionS',
  ],
} as const satisfies Record<string, readonly string[]>

export type TabletJob = keyof typeof tabletJobs

export const isTabletJob = (name: string): name is TabletJob => Object.hasOwn(tabletJobs, name)
