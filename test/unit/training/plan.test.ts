import { afterEach, expect, test } from 'vitest';
import { type StartTrainingInput, startTraining } from '../../../src/contract/types';
import { serialise } from '../../../src/main/models/serialise';
import type { ProjectStore } from '../../../src/main/store/types';
import { planMaps, planTraining } from '../../../src/main/training/plan';
import { createRunQueue } from '../../../src/main/training/queue';
import type { PlannedRun } from '../../../src/main/training/types';
import { encoderSpec, FakeWorkers, MAPLESS, newProject, scanned, storedEncoder, twoClasses } from './fakes';

let store: ProjectStore;
afterEach(() => store.close());

const plan = (wish: Partial<StartTrainingInput> = {}): PlannedRun[] =>
  planTraining(store, startTraining.parse({ masks: ['positive', 'negative'], preset: 'draft', ...wish }));
const kinds = (runs: PlannedRun[]) => runs.map(({ kind, mask }) => (mask ? `${kind} ${mask}` : kind));

test('a folder with classes: a classifier, both masks with it, and the maps of each', () => {
  store = newProject();
  const runs = plan();
  expect(kinds(runs)).toEqual([
    'encoder',
    'mask positive',
    'mask negative',
    'maps positive',
    'maps negative',
  ]);
  expect(runs.map(({ after }) => after)).toEqual([
    null,
    { planned: 0 },
    { planned: 0 },
    { planned: 1 },
    { planned: 2 },
  ]);
  expect(runs[0]!.config).toMatchObject({
    encoder: 'classifier',
    classes: ['cat', 'dog'],
    images: 20,
    seed: 1,
  });
  expect(runs[3]!.steps).toBe(20);
});

test('a folder without classes: SimCLR', () => {
  store = newProject(Array.from({ length: 12 }, (_, i) => scanned(`${i}.png`, null)));
  expect(plan()[0]!.config).toMatchObject({ encoder: 'simclr', classes: [] });
});

test('classes with too few images are left out, and one class is none', () => {
  store = newProject([...twoClasses(6), scanned('owl/1.png', 'owl')]);
  expect(plan()[0]!.config).toMatchObject({ encoder: 'classifier', classes: ['cat', 'dog'] });
  store.close();
  store = newProject([
    ...twoClasses(10).filter(({ className }) => className === 'cat'),
    scanned('owl/1.png', 'owl'),
  ]);
  expect(plan()[0]!.config).toMatchObject({ encoder: 'simclr' });
  expect(() => plan({ ownEncoder: 'classifier' })).toThrow(
    expect.objectContaining({ code: 'TOO_FEW_IMAGES' }),
  );
});

