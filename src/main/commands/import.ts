import { Command } from 'commander';
import { type CommonOptions, withOutput } from './common';
import { Output } from './output';
import { describeProject } from './summary';

export const importCommand = (): Command =>
  withOutput(new Command('import'))
    .description('scan an image folder into a project')
    .argument('<folder>', 'the image folder; its sub-folders are the classes, train/ and test/ are splits')
    .option(
      '--project <file>',
      "the project file (default: the folder's own, in the program's data directory)",
    )
    .action(importFolderCommand);

async function importFolderCommand(folder: string, options: CommonOptions): Promise<void> {
  const { inSession } = await import('./session');
  const { importFolder } = await import('./steps');
  await inSession(options, async (session) => {
    const project = await importFolder(session, folder, options.project);
    const unreadable = project.unreadable > 0 ? await session.client.library.unreadable() : [];
    new Output(options.json).result({ ...describeProject(project), unreadableFiles: unreadable }, [
      `Project  ${project.file}`,
      `Images   ${project.images} in ${project.classes.length} classes`,
      ...project.classes.map(({ name, images }) => `         ${name}: ${images}`),
      ...unreadable.map(({ message }) => `Skipped  ${message}`),
    ]);
  });
}
