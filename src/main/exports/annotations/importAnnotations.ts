/** @file Annotations from elsewhere into the project: read whole, then written in one transaction. */
import type {
  AnnotationImport,
  ImportResult,
  Label,
  LabelRole,
  RegionChange,
  StatePatch,
} from '../../../contract/annotations';
import { labelName } from '../../../contract/annotations';
import { PenumbraError } from '../../../contract/errors';
import { clip } from '../../../contract/geometry/clip';
import type { ImageRow, ProjectStore } from '../../store/types';
import type { ExportOptions } from '../exportProject';
import { ImageIndex } from './imageIndex';
import { checked } from './parse';
import { filesOfFormat, READERS, recognise } from './readers';
import { filesOf } from './source';
import type { ReadImage } from './types';

/** Kept apart by eye on light and dark images; the built-in labels have other ones. */
const COLOURS = [
  ...['#4e79a7', '#e15759', '#76b7b2', '#edc948', '#b07aa1', '#ff9da7', '#9c755f', '#59a14f'],
  ...['#6b6ecf', '#d6616b', '#17becf', '#bcbd22'],
];
/** Of what was passed over, so much is told one by one. */
const MOST_SKIPPED = 1000;

interface Gathered {
  image: ImageRow;
  changes: RegionChange[];
  state: StatePatch;
}

/**
 * Files are read to their end before anything is written; each image gets one step that can be taken back.
 * @throws INVALID_INPUT, naming file and item, STOPPED
 */
export async function importAnnotations(
  store: ProjectStore,
  { path, format, label, replace, dryRun }: AnnotationImport,
  { signal, onProgress }: ExportOptions = {},
): Promise<ImportResult> {
  const all = await filesOf(path);
  const chosen = format ?? (await recognise(all, path));
  const files = filesOfFormat(all, chosen);
  const index = new ImageIndex(store.images());
  const skipped: ImportResult['skipped'] = [];
  const roles = new Map<string, LabelRole>();
  const gathered = new Map<number, Gathered>();
  let passedOver = 0;
  const skip = (item: string, reason: string): void => {
    if (++passedOver <= MOST_SKIPPED) skipped.push({ item, reason });
  };
  const source = {
    ...{ files, label, skip },
    find: (name: string) => index.find(name),
    has: (name: string) => index.exact(name) !== null,
    tellRole: (name: string, role: LabelRole) => void roles.set(name.trim(), role),
  };
  let done = 0;
  for await (const read of READERS[chosen](source)) {
    if (signal?.aborted) throw new PenumbraError('STOPPED', 'The import was stopped; nothing was imported.');
    take(read, index.find(read.image), gathered, skip);
    onProgress?.({ done: ++done, total: Math.max(files.length, done) });
  }
  const labels = newLabels(store, gathered, roles);
  const edits = [...gathered.values()].map(({ image, changes, state }) => ({
    ...{ imageId: image.id, title: `import ${chosen}`, state },
    changes: replace ? [...removals(store, image.id), ...changes] : changes,
  }));
  if (!dryRun) store.editAnnotations(edits, labels);
  const regions = [...gathered.values()].reduce((sum, { changes }) => sum + changes.length, 0);
  return {
    ...{ format: chosen, images: gathered.size, regions, labels: labels.map(({ name }) => name) },
    ...{ skipped, passedOver, imageIds: [...gathered.keys()] },
  };
}

/** What of an image can be taken; what cannot is told. */
function take(
  { image: name, size, file, regions, state }: ReadImage,
  image: ImageRow | null,
  gathered: Map<number, Gathered>,
  skip: (item: string, reason: string) => void,
): void {
  if (!image) {
    skip(name, 'No image of the project has this name, or more than one has.');
    return;
  }
  if (size && (size.width !== image.width || size.height !== image.height)) {
    const sizes = `${size.width} x ${size.height}, but the image is ${image.width} x ${image.height}`;
    skip(name, `Its annotations are for ${sizes}.`);
    return;
  }
  const one = gathered.get(image.id) ?? { image, changes: [], state: {} };
  for (const { label, geometry, name: called, item } of regions) {
    const cut = clip(geometry, image.width, image.height);
    const put = cut && { label: checked(labelName, label, file, item), geometry: cut };
    if (put) one.changes.push({ put: called ? { ...put, name: called.slice(0, 200) } : put });
    else skip(`${name}, ${item}`, 'It lies outside of its image, or encloses nothing.');
  }
  one.state = { ...one.state, ...state };
  // An image of which nothing is told keeps what it has.
  const said = state?.checked || (state?.addTags?.length ?? 0) > 0;
  if (one.changes.length > 0 || said) gathered.set(image.id, one);
}

function newLabels(
  store: ProjectStore,
  gathered: Map<number, Gathered>,
  roles: Map<string, LabelRole>,
): Label[] {
  const known = new Set(store.labels().map(({ name }) => name));
  const used = new Set<string>();
  for (const { changes } of gathered.values())
    for (const change of changes)
      if ('put' in change && !known.has(change.put.label!)) used.add(change.put.label!);
  return [...used].sort().map((name, i) => ({
    name,
    colour: COLOURS[(known.size + i) % COLOURS.length]!,
    role: roles.get(name) ?? 'object',
  }));
}

const removals = (store: ProjectStore, imageId: number): RegionChange[] =>
  store.annotations(imageId).regions.map(({ id }) => ({ remove: id }));
