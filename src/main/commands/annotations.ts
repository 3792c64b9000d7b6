import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type AnnotationFormat, annotationFormat } from '../../contract/annotations';
import { type CommonOptions, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';

interface Options extends CommonOptions {
  format?: AnnotationFormat;
  replace: boolean;
  label?: string;
  dryRun: boolean;
}

/** What was passed over is told up to here, on a terminal. */
const SHOWN = 20;

export const annotationsCommand = (): Command =>
  new Command('annotations')
    .description('annotations from other tools; "penumbra export" writes the same formats')
    .addCommand(
      withProject(new Command('import'))
        .description('read annotations into the project: all of them, or none if a file is damaged')
        .argument('<path>', 'a file, or a folder with files of one format')
        .addOption(
          new Option('--format <name>', 'the format (default: as the files look)').choices(
            annotationFormat.options,
          ),
        )
        .option('--replace', 'in place of what is drawn on the images, not beside it', false)
        .option('--label <name>', 'for what has no label in its files (default: object)')
        .option('--dry-run', 'only say what would be imported', false)
        .action(importAnnotations),
    );

async function importAnnotations(path: string, options: Options): Promise<void> {
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  await inSession(options, async ({ client, signal }) => {
    await client.project.openFile({ file: project });
    const { format, replace, label, dryRun } = options;
    const result = await client.annotations.import(
      { path: resolve(path), format, replace, label, dryRun },
      { signal },
    );
    const { regions, images, labels, skipped, passedOver } = result;
    const more = passedOver - Math.min(skipped.length, SHOWN);
    new Output(options.json).result({ project, dryRun, ...result }, [
      `${dryRun ? 'Would be' : 'Imported'} ${regions} regions on ${images} images (${result.format})`,
      ...(labels.length > 0 ? [`Labels   ${labels.join(', ')} (new)`] : []),
      ...skipped.slice(0, SHOWN).map(({ item, reason }) => `Skipped  ${item}: ${reason}`),
      ...(more > 0 ? [`         and ${more} more (--json tells the first thousand)`] : []),
    ]);
  });
}
