// The whole command line: every command with its options. Each command's code is loaded only when it runs.
import { readFileSync } from 'node:fs'
import { Argument, Command, Option } from 'commander'
import { ditherKinds } from '../engine/native.js'
import { layoutApps, layoutJobs } from '../layouts/layout.js'
import { loudnessModes, presetNames } from '../mastering/album/presets.js'
import { mendableKinds } from '../mastering/faults.js'
import { audioKinds, recordFormats, recordWhats } from '../supervisor/run-options.js'
import { hostPort, listOf, numberFrom, oneOf, secondsUpTo, timeOf, wholeNumber } from './arguments.js'

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

const bits = ['16', '24', '32f'] as const
const renderBits = ['16', '20', '24', '32f'] as const

const hostOption = (): Option =>
  new Option('--osc <host:port>', "where the desk listens (default: from the running desk's state folder)").argParser(hostPort)
const isaOption = (): Option =>
  new Option('--isa <name>', 'instruction set: avx512, avx2, sse2 or neon (default: the best here; deskd doctor shows them)')
const ditherOption = (): Option =>
  new Option(
    '--dither <kind>',
    'none, tpdf, light or strong noise shaping (default: tpdf to 16 and 20 bits, none to 24); what fits is not dithered',
  ).argParser(oneOf(ditherKinds))
const stateOption = (): Option => new Option('--state <dir>', 'state folder (default: ~/.local/state/deskd)')