test('the split train is used where there is one, and its maps are of all images', () => {
  store = newProject([...twoClasses(6, 'train'), ...twoClasses(5, 'test')]);
  const runs = plan();
  expect(runs[0]!.config).toMatchObject({ split: 'train', images: 12 });
  expect(runs.at(-1)).toMatchObject({ steps: 22, config: { split: null, images: 22 } });
  expect(plan({ split: 'test' })[0]!.config).toMatchObject({ split: 'test', images: 10 });
  expect(() => plan({ split: 'val' })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});

test('too few images, or none, is said in a sentence', () => {
  store = newProject([scanned('a.png', null)]);
  expect(() => plan()).toThrow(expect.objectContaining({ code: 'TOO_FEW_IMAGES' }));
  store.close();
  store = newProject([]);
  expect(() => plan()).toThrow(expect.objectContaining({ code: 'NO_IMAGES' }));
});

test('what is asked for by name replaces the values of the preset', () => {
  store = newProject();
  const overrides = { maskSteps: 7, encoderEpochs: 2, batch: 4 };
  const [encoder, mask] = plan({ size: 48, seed: 5, overrides });
  expect(encoder!.config.training).toMatchObject({ size: 48, seed: 5, epochs: 2, batch: 4 });
  expect(mask!.config.training).toMatchObject({ size: 48, seed: 5, steps: 7, batch: 4 });
  expect(mask!.steps).toBe(7);
});

test('masks learn a range of budgets, so that one model serves all of them', () => {
  store = newProject();
  const [, positive, negative] = plan();
  expect(positive!.config.training).toMatchObject({ budgetRange: [0.2, 0.8] });
  expect(negative!.config.training).toMatchObject({ budgetRange: [0.2, 0.6] });
});

test('every setting of a mask can be replaced', () => {
  store = newProject();
  const overrides: StartTrainingInput['overrides'] = {
    ...{
      learningRate: 1e-3,
      maskModel: 'u2net-p',
      objective: 'mse',
      temperature: 0.5,
      sigmaMin: 0.1,
      sigmaMax: 2,
    },
    ...{ negativeBudgets: [0.1, 0.3], checkRandomisation: true },
  };
  const [, positive, negative] = plan({ overrides });
  const common = {
    ...{
      learningRate: 1e-3,
      model: 'u2net-p',
      objective: 'mse',
      temperature: 0.5,
      sigmaMin: 0.1,
      sigmaMax: 2,
    },
    checkRandomisation: true,
  };
  expect(positive!.config.training).toMatchObject({ ...common, budgetRange: [0.2, 0.8] });
  expect(negative!.config.training).toMatchObject({ ...common, budgetRange: [0.1, 0.3] });
  expect(() => plan({ overrides: { sigmaMin: 3 } })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  );
  const both = { masks: ['positive'], overrides: { softPenalty: 1, positiveBudgets: [0.2, 0.4] } };
  expect(startTraining.safeParse(both).success).toBe(false);
});

test('both masks in one run: the second run takes its mask from the first', () => {
  store = newProject();
  const runs = plan({ joint: true });
  expect(kinds(runs)).toEqual([
    'encoder',
    'mask positive',
    'mask negative',
    'maps positive',
    'maps negative',
  ]);
  const planned = [0, 1, 1, 2].map((place) => ({ planned: place }));
  expect(runs.map(({ after }) => after)).toEqual([null, ...planned]);
  expect(runs[1]!.config).toMatchObject({ joint: { budgetRange: [0.2, 0.6] } });
  expect(runs[2]!.config).toMatchObject({ partner: true });
  expect(() => plan({ joint: true, masks: ['positive'] })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  );
});

test('an encoder trained against a mask is another one than SimCLR', () => {
  store = newProject();
  const [minMax] = plan({ ownEncoder: 'min-max' });
  const [simclr] = plan({ ownEncoder: 'simclr' });
  expect(minMax!.config).toMatchObject({
    encoder: 'min-max',
    classes: [],
    name: expect.stringContaining('min-max'),
  });
  expect(minMax!.config.fingerprint).not.toBe(simclr!.config.fingerprint);
});

test('without maps no maps', () => {
  store = newProject();
  expect(kinds(plan({ masks: ['positive'], renderMaps: false }))).toEqual(['encoder', 'mask positive']);
});

test('an encoder made the same way is used again, whether it is stored or still being made', () => {
  store = newProject();
  const runs = plan();
  const { fingerprint } = runs[0]!.config as { fingerprint: string };
  const queue = createRunQueue({ store, emit: () => {}, spawn: new FakeWorkers().spawn, workerFile: 'w' });
  const [pending] = queue.add(runs);
  expect(plan({ masks: ['positive'] })[0]).toMatchObject({
    kind: 'mask',
    encoderId: null,
    after: pending!.id,
  });

  const encoderId = storedEncoder(store, { kind: 'classifier', noiseReady: true, fingerprint });
  expect(plan({ masks: ['positive'] })[0]).toMatchObject({ kind: 'mask', encoderId, after: null });
  expect(kinds(plan({ freshEncoder: true }))[0]).toBe('encoder');
  expect(kinds(plan({ seed: 2 }))[0]).toBe('encoder');
  store.putImages([scanned('cat/new.png', 'cat')]);
  expect(kinds(plan())[0]).toBe('encoder');
});

test('an imported encoder is calibrated first, once', () => {
  store = newProject();
  const encoderId = storedEncoder(store, { name: 'mobilenet' });
  const runs = plan({ encoderId, masks: ['positive'] });
  expect(kinds(runs)).toEqual(['calibration', 'mask positive', 'maps positive']);
  expect(runs[0]).toMatchObject({
    encoderId,
    title: expect.stringContaining('mobilenet'),
    config: { training: { size: 32 } },
  });
  expect(runs[1]).toMatchObject({
    encoderId: null,
    after: { planned: 0 },
    config: { training: { size: 32 } },
  });

  const { fingerprint } = runs[0]!.config as { fingerprint: string };
  const copy = storedEncoder(store, {
    name: 'copy',
    noiseReady: true,
    calibratedFrom: encoderId,
    fingerprint,
  });
  expect(plan({ encoderId, masks: ['positive'] })[0]).toMatchObject({ kind: 'mask', encoderId: copy });
  expect(kinds(plan({ encoderId: copy, masks: ['positive'] }))[0]).toBe('mask positive');
});

test('masks read an imported encoder that has maps, unless another model is asked for', () => {
  store = newProject();
  const encoderId = storedEncoder(store);
  const modelOf = (wish: Parameters<typeof plan>[0]) =>
    (plan({ masks: ['negative'], plainEncoder: true, ...wish })[0]!.config.training as { model?: string })
      .model;
  expect(modelOf({ encoderId })).toBe('unet-encoder');
  expect(modelOf({ encoderId, overrides: { maskModel: 'unet-small' } })).toBe('unet-small');
  expect(plan({ masks: ['negative'] }).at(-2)!.config.training).not.toHaveProperty('model');

  const spec = serialise({ ...encoderSpec, kind: 'graph-model', classes: null, topology: MAPLESS });
  const mapless = storedEncoder(store, { name: 'without maps', spec });
  expect(modelOf({ encoderId: mapless })).toBeUndefined();
  expect(() => modelOf({ encoderId: mapless, overrides: { maskModel: 'unet-encoder' } })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  );
});

test('a plain encoder is used as it is', () => {
  store = newProject();
  const encoderId = storedEncoder(store);
  expect(plan({ encoderId, plainEncoder: true })[0]).toMatchObject({ kind: 'mask', encoderId });
  expect(plan({ plainEncoder: true })[0]!.config.training).toMatchObject({ noise: 0 });
  expect(plan()[0]!.config.training).not.toMatchObject({ noise: 0 });
});

test('an encoder that is not there is said so', () => {
  store = newProject();
  expect(() => plan({ encoderId: 99 })).toThrow(expect.objectContaining({ code: 'ENCODER_UNKNOWN' }));
});

test('every config says what is needed to repeat the run', () => {
  store = newProject();
  for (const run of plan()) {
    expect(run.config).toMatchObject({
      device: 'auto',
      images: expect.any(Number),
      dataHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      versions: { penumbra: expect.any(String), node: process.versions.node, tensorflow: expect.any(String) },
      training: expect.any(Object),
    });
  }
});

test('maps of a trained mask count every image', () => {
  store = newProject();
  const run = planMaps(store, { mask: 'negative', after: 3, encoderId: 2, device: 'cpu' });
  expect(run).toMatchObject({
    kind: 'maps',
    mask: 'negative',
    after: 3,
    encoderId: 2,
    steps: 20,
    config: { device: 'cpu' },
  });
});
