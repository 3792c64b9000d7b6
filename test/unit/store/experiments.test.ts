import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProject } from '../../../src/main/store/project';
import { temporaryFolder } from './support';

test('the last result of each experiment stays with the project', () => {
  const file = join(temporaryFolder(), 'p.penumbra');
  const store = openProject(file, { folder: '/photos' });
  expect(store.experiment('toy')).toBeUndefined();
  store.putExperiment('toy', { accuracy: [0.5] });
  store.putExperiment('toy', { accuracy: [0.9] });
  store.close();
  const again = openProject(file);
  expect(again.experiment('toy')).toEqual({ accuracy: [0.9] });
  expect(again.experiment('mnist')).toBeUndefined();
  again.close();
});