export function program(): Command {
  const deskd = new Command('deskd')
    .description('A headless mixing and mastering desk.')
    .version(version(), '-V, --version')
    .exitOverride()
    .showHelpAfterError('(deskd --help, or deskd help COMMAND, shows what there is)')

  deskd
    .command('run')
    .description('start the desk; without tracks it plays a demo')
    .option('--config <file>', 'host configuration (YAML or JSON)')
    .option('--desk <file>', 'desk file: strips, buses and what everything starts at')
    .addOption(new Option('--audio <kind>', 'auto, portaudio or virtual').argParser(oneOf(audioKinds)))
    .option('--device <name>', "part of a sound card's name (see deskd devices)")
    .addOption(new Option('--sample-rate <hz>', '44100 to 192000').argParser(wholeNumber(44100, 192000, 'Hz')))
    .addOption(new Option('--buffer <frames>', '16 to 8192').argParser(wholeNumber(16, 8192, 'frames')))
    .option(
      '--play <dir>',
      'folder of tracks in name order onto the strips; a folder of such folders or a YAML playlist plays them one by one',
    )
    .option('--record <path>', 'FILE.wav records the master, a folder name a take')
    .addOption(
      new Option('--record-format <format>', 'wav (default), or flac: 24 bit, made behind the stop').argParser(
        oneOf(recordFormats),
      ),
    )
    .addOption(
      new Option('--record-what <what>', 'of a take, beside the master: armed (default), inputs, buses or all').argParser(
        oneOf(recordWhats),
      ),
    )
    .addOption(new Option('--osc <host:port>', 'where to listen (default: 127.0.0.1:9000)').argParser(hostPort))
    .addOption(stateOption())
    .addOption(isaOption())
    .action(async (options) => (await import('./run.js')).run(options))

  deskd
    .command('render')
    .description('mix files, or a recorded take, into one file')
    .option('--in <paths...>', 'folders and audio files; each file is a strip, in name order')
    .option('--take <dir>', 'take folder of a live recording')
    .requiredOption('--out <file>', 'WAV file to write')
    .option('--desk <file>', 'desk file (default: everything off, faders at 0 dB)')
    .option('--set <change...>', 'id=value or id+=value, over the desk file')
    .addOption(
      new Option('--buffer <frames>', 'block size; the result does not depend on it')
        .argParser(wholeNumber(1, 65536, 'frames'))
        .default(1024),
    )
    .addOption(new Option('--bits <format>', '16, 20, 24 or 32f').argParser(oneOf(renderBits)))
    .addOption(ditherOption())
    .addOption(
      new Option(
        '--ceiling <dbtp>',
        'turn the limiter on, and render again with it lower until the true peak of the file is not above this',
      ).argParser(numberFrom(-12, 0, 'dBTP')),
    )
    .addOption(isaOption())
    .option('--json', 'one object on stdout')
    .action(async (options) => (await import('./render.js')).render(options))

  deskd
    .command('repair')
    .description(
      'mend a file: DC, mains hum, clipped runs, clicks, polarity; balance and silence at the ends when they are named',
    )
    .argument('<file>', 'WAV, RF64, AIFF or FLAC')
    .requiredOption('--out <file>', 'WAV or FLAC file to write; a file without faults is copied to the bit')
    .addOption(
      new Option('--only <kinds>', 'dc,hum,clips,clicks,balance,polarity,silence: these alone').argParser(listOf(mendableKinds)),
    )
    .option('--json', 'one object on stdout')
    .action(async (file, options) => (await import('./repair.js')).repair(file, options))

  deskd
    .command('analyze')
    .description('measure files: loudness, peaks, dynamics, spectrum, clipping, and what each platform makes of them')
    .argument('<files...>', 'audio files of 1 to 6 channels, and folders of them')
    .option('--report <file>', 'also a page with all curves, FILE.html')
    .option('--json', 'one object on stdout; of several files an array')
    .action(async (files, options) => (await import('./analyze.js')).analyze(files, options))

  masterCommand(deskd)

  const take = deskd.command('take').alias('takes').description('recordings that exist')
  take
    .command('list')
    .description('takes in folders, or right in them')
    .argument('[folders...]', 'default: this folder')
    .option('--json', 'one array on stdout')
    .action(async (folders, options) => (await import('./take.js')).list(folders, options))
  take
    .command('show')
    .description('what a take was made of, and what moved in it')
    .argument('<take>', 'its folder')
    .option('--json', 'one object on stdout')
    .action(async (folder, options) => (await import('./take.js')).show(folder, options))
  take
    .command('diff')
    .description('which parameters differ between two takes, when, and by how much')
    .argument('<first>', 'its folder')
    .argument('<second>', 'its folder')
    .option('--json', 'one object on stdout')
    .action(async (first, second, options) => (await import('./take.js')).diff(first, second, options))
  take
    .command('repair')
    .description('mend recordings that a kill cut off; what is whole is not touched')
    .argument('<paths...>', 'take folders and WAV files')
    .option('--json', 'one array on stdout')
    .action(async (paths, options) => (await import('./take-repair.js')).repair(paths, options))

  deskd
    .command('get')
    .description('what parameters and meters of a running desk stand at')
    .argument('<ids...>', 'ids or patterns: strip.1.faderDb, strip.*.mute')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object on stdout')
    .action(async (ids, options) => (await import('./get.js')).get(ids, options))

  deskd
    .command('set')
    .description('change parameters of a running desk')
    .argument('<changes...>', 'id=value …, or id value …')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'what they stand at then, as one object on stdout')
    .action(async (changes, options) => (await import('./set.js')).set(changes, options))

  deskd
    .command('watch')
    .description('follow parameters and meters of a running desk')
    .argument('<ids...>', 'ids or patterns')
    .addOption(new Option('--hz <rate>', 'most reports a second').argParser(wholeNumber(1, 100, 'a second')).default(10))
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object a line')
    .action(async (ids, options) => (await import('./watch.js')).watch(ids, options))

  sceneCommands(deskd)

  const chain = deskd.command('chain').description('snapshots A to D of the mastering chain, compared at matched level')
  for (const [name, description] of [
    ['store', 'keep what the chain stands at'],
    ['recall', 'bring a snapshot back; with master.chain.matchLevels at the loudness of the quietest'],
  ] as const)
    chain
      .command(name)
      .description(description)
      .argument('<snapshot>', 'A, B, C or D')
      .addOption(hostOption())
      .addOption(stateOption())
      .option('--json', 'the snapshot and the trim in dB, as one object on stdout')
      .action(async (slot, options) => (await import('./chain.js')).chain(name, slot, options))

  for (const [name, description] of [
    ['undo', 'take back what was done last on a running desk, whoever did it'],
    ['redo', 'do again what was undone last'],
  ] as const)
    deskd
      .command(name)
      .description(description)
      .addOption(hostOption())
      .addOption(stateOption())
      .option('--json', 'how much can be undone and redone then, as one object on stdout')
      .action(async (options) => (await import('./undo.js')).undo(name, options))

  deskd
    .command('monitor')
    .description('what goes through the control surfaces, decoded, live; without a running desk what comes at the MIDI ports')
    .option('--surface <name>', 'one surface alone (see deskd surface list)')
    .option('--port <name>', "straight from the ports whose names contain this, or from unix:/path; no desk's mapping is at work")
    .option('--out', 'also what goes out to the surfaces')
    .option('--changes', 'also every change of a parameter, and who made it')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object a line')
    .action(async (options) => (await import('./monitor.js')).monitor(options))

  deskd
    .command('learn')
    .description('teach the desk a surface: touch a control, then name what it moves, or move that from elsewhere')
    .argument('[name]', "what to call a box that the desk does not know (default: after its port), or a surface's name")
    .option('--port <name>', 'only ports whose names contain this, or unix:/path')
    .option(
      '--out <file>',
      'mapping to write; one that is there is added to (default: NAME.yaml in mappings/ of the state folder)',
    )
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object a line; lines on stdin name the targets, its end is the end')
    .action(async (name, options) => (await import('./learn.js')).learn(name, options))

  const surface = deskd.command('surface').description('the control surfaces of a running desk')
  surface
    .command('list')
    .description('surfaces with their units, ports, mapping and page; what is not connected, and why')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one array on stdout')
    .action(async (options) => (await import('./surface.js')).list(options))
  surface
    .command('test')
    .description(
      'everything on it moves and lights up; then each control is asked for and ticked off. Exits with 1 when one is missing',
    )
    .argument('<name>', 'as deskd surface list says')
    .option('--no-sweep', 'without the first part')
    .addOption(
      new Option('--idle <s>', 'end after so long a silence (default: 60 where no terminal is)').argParser(
        wholeNumber(1, 3600, 's'),
      ),
    )
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'the result as one object on stdout')
    .action(async (name, options) => (await import('./surface-test.js')).test(name, options))

  deskd
    .command('devices')
    .description('list sound cards')
    .option('--json', 'one array on stdout')
    .addOption(hostOption())
    .addOption(stateOption())
    .action(async (options) => (await import('./devices.js')).devices(options))

  deskd
    .command('params')
    .description('list parameters and meters')
    .argument('[filter]', 'part of an id, or a pattern: comp, strip.1.*')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one array on stdout, for every strip and bus')
    .action(async (filter, options) => (await import('./params.js')).params(filter, options))

  deskd
    .command('status')
    .description('how a running desk is doing')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object on stdout')
    .action(async (options) => (await import('./status.js')).status(options))

  const tablet = deskd
    .command('tablet')
    .description('let a tablet on the local network in, and remember it')
    .option('--name <name>', 'what it is called (default: asked, or tablet)')
    .addOption(new Option('--minutes <n>', 'how long the desk is open for it').argParser(wholeNumber(1, 60, 'min')).default(5))
    .option('--interface <name>', 'network or address of this machine (default: the first real network)')
    .addOption(
      new Option('--reply-port <port>', 'where it listens, if not where it sends from and it does not say').argParser(
        wholeNumber(1024, 65535, ''),
      ),
    )
    .option('--yes', 'let the first one in without asking')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object on stdout')
    .action(async (options) => (await import('./tablet.js')).pair(options))
  tablet
    .command('list')
    .description('tablets that are known, and what they show')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one array on stdout')
    // The options of `deskd tablet` are taken before these.
    .action(async (_options, command) => (await import('./tablet.js')).list(command.optsWithGlobals()))
  tablet
    .command('forget')
    .description('let a paired tablet in no more')
    .argument('<name>', 'as deskd tablet list has it')
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object on stdout')
    .action(async (name, _options, command) => (await import('./tablet.js')).forget(name, command.optsWithGlobals()))

  deskd
    .command('layout')
    .description('write a layout for a tablet, from what the desk has')
    .addArgument(new Argument('<app>', `what the tablet runs: ${layoutApps.join(' or ')}`).argParser(oneOf(layoutApps)))
    .addOption(new Option('--job <job>', 'mix (default) or master').argParser(oneOf(layoutJobs)).default('mix'))
    .requiredOption('--out <file>', 'FILE.tosc for touchosc, FILE.json for open-stage-control')
    .option('--desk <file>', 'desk file (default: the running desk, else 64 strips and 8 buses)')
    .addOption(new Option('--columns <n>', 'strips side by side').argParser(wholeNumber(4, 16, 'strips')).default(8))
    .addOption(
      new Option('--reply-port <port>', 'where TouchOSC is set to receive').argParser(wholeNumber(1024, 65535, '')).default(9001),
    )
    .addOption(hostOption())
    .addOption(stateOption())
    .option('--json', 'one object on stdout')
    .action(async (app, options) => (await import('./layout.js')).layout(app, options))

  deskd
    .command('doctor')
    .description('what this machine lacks for the desk, and the commands that mend it')
    .option('--json', 'one array on stdout')
    .addOption(hostOption())
    .addOption(stateOption())
    .action(async (options) => (await import('./doctor.js')).doctor(options))

  return deskd
}

