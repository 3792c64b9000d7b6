import { Command } from 'commander';
import type { RunSummary } from '../../contract/types';
import { type CommonOptions, withProject } from './common';
import { Output } from './output';
import { chooseProject } from './projectChoice';
import type { Session } from './session';
import { describeRun, encoderOf, meanBits, trainingSentences } from './summary';
import { type TrainingOptions, trainingWish, withTraining } from './trainingOptions';

interface Options extends CommonOptions, TrainingOptions {
  resume: boolean;
  maps: boolean;
}

export const trainCommand = (): Command =>
  withTraining(withProject(new Command('train')))
    .description('train noise masks, with the encoder they need, and compute the maps')
    .option('--no-maps', 'train only; compute the maps later with "penumbra maps"')
    .option('--resume', 'go on with what was broken off, from its last checkpoint', false)
    .addHelpText('after', '\nCtrl+C stops after a checkpoint; "penumbra train --resume" goes on.\n')
    .action(train);

async function train(options: Options): Promise<void> {
  const project = chooseProject(options.project);
  const { inSession } = await import('./session');
  const goOn = `Go on with: penumbra train --resume --project ${JSON.stringify(project)}`;
  await inSession(
    options,
    async (session) => {
      await session.client.project.openFile({ file: project });
      const runs = options.resume ? await resume(session) : await start(session, options);
      const encoder = await encoderOf(session, runs);
      const lines = runs.map(describeRun);
      const bits = await meanBits(session);
      new Output(options.json).result({ project, encoder, runs: lines, bits }, [
        ...(runs.length === 0 ? ['There is nothing to go on with.'] : []),
        ...trainingSentences(encoder, lines),
        `Project  ${project}`,
      ]);
    },
    goOn,
  );
}

async function start(session: Session, options: Options): Promise<RunSummary[]> {
  const { waitForRuns } = await import('./steps');
  const wish = await trainingWish(session, options);
  const planned = await session.client.training.start({ ...wish, renderMaps: options.maps });
  return waitForRuns(
    session,
    planned.map(({ id }) => id),
  );
}

async function resume(session: Session): Promise<RunSummary[]> {
  const { resumeRuns, unfinishedRuns } = await import('./steps');
  return resumeRuns(session, await unfinishedRuns(session));
}
