import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { deviceName, type MethodReport, type ScoreName, type ScoreReport } from '../../contract/types';
import { type CommonOptions, integer, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';

interface Options extends CommonOptions {
  masks?: string;
  annotations: boolean;
  methods?: string;
  onlyBaselines: boolean;
  split?: string;
  limit?: number;
  faithful?: number;
  seed?: number;
  device?: (typeof deviceName.options)[number];
  out?: string;
}

/** `penumbra score`: masks and baselines against object masks, and against the encoder's own answers. */
export const scoreCommand = (): Command =>
  withProject(new Command('score'))
    .description('score the trained masks and other attribution methods on unseen images (docs/scores.md)')
    .option('--masks <dir>', 'object masks in the same tree as the images; without them only faithfulness')
    .addOption(
      new Option('--annotations', 'the objects drawn in the project, in place of --masks')
        .default(false)
        .conflicts('masks'),
    )
    .option('--methods <ids>', 'only these masks and methods, with commas')
    .option('--only-baselines', 'leave the trained masks out', false)
    .option('--split <name>', 'the split to score (default: test or val where there is one, else all)')
    .addOption(new Option('--limit <n>', 'at most so many images').argParser(integer(1, 1_000_000)))
    .addOption(
      new Option('--faithful <n>', 'how many images are tested for faithfulness (default: 16)').argParser(
        integer(0, 1_000_000),
      ),
    )
    .addOption(
      new Option('--seed <n>', 'of everything drawn (default: 1)').argParser(integer(0, 2 ** 31 - 1)),
    )
    .addOption(new Option('--device <name>', 'what to compute on').choices(deviceName.options))
    .option('--out <dir>', 'where the report (JSON) and the figure of budgets (SVG) go')
    .action(score);

async function score(options: Options): Promise<void> {
  const { masks, annotations, methods, onlyBaselines, split, limit, faithful, seed, device, out } = options;
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  await inSession(options, async ({ client, signal }) => {
    await client.project.openFile({ file: project });
    const report = await client.scores.run(
      {
        ...{ annotations, onlyBaselines, split, limit, faithful, seed, device },
        masks: masks && resolve(masks),
        methods: methods?.split(',').map((id) => id.trim()),
        out: out && resolve(out),
      },
      { signal },
    );
    new Output(options.json).result(report, tablesOf(report));
  });
}

const TABLES: { title: string; scores: [ScoreName, string][] }[] = [
  {
    title: 'Against the object (mean, 95 % interval over images)',
    scores: [
      ['auroc', 'AUROC'],
      ['iou', 'IoU'],
      ['pointing', 'pointing'],
      ['mass', 'mass inside'],
      ['rank', 'rank acc.'],
    ],
  },
  {
    title: "Against the encoder's answers",
    scores: [
      ['deletion', 'deletion'],
      ['insertion', 'insertion'],
      ['road', 'ROAD'],
      ['sensitivity', 'max-sens.'],
    ],
  },
  {
    title: 'The map itself',
    scores: [
      ['gini', 'Gini'],
      ['randomisation', 'randomised'],
      ['seeds', 'seeds'],
    ],
  },
];

function tablesOf(report: ScoreReport): string[] {
  const { encoder, images, objects, size, split, methods, budgets, files } = report;
  const tables = TABLES.flatMap(({ title, scores }) => {
    const measured = scores.filter(([name]) => methods.some((method) => method[name] !== null));
    if (measured.length === 0) return [];
    return [
      '',
      title,
      row(
        'method',
        measured.map(([, heading]) => heading),
        'ms/image',
      ),
      ...methods.map((method) =>
        row(
          method.title,
          measured.map(([name]) => cell(method, name)),
          method.ms_per_image.toFixed(1),
        ),
      ),
    ];
  });
  const where = split === null ? 'all images' : `the images of "${split}"`;
  return [
    `Scored   ${images} of ${where} at ${size} px, ${objects} with an object mask; encoder ${encoder.name}`,
    ...tables,
    ...budgetLines(budgets),
    ...files.map((file) => `Written  ${file}`),
  ];
}

function cell(method: MethodReport, name: ScoreName): string {
  const mean = method[name];
  if (mean === null) return '-';
  const [low, high] = method.intervals[name]!;
  return `${mean.toFixed(3)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}

const row = (title: string, cells: string[], last: string): string =>
  `${title.padEnd(30)}${cells.map((text) => text.padStart(20)).join('')}${last.padStart(10)}`;

function budgetLines(budgets: ScoreReport['budgets']): string[] {
  if (budgets.length === 0) return [];
  const share = ({ mean, low, high }: ScoreReport['budgets'][number]['learned']) =>
    `${(100 * mean).toFixed(1)} % (${(100 * low).toFixed(0)}-${(100 * high).toFixed(0)})`.padStart(20);
  return [
    '',
    'Answers that stay under noise of equal entropy, by where the noise is',
    `${'sigma to'.padEnd(10)}${'budget'.padEnd(10)}${['learned', 'uniform', 'shuffled'].map((text) => text.padStart(20)).join('')}`,
    ...budgets.map(
      ({ budget, sigmaMax, learned, uniform, shuffled }) =>
        `${sigmaMax.toFixed(1).padEnd(10)}${budget.toFixed(2).padEnd(10)}${share(learned)}${share(uniform)}${share(shuffled)}`,
    ),
  ];
}