function masterCommand(deskd: Command): void {
  const percent = (flag: string, description: string): Option =>
    new Option(`${flag} <percent>`, description).argParser(numberFrom(0, 100, '%'))
  deskd
    .command('master')
    .description('bring files to a loudness below a true peak, one by one or as an album, and measure what was written')
    .argument('[files...]', 'audio files and folders, in the order of the album')
    .option(
      '--take <dir>',
      'a recorded take, mixed again: --out gets a changed copy with master.wav, and mastered.wav to the target',
    )
    .option('--set <change...>', "id=value in the place of a parameter's moves in the take, id+=value to each of them")
    .option('--from <time>', 'where --set begins: 83.5, 1:23.5', timeOf)
    .option('--to <time>', 'where it ends', timeOf)
    .requiredOption('--out <dir>', 'folder for the masters and album.cue')
    .addOption(new Option('--preset <name>', presetNames.join(', ')).argParser(oneOf(presetNames)))
    .addOption(new Option('--target <lufs>', 'integrated loudness').argParser(numberFrom(-36, -5, 'LUFS')))
    .addOption(new Option('--ceiling <dbtp>', 'highest true peak').argParser(numberFrom(-11, 0, 'dBTP')))
    .addOption(
      new Option(
        '--mode <mode>',
        'target of each track, of the album, or of its loudest track; the last two keep the differences',
      )
        .argParser(oneOf(loudnessModes))
        .default('track'),
    )
    .option('--reference <file...>', 'what it is to be like; see the amounts')
    .option('--chain <file>', "desk file whose master's parameters are the chain (default: the limiter alone)")
    .addOption(percent('--tone-match', "tone towards the album's mean, or the references' (default: 0; 100 with --reference)"))
    .addOption(new Option('--tone-max <db>', 'no band is changed by more').argParser(numberFrom(0, 12, 'dB')).default(6))
    .addOption(percent('--level-match', "level towards the references' (default: 100; 0 with --target or --preset)"))
    .addOption(percent('--width-match', "width towards the references' (default: 100)"))
    .addOption(percent('--limiter-match', "limiting towards the references' peak to loudness (default: 0)"))
    .option('--keep-ends', 'cut no silence at the ends')
    .addOption(new Option('--format <format>', 'wav or flac').argParser(oneOf(['wav', 'flac'] as const)).default('wav'))
    .addOption(new Option('--bits <format>', "16, 24 or 32f (default: the preset's)").argParser(oneOf(bits)))
    .addOption(ditherOption())
    .addOption(
      new Option('--rate <hz>', "sample rate (default: the preset's, else the file's)").argParser(
        wholeNumber(44100, 192000, 'Hz'),
      ),
    )
    .addOption(isaOption())
    .option('--json', 'one object on stdout')
    .action(async (files, options) => (await import('./master.js')).master(files, options))
}

