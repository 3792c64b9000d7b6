import { resolve } from 'node:path';
import { Command } from 'commander';
import { type CommonOptions, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';

/** `penumbra merge`: the maps of shards (`penumbra maps --shard`) into their project. */
export const mergeCommand = (): Command =>
  withProject(new Command('merge'))
    .description('bring the maps of shards, rendered with "penumbra maps --shard i/n", into their project')
    .argument('<files...>', 'the shards; they are left as they are')
    .action(merge);

async function merge(files: string[], options: CommonOptions): Promise<void> {
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  await inSession(options, async ({ client }) => {
    await client.project.openFile({ file: project });
    const merged = await client.maps.merge({ files: files.map((file) => resolve(file)) });
    const { added, known, foreign } = merged;
    new Output(options.json).result({ project, ...merged }, [
      `Merged   ${added} maps, ${known} were there already`,
      ...(foreign > 0 ? [`Left out ${foreign} maps of other masks or other images`] : []),
      `Project  ${project}`,
    ]);
  });
}
