/** @file The paper's open questions: how to regularise (6.2), and whether the noise's mean can be learned too (6.1). */
import type { MaskKind } from '../../../contract/noiseMap';
import { buildEncoder } from '../../models/encoder';
import type { Encoder } from '../../models/types';
import type { JobContext } from '../../training/protocol';
import { SIZE, testImages, trainedEncoder } from '../images/encoder';
import { objectsOf, picturesOf } from '../images/pictures';
import { Stages } from '../images/stages';
import type { LabConfig, LabContext } from '../types';
import { FEWEST, type Material, measuredMask, type Tested } from './masks';
import { MOST, measuredMean } from './means';
import { REFERENCE, SETTINGS, type Setting } from './settings';
import type { BudgetsReport, Form, MeanMeasure, MeanOption, PenaltyForm, SettingRow, Tuned } from './types';

const FULL = { steps: 50, most: 100 };
const QUICK = { steps: 25, most: 50 };
const FORMS: Form[] = ['budget', 'clamp', 'penalty', 'fixed'];
const PENALTIES: PenaltyForm[] = ['clamp', 'penalty'];
/** lambda is looked for between these, each try halving the range of its logarithm. */
const LAMBDAS = [0.01, 10] as const;
const TRIES = 5;
const OPTIONS: MeanOption[] = ['none', 'bounded', 'free'];
const MEAN_SETTINGS = [REFERENCE, SETTINGS.find(({ mask }) => mask === 'negative')!];
const MEANS = MEAN_SETTINGS.flatMap((setting) => OPTIONS.map((option) => ({ setting, option })));

export async function runBudgets(
  { seed, seeds, quick }: LabConfig,
  context: LabContext,
): Promise<BudgetsReport> {
  const { steps, most } = quick ? QUICK : FULL;
  const list = Array.from({ length: seeds }, (_, i) => seed + i);
  const perSeed = SETTINGS.length * FORMS.length + MEANS.length;
  const stages = new Stages(context, 2 + PENALTIES.length * TRIES + seeds * perSeed);
  const shelf = new Shelf(context, stages, seed, most);
  try {
    const tuned: Tuned[] = [];
    for (const form of PENALTIES)
      tuned.push(
        await stages.part(`tuned ${form}`, TRIES, () =>
          tune(form, async (lambda) => {
            const material = await shelf.of(REFERENCE);
            const plan = { seed, steps };
            return stages.run((job) => measuredMask(job, material, REFERENCE, { form, lambda }, plan));
          }),
        ),
      );
    const lambdaOf = (form: Form) => tuned.find((one) => one.form === form)?.lambda ?? 0;
    const rows = SETTINGS.map(({ title, mask, target }): SettingRow => {
      return { title, mask, target, forms: { budget: [], clamp: [], penalty: [], fixed: [] } };
    });
    const means: MeanMeasure[][] = MEANS.map(() => []);
    for (const one of list) {
      const plan = { seed: one, steps };
      for (const [s, setting] of SETTINGS.entries())
        for (const form of FORMS)
          rows[s]!.forms[form].push(
            await stages.part(`seed ${one}, ${setting.title}, ${form}`, 1, async () => {
              const material = await shelf.of(setting);
              const lambda = lambdaOf(form);
              return stages.run((job) => measuredMask(job, material, setting, { form, lambda }, plan));
            }),
          );
      for (const [m, { setting, option }] of MEANS.entries())
        means[m]!.push(
          await stages.part(`seed ${one}, mean of a ${setting.mask} mask, ${option}`, 1, async () => {
            const material = await shelf.of(setting);
            return stages.run((job) => measuredMean(job, material, setting, option, plan));
          }),
        );
    }
    return {
      ...{ experiment: 'budgets', seeds: list, steps, fewest: FEWEST, most: MOST, tuned, settings: rows },
      images: testImages(context.images, most).length,
      means: MEANS.map(({ setting, option }, m) => {
        const mask: MaskKind = setting.mask;
        return { mask, option, measures: means[m]! };
      }),
    };
  } finally {
    shelf.dispose();
  }
}

/** Finds the lambda whose masks hold the reference's target, by halving; noise grows with lambda. */
export async function tune(
  form: PenaltyForm,
  measure: (lambda: number) => Promise<{ noise: number }>,
): Promise<Tuned> {
  let [low, high] = LAMBDAS.map(Math.log) as [number, number];
  const tries: Tuned['tries'] = [];
  for (let i = 0; i < TRIES; i++) {
    const lambda = Math.exp((low + high) / 2);
    const { noise } = await measure(lambda);
    tries.push({ lambda, noise });
    if (noise < REFERENCE.target) low = Math.log(lambda);
    else high = Math.log(lambda);
  }
  const missed = ({ noise }: { noise: number }) => Math.abs(noise - REFERENCE.target);
  const { lambda } = tries.reduce((best, one) => (missed(one) < missed(best) ? one : best));
  return { form, lambda, tries };
}

/** Encoders and the images to measure on, made when the first part asks for them: those of finished parts are not made again. */
class Shelf {
  readonly #context: LabContext;
  readonly #stages: Stages;
  readonly #seed: number;
  readonly #most: number;
  readonly #made = new Map<Setting['encoder'], { encoder: Encoder; tested: Tested }>();

  constructor(context: LabContext, stages: Stages, seed: number, most: number) {
    this.#context = context;
    this.#stages = stages;
    this.#seed = seed;
    this.#most = most;
  }

  async of({ encoder: kind }: Setting): Promise<Material> {
    const { images } = this.#context;
    const made = this.#made.get(kind) ?? (await this.#stages.run((job) => this.#make(job, kind)));
    this.#made.set(kind, made);
    return { ...made, images };
  }

  async #make(job: JobContext, kind: Setting['encoder']): Promise<{ encoder: Encoder; tested: Tested }> {
    const { images, classes } = this.#context;
    const noise = kind === 'plain' ? 0 : undefined;
    const encoder = await buildEncoder(await trainedEncoder(job, images, classes, this.#seed, noise));
    const looked = testImages(images, this.#most);
    const { values } = await picturesOf(job, looked, SIZE, encoder.normalisation);
    return { encoder, tested: { values, objects: await objectsOf(looked, SIZE) } };
  }

  dispose(): void {
    for (const { encoder } of this.#made.values()) encoder.dispose();
  }
}