/** `deskd scene …`: what moves asks the desk that runs, what looks reads its state folder. */
function sceneCommands(deskd: Command): void {
  const scene = deskd.command('scene').description('scenes: everything a mix is made of, stored by name and brought back')
  const fade = (): Option => new Option('--fade <s>', 'cross-fade, 0 to 10 s').argParser(secondsUpTo(10))
  const scope = (): Option => new Option('--scope <words>', 'kinds and channels: faders,mutes,strip.1-8,master')
  const named = (name: string, description: string): Command =>
    scene.command(name).description(description).addOption(stateOption())

  named('list', 'all scenes, by number')
    .option('--json', 'one array on stdout')
    .action(async (options) => (await import('./scene.js')).list(options))
  named('show', 'what a scene says beyond the defaults')
    .argument('<scene>', 'name or number')
    .option('--json', 'one object on stdout')
    .action(async (name, options) => (await import('./scene.js')).show(name, options))
  named('diff', 'what is different between two scenes, or a scene and the running desk')
    .argument('<scene>', 'name or number')
    .argument('[other]', 'another scene (default: the desk as it stands)')
    .option('--json', 'one array on stdout')
    .action(async (name, other, options) => (await import('./scene.js')).diff(name, other, options))
  named('store', 'store what the desk stands at')
    .argument('[scene]', 'name or number (default: the current scene, or a new one)')
    .addOption(scope())
    .addOption(hostOption())
    .option('--json', 'one object on stdout')
    .action(async (name, options) => (await import('./scene.js')).store(name, options))
  named('recall', 'bring a scene back')
    .argument('<scene>', 'name or number')
    .addOption(fade())
    .addOption(scope())
    .addOption(hostOption())
    .option('--json', 'one object on stdout')
    .action(async (name, options) => (await import('./scene.js')).recall(name, options))
  named('rename', 'give a scene another name')
    .argument('<scene>', 'name or number')
    .argument('<name>', 'its new name')
    .addOption(hostOption())
    .option('--json', 'one object on stdout')
    .action(async (name, to, options) => (await import('./scene.js')).change('rename', [name, to], options))
  named('delete', 'delete a scene')
    .argument('<scene>', 'name or number')
    .addOption(hostOption())
    .option('--json', 'one object on stdout')
    .action(async (name, options) => (await import('./scene.js')).change('delete', [name], options))
}
