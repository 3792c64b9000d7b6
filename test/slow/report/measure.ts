/** @file The report job on one variant and seed: what it says of every class, beside what was planted. */
import type { ClassReport } from '../../../src/contract/reports';
import { DEMO_CLASSES } from '../../../src/main/library/demo/sprites';
import type { DemoVariant } from '../../../src/main/library/demo/types';
import { mean } from '../../../src/main/noise/statistics';
import { overlap } from '../../../src/main/reports/boxes';
import { runMapsJob } from '../../../src/main/training/jobs/maps';
import { runReportJob } from '../../../src/main/training/jobs/report';
import { SIZE, trainedModels } from './models';
import { drawSplit, memoryContext, type SampleImage } from './sample';

/** Of every variant: thirty a class. */
const IMAGES = 150;

export interface ClassRow {
  variant: DemoVariant;
  seed: number;
  masks: boolean;
  name: string;
  planted: boolean;
  verdict: ClassReport['verdict'];
  score: number;
  right: number;
  /** Mean overlap of the suspect region with the mark, where one was planted and a region was tested. */
  iou: number | null;
  /** Properties of the data that name the class. */
  inData: string[];
}

export async function measure(folder: string, variant: DemoVariant, seed: number): Promise<ClassRow[]> {
  const { encoder, mask } = await trainedModels(folder, variant, seed);
  const images = await drawSplit(variant, seed, 'test', IMAGES, SIZE);
  const maps = memoryContext(images);
  await runMapsJob({ kind: 'maps', mask: 'positive', maskModel: mask, images, config: { batch: 32 } }, maps);
  const grids = new Map(
    maps.sent.flatMap((message) =>
      message.type === 'maps'
        ? message.maps.map(
            ({ imageId, width, height, logOdds }) => [imageId, { width, height, values: logOdds }] as const,
          )
        : [],
    ),
  );
  const rows: ClassRow[] = [];
  for (const masks of [true, false]) {
    const result = await runReportJob(
      {
        kind: 'report',
        encoder,
        classes: [...DEMO_CLASSES],
        images: images.map((image) => ({
          ...{ id: image.id, file: image.file, label: image.label, split: 'test', width: SIZE, height: SIZE },
          className: DEMO_CLASSES[image.label]!,
          positive: grids.get(image.id)!,
          ...{ negative: null, object: masks ? image.object : null, cues: [] },
        })),
        scales: { positive: mask.scale, negative: null },
        config: { size: SIZE, seed: 1, perClass: 60, split: null, encoder: 'sample', warnings: [] },
      },
      memoryContext(images),
    );
    if (result.kind !== 'report') throw new Error('no report came back');
    const { classes, dataProperties } = result.content;
    rows.push(
      ...classes.map((one): ClassRow => {
        const label = DEMO_CLASSES.indexOf(one.name);
        return {
          ...{
            variant,
            seed,
            masks,
            name: one.name,
            verdict: one.verdict,
            score: one.score,
            right: one.right,
          },
          planted: variant === 'background' || (variant === 'tag' && label === seed % DEMO_CLASSES.length),
          iou: variant === 'tag' ? iouOf(one, images) : null,
          inData: dataProperties.filter(({ className }) => className === one.name).map(({ kind }) => kind),
        };
      }),
    );
  }
  return rows;
}

function iouOf({ regions }: ClassReport, images: SampleImage[]): number | null {
  const tags = new Map(images.map(({ id, tag }) => [id, tag]));
  const overlaps = (regions[0]?.boxes ?? []).flatMap(({ imageId, box }) => {
    const tag = tags.get(imageId);
    if (!tag) return [];
    const { x, y, width, height } = box;
    return [overlap({ x: x * SIZE, y: y * SIZE, width: width * SIZE, height: height * SIZE }, tag)];
  });
  return overlaps.length > 0 ? mean(overlaps) : null;
}
