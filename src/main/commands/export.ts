import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { exportFormat, maskKind, type StartExport, startExport } from '../../contract/types';
import { type CommonOptions, decimal, integer, listOf, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';

interface Options extends CommonOptions {
  format: StartExport['formats'];
  out: string;
  mask?: StartExport['masks'];
  run?: number;
  budget?: number;
  colourMap?: StartExport['colourMap'];
  opacity?: number;
  maskOf?: StartExport['maskOf'];
  maskStyle?: StartExport['maskStyle'];
  threshold?: number;
  cocoShapes?: StartExport['cocoShapes'];
}

export const exportCommand = (): Command =>
  withProject(new Command('export'))
    .description("write the project's maps and annotations to files that carry the images' own names")
    .addOption(
      new Option('--format <names>', `${exportFormat.options.join(', ')}; several with commas`)
        .argParser(listOf(exportFormat.options))
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'where to write')
    .addOption(
      new Option('--mask <kinds>', 'positive, negative or both, with a comma').argParser(
        listOf(maskKind.options),
      ),
    )
    .addOption(
      new Option('--run <id>', 'a mask run (default: the newest of each kind)').argParser(
        integer(1, 2 ** 31),
      ),
    )
    .addOption(
      new Option('--budget <b>', "mean noise fraction (default: the mask's own)").argParser(
        decimal(0.01, 0.99),
      ),
    )
    .addOption(
      new Option('--colour-map <name>', 'colours of heat maps and overlays').choices(
        startExport.shape.colourMap.unwrap().options,
      ),
    )
    .addOption(new Option('--opacity <part>', 'of an overlay').argParser(decimal(0, 1)))
    .addOption(
      new Option('--mask-of <what>', 'masks of each label, or of each role (default: label)').choices(
        startExport.shape.maskOf.unwrap().options,
      ),
    )
    .addOption(
      new Option('--mask-style <how>', '0 and 255, or numbers of a palette (default: binary)').choices(
        startExport.shape.maskStyle.unwrap().options,
      ),
    )
    .addOption(
      new Option('--threshold <bits>', 'masks of where maps reach it, in place of annotations').argParser(
        decimal(0.001, 64),
      ),
    )
    .addOption(
      new Option(
        '--coco-shapes <kind>',
        'as drawn, all run lengths or all polygons (default: drawn)',
      ).choices(startExport.shape.cocoShapes.unwrap().options),
    )
    .action(exportProject);

async function exportProject(options: Options): Promise<void> {
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  await inSession(options, async ({ client, signal }) => {
    await client.project.openFile({ file: project });
    const { format, mask, run, budget, colourMap, opacity, maskOf, maskStyle, threshold, cocoShapes } =
      options;
    const result = await client.exports.run(
      {
        ...{ formats: format, out: resolve(options.out), masks: mask, budget, colourMap, opacity },
        ...{ maskOf, maskStyle, threshold, cocoShapes },
        runIds: run === undefined ? undefined : [run],
      },
      { signal },
    );
    new Output(options.json).result({ project, formats: format, ...result }, [
      `Export   ${result.files} files of ${result.images} images in ${result.out}`,
      ...result.failed.map(({ message }) => `Skipped  ${message}`),
    ]);
  });
}
