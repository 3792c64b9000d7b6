/**
 * @file What lies beside a model's file and says how it is used: `config.json` and `preprocessor_config.json` as Hugging Face
 * and timm write them, or a list of class names.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { classNamesIn } from './classNames';
import type { PixelScale } from './imported';

export interface Beside {
  /** Side of the images it was trained with. */
  size: number | null;
  scale: PixelScale | null;
  classes: string[] | null;
}

/** These files hold a few kilobytes, a list of 21,000 classes half a megabyte. */
const MOST_BYTES = 4 * 2 ** 20;
const NAME_LISTS = ['labels.txt', 'classes.txt', 'class_names.txt', 'labels.json', 'class_names.json'];

const side = z.number().int().min(32).max(512);
/** Per channel, of pixels from 0 to 1. */
const triple = z.tuple([z.number(), z.number(), z.number()]);
const deviations = triple.refine((values) => values.every((value) => value > 0));
const sizes = z.union([
  side,
  z.object({ height: side }).transform(({ height }) => height),
  z.object({ shortest_edge: side }).transform(({ shortest_edge }) => shortest_edge),
]);

const preprocessor = z.object({
  image_mean: triple.optional(),
  image_std: deviations.optional(),
  crop_size: sizes.optional(),
  size: sizes.optional(),
});
const configuration = z.object({
  id2label: z.record(z.string(), z.string()).optional(),
  label_names: z.array(z.string()).optional(),
  pretrained_cfg: z
    .object({
      mean: triple.optional(),
      std: deviations.optional(),
      input_size: z.tuple([z.number(), side, side]).optional(),
    })
    .optional(),
});

/** @param folder that the model's file lies in @returns nulls for what no file tells; a file that cannot be read tells nothing */
export async function readBeside(folder: string): Promise<Beside> {
  const preparing = await parsed(folder, 'preprocessor_config.json', preprocessor);
  const config = await parsed(folder, 'config.json', configuration);
  const timm = config?.pretrained_cfg;
  return {
    size: preparing?.crop_size ?? preparing?.size ?? timm?.input_size?.[1] ?? null,
    scale: scaleOf(preparing?.image_mean, preparing?.image_std) ?? scaleOf(timm?.mean, timm?.std),
    classes:
      config?.label_names ?? (config?.id2label ? inOrder(config.id2label) : null) ?? (await listed(folder)),
  };
}

type Triple = z.infer<typeof triple>;

function scaleOf(mean: Triple | undefined, std: Triple | undefined): PixelScale | null {
  const bytes = (values: Triple) => values.map((value) => 255 * value) as Triple;
  return mean && std ? { mean: bytes(mean), std: bytes(std) } : null;
}

/** @param labels { "0": "tench", … } @returns null where numbers are left out */
function inOrder(labels: Record<string, string>): string[] | null {
  const names = Object.keys(labels).map((_, index) => labels[String(index)]);
  return names.every((name) => name !== undefined) ? (names as string[]) : null;
}

async function listed(folder: string): Promise<string[] | null> {
  for (const name of NAME_LISTS) {
    const names = classNamesIn((await text(folder, name)) ?? '');
    if (names) return names;
  }
  return null;
}

async function parsed<Shape extends z.ZodType>(
  folder: string,
  name: string,
  shape: Shape,
): Promise<z.infer<Shape> | null> {
  try {
    const { data } = shape.safeParse(JSON.parse((await text(folder, name)) ?? 'null'));
    return data ?? null;
  } catch {
    return null;
  }
}

async function text(folder: string, name: string): Promise<string | null> {
  const file = join(folder, name);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size > MOST_BYTES) return null;
  return readFile(file, 'utf8').catch(() => null);
}
